package dev.memtier;

/**
 * The work was stopped by its {@link Control}, or by closing the store ({@link Status#CANCELLED}).
 */
public final class CancelledException extends MemtierException {
  private static final long serialVersionUID = 1L;

  CancelledException(String message) {
    super(Status.CANCELLED, message, null);
  }
}
