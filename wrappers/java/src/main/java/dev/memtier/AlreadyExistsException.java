package dev.memtier;

/** The item was only to be made, and is there ({@link Status#EXISTS}). */
public final class AlreadyExistsException extends MemtierException {
  private static final long serialVersionUID = 1L;

  AlreadyExistsException(String message) {
    super(Status.EXISTS, message, null);
  }
}
