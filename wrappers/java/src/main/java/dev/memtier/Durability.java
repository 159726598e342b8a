package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** What an acknowledged write has survived. */
public enum Durability {
  /** As the store was opened; for a store: {@link #NORMAL}. */
  DEFAULT(NativeConstants.MEMTIER_DURABILITY_DEFAULT),
  /** Acknowledged now, committed within the relaxed interval. */
  RELAXED(NativeConstants.MEMTIER_DURABILITY_RELAXED),
  /** Survives a crash of the process, and is seen by every process. */
  NORMAL(NativeConstants.MEMTIER_DURABILITY_NORMAL),
  /** Survives loss of power as well. */
  FULL(NativeConstants.MEMTIER_DURABILITY_FULL);

  final int code;

  Durability(int code) {
    this.code = code;
  }
}
