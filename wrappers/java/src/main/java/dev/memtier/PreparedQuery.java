package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/** A query that was checked, to be run many times, on any store, by any number of threads. */
public final class PreparedQuery implements AutoCloseable {
  final long handle;
  private final Cleaner.Cleanable cleanable;

  PreparedQuery(Query query) {
    Call call = new Call();
    call.check(Native.queryCreate(Utf8.encode(query.toJson()), call.out, call.error));
    handle = call.out[0];
    cleanable = Resources.track(this, handle, Native::queryDestroy);
  }

  /**
   * Gives the query another vector to look for. Searches that have begun go on with the one before.
   *
   * @param vector the components; none: it is taken away
   */
  public void setVector(float... vector) {
    Call call = new Call();
    int status = Native.querySetVector(handle, vector, call.error);
    Reference.reachabilityFence(this);
    call.check(status);
  }

  /** Releases it; again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
