package dev.memtier;

/**
 * A callback threw ({@link Status#CALLBACK}): what it threw is the {@linkplain #getCause cause}.
 */
public final class CallbackException extends MemtierException {
  private static final long serialVersionUID = 1L;

  CallbackException(String message, Throwable cause) {
    super(Status.CALLBACK, message, cause);
  }
}
