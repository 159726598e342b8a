package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.util.OptionalLong;
import java.util.function.Function;

/** The places where one call leaves its results, and what becomes of its status. */
final class Call {
  final long[] out = new long[1];
  final long[] error = new long[1];

  /** Throws if the call failed. */
  void check(int status) {
    if (status != NativeConstants.MEMTIER_OK) {
      throw failure(status, error[0]);
    }
  }

  /** The same for a call that counts in {@link #out} what it did before it failed. */
  void checkCounting(int status) {
    if (status != NativeConstants.MEMTIER_OK) {
      throw failure(status, error[0], OptionalLong.of(out[0]));
    }
  }

  /** What a call told, as {@code read} takes it; a failure carries it. */
  <T> T report(int status, Function<String, T> read) {
    T told = out[0] == 0 ? null : read.apply(Images.takeText(out[0]));
    if (status == NativeConstants.MEMTIER_OK) {
      return told;
    }
    RuntimeException failure = failure(status, error[0]);
    if (failure instanceof MemtierException own) {
      own.describe(told);
    }
    throw failure;
  }

  /** Takes a failed call's error object apart and releases it. */
  static RuntimeException failure(int status, long error) {
    return failure(status, error, OptionalLong.empty());
  }

  private static RuntimeException failure(int status, long error, OptionalLong completed) {
    byte[] text = error == 0 ? Native.statusText(status) : Native.errorMessage(error);
    boolean retriable = Native.errorIsRetriable(error) != 0;
    Throwable cause = null;
    if (status == NativeConstants.MEMTIER_CALLBACK) {
      cause = Callbacks.takeFailure(Native.errorCallbackCode(error));
    }
    Native.errorDestroy(error);
    return exception(status, Utf8.decode(text), retriable, cause, completed);
  }

  /** What a failure is as an exception of this package. */
  static MemtierException own(RuntimeException failure) {
    return failure instanceof MemtierException e ? e : (MemtierException) failure.getCause();
  }

  /** Whether a failure is of a batch as a whole, which it ended, and not of one of its entries. */
  static boolean endsBatch(MemtierException failure) {
    return failure instanceof CancelledException || failure instanceof CallbackException;
  }

  static RuntimeException exception(
      int status, String message, boolean retriable, Throwable cause, OptionalLong completed) {
    MemtierException exception =
        switch (status) {
          case NativeConstants.MEMTIER_NOT_FOUND -> new NotFoundException(message);
          case NativeConstants.MEMTIER_EXISTS -> new AlreadyExistsException(message);
          case NativeConstants.MEMTIER_CONFLICT -> new ConflictException(message);
          case NativeConstants.MEMTIER_BUSY -> new BusyException(message);
          case NativeConstants.MEMTIER_CANCELLED -> new CancelledException(message);
          case NativeConstants.MEMTIER_CALLBACK -> new CallbackException(message, cause);
          default -> new MemtierException(Status.of(status), message, null);
        };
    exception.describe(status, retriable, completed);
    if (status == NativeConstants.MEMTIER_CLOSED) {
      return new IllegalStateException(message, exception);
    }
    return exception;
  }
}
