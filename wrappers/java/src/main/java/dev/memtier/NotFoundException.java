package dev.memtier;

/** There is no such item, tier or file ({@link Status#NOT_FOUND}). */
public final class NotFoundException extends MemtierException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message) {
    super(Status.NOT_FOUND, message, null);
  }
}
