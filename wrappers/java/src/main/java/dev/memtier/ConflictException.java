package dev.memtier;

/** The item is no longer of the expected version ({@link Status#CONFLICT}). */
public final class ConflictException extends MemtierException {
  private static final long serialVersionUID = 1L;

  ConflictException(String message) {
    super(Status.CONFLICT, message, null);
  }
}
