package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** Where the items of a tier lie. */
public enum Medium {
  /** In RAM once used, and in the file. */
  RAM(NativeConstants.MEMTIER_MEDIUM_RAM),
  /** In the file. */
  DATABASE(NativeConstants.MEMTIER_MEDIUM_DATABASE),
  /** In the file, compressed. */
  ARCHIVE(NativeConstants.MEMTIER_MEDIUM_ARCHIVE),
  /** Compressed, in files of {@link Tier#target}; of the last tier, and then the only archive. */
  EXTERNAL(NativeConstants.MEMTIER_MEDIUM_EXTERNAL);

  final int code;

  Medium(int code) {
    this.code = code;
  }

  static Medium of(int code) {
    for (Medium value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new IllegalArgumentException("no medium: " + code);
  }
}
