package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/** Stops long work from another thread: given to any number of calls, tripped once, for good. */
public final class CancelToken implements AutoCloseable {
  final long handle;
  private final Cleaner.Cleanable cleanable;

  /** A token that is not tripped. */
  public CancelToken() {
    Call call = new Call();
    call.check(Native.cancelCreate(call.out, call.error));
    handle = call.out[0];
    cleanable = Resources.track(this, handle, Native::cancelDestroy);
  }

  /** Trips it: work that was given it ends soon with {@link CancelledException}. */
  public void trip() {
    Call call = new Call();
    call.check(Native.cancelTrip(handle, call.error));
    Reference.reachabilityFence(this);
  }

  /** {@return whether it was tripped} */
  public boolean isTripped() {
    boolean tripped = Native.cancelIsTripped(handle) == 1;
    Reference.reachabilityFence(this);
    return tripped;
  }

  /** Releases it; work that was given it keeps its own hold. Again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
