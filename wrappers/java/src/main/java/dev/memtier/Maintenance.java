package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The maintenance of a {@link MemoryStore}: of the whole store, every collection and scope. It is driven by
 * {@link #tick()}, or by the store itself ({@link StoreBuilder#maintenance}).
 */
public final class Maintenance {
  private final MemoryStore store;

  Maintenance(MemoryStore store) {
    this.store = store;
  }

  /**
   * Does all jobs.
   *
   * @return what they did
   */
  public Ticked tick() {
    return tick(EnumSet.allOf(Job.class), Duration.ZERO, Control.NONE);
  }

  /**
   * Does jobs, in a limited time. A job that there is no time left for is the first of the next tick. {@link
   * Status#BUSY} if another tick is under way.
   *
   * @param jobs which
   * @param budget how long, about; zero: no limit
   * @param control watches and stops it; stopped, what was done before stays
   * @return what they did
   */
  public Ticked tick(Collection<Job> jobs, Duration budget, Control control) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("jobs", jobs.stream().map(Job::word).toList());
    request.put("budget_ms", Times.millis(budget));
    byte[] document = Utf8.encode(Json.write(request));
    Call call = new Call();
    int status =
        Native.storeTick(store.handle, document, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    call.check(status);
    return Ticked.parse(Images.takeText(call.out[0]));
  }

  /** Pauses what the store does itself: no tick begins, and one that is under way ends soon. */
  public void pause() {
    Call call = new Call();
    int status = Native.storePause(store.handle, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /** Ends a pause; a tick follows at once. */
  public void resume() {
    Call call = new Call();
    int status = Native.storeResume(store.handle, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }
}
