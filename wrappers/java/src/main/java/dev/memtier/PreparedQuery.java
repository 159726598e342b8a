package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Cleaner;

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

  /** Releases it; again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
