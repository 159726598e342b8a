package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;

/** What became of a call: the numbers are those of {@code memtier.h} and never change. */
public enum Status {
  /** All went well. */
  OK(NativeConstants.MEMTIER_OK),
  /** An argument is malformed, too long or out of range. */
  INVALID(NativeConstants.MEMTIER_INVALID),
  /** A buffer is too small; this package never shows it. */
  TOO_SMALL(NativeConstants.MEMTIER_TOO_SMALL),
  /** What was used is closed; comes as the cause of an IllegalStateException. */
  CLOSED(NativeConstants.MEMTIER_CLOSED),
  /** This build, file system or tier cannot do it. */
  UNSUPPORTED(NativeConstants.MEMTIER_UNSUPPORTED),
  /** A store was used from inside a callback. */
  REENTRANT(NativeConstants.MEMTIER_REENTRANT),
  /** A line that is imported is not what it should be. */
  MALFORMED(NativeConstants.MEMTIER_MALFORMED),
  /** There is no such item, tier, field or file. */
  NOT_FOUND(NativeConstants.MEMTIER_NOT_FOUND),
  /** It is there already. */
  EXISTS(NativeConstants.MEMTIER_EXISTS),
  /** The version has moved on. */
  CONFLICT(NativeConstants.MEMTIER_CONFLICT),
  /** Several items of this id lie in the scope: narrow it. */
  AMBIGUOUS(NativeConstants.MEMTIER_AMBIGUOUS),
  /** The store was made with other settings, such as another ladder. */
  MISMATCH(NativeConstants.MEMTIER_MISMATCH),
  /** Another writer held the store for the whole busy timeout. */
  BUSY(NativeConstants.MEMTIER_BUSY),
  /** The work was stopped by its caller. */
  CANCELLED(NativeConstants.MEMTIER_CANCELLED),
  /** A callback threw; what it threw is the cause. */
  CALLBACK(NativeConstants.MEMTIER_CALLBACK),
  /** A limit was reached, such as too many open handles. */
  LIMIT(NativeConstants.MEMTIER_LIMIT),
  /** The operating system reported an error. */
  IO(NativeConstants.MEMTIER_IO),
  /** The disk, or the quota, is full. */
  FULL(NativeConstants.MEMTIER_FULL),
  /** The file is damaged, or is no store. */
  CORRUPT(NativeConstants.MEMTIER_CORRUPT),
  /** The file or its folder cannot be written. */
  READ_ONLY(NativeConstants.MEMTIER_READ_ONLY),
  /** The file was written by a newer memtier. */
  NEWER_FORMAT(NativeConstants.MEMTIER_NEWER_FORMAT),
  /** There is no permission. */
  DENIED(NativeConstants.MEMTIER_DENIED),
  /** There is no memory left. */
  NO_MEMORY(NativeConstants.MEMTIER_NO_MEMORY),
  /** A defect of memtier: please report it. */
  INTERNAL(NativeConstants.MEMTIER_INTERNAL),
  /**
   * A status of a newer library that this package does not know; see {@link MemtierException#code}.
   */
  UNKNOWN(Integer.MIN_VALUE);

  private final int code;

  Status(int code) {
    this.code = code;
  }

  /**
   * Finds a status by its number.
   *
   * @param code a number of {@code memtier.h}
   * @return its status; {@link #UNKNOWN} where there is none
   */
  public static Status of(int code) {
    for (Status status : values()) {
      if (status.code == code) {
        return status;
      }
    }
    return UNKNOWN;
  }

  /** {@return the number in {@code memtier.h}} */
  public int code() {
    return code;
  }

  /** {@return one sentence about it, for people} */
  public String description() {
    return Utf8.decode(Native.statusText(code));
  }

  /** {@return the name in {@code memtier.h}, such as {@code MEMTIER_NOT_FOUND}} */
  public String nativeName() {
    return Utf8.decode(Native.statusName(code));
  }
}
