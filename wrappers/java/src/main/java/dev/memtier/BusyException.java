package dev.memtier;

/** Another writer held the store for the whole busy timeout ({@link Status#BUSY}): try again. */
public final class BusyException extends MemtierException {
  private static final long serialVersionUID = 1L;

  BusyException(String message) {
    super(Status.BUSY, message, null);
  }
}
