package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.NativeConstants;
import java.util.Optional;

/**
 * Watches and stops one or many long calls.
 *
 * @param cancel stops the work from another thread
 * @param progress is told how far the work is, and can end it
 */
public record Control(Optional<CancelToken> cancel, Optional<Progress> progress) {
  /** Neither. */
  public static final Control NONE = new Control(Optional.empty(), Optional.empty());

  /**
   * Stops the work from another thread.
   *
   * @param token the token
   * @return the control
   */
  public static Control of(CancelToken token) {
    return new Control(Optional.of(token), Optional.empty());
  }

  /**
   * Tells how far the work is.
   *
   * @param progress the listener
   * @return the control
   */
  public static Control of(Progress progress) {
    return new Control(Optional.empty(), Optional.of(progress));
  }

  /**
   * Both.
   *
   * @param token the token
   * @param progress the listener
   * @return the control
   */
  public static Control of(CancelToken token, Progress progress) {
    return new Control(Optional.of(token), Optional.of(progress));
  }

  /** For exactly one call; null without either. Keep this object reachable during the call. */
  long[] open() {
    if (cancel.isEmpty() && progress.isEmpty()) {
      return null;
    }
    long token = cancel.map(given -> given.handle).orElse(0L);
    return new long[] {token, progress.map(Control::register).orElse(0L)};
  }

  private static long register(Progress progress) {
    Callbacks.Progress callback =
        (done, total) ->
            progress.report(done, total)
                ? NativeConstants.MEMTIER_CALLBACK_OK
                : NativeConstants.MEMTIER_CALLBACK_CANCEL;
    return Callbacks.register(callback);
  }
}
