package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** How talkative a log is. */
public enum LogLevel {
  /** Something failed. */
  ERROR(NativeConstants.MEMTIER_LOG_ERROR),
  /** Something is not as it should be. */
  WARNING(NativeConstants.MEMTIER_LOG_WARNING),
  /** What the store does. */
  INFO(NativeConstants.MEMTIER_LOG_INFO),
  /** Each step, for those who look for a defect. */
  DEBUG(NativeConstants.MEMTIER_LOG_DEBUG);

  final int code;

  LogLevel(int code) {
    this.code = code;
  }

  static LogLevel of(int code) {
    for (LogLevel value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new IllegalArgumentException("no level of log: " + code);
  }
}
