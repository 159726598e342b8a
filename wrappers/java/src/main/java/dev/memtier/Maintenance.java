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
    return call.report(status, Ticked::parse);
  }

  /**
   * Moves what is worth keeping from a hot tier into the next one, the highest priority first, in
   * batches of which each is moved as a whole or stays. Batches that fail are told of, and are no error.
   *
   * @param scope whose items
   * @param consolidation what goes
   * @param control watches and stops it; stopped, what was moved stays so
   * @return what was done
   */
  public Consolidated consolidate(Scope scope, Consolidation consolidation, Control control) {
    byte[] document = Utf8.encode(Json.write(consolidation.request()));
    Call call = new Call();
    long where = scope.handle();
    int status =
        Native.tierConsolidate(
            store.handle, where, document, control.open(), call.out, call.error);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    return call.report(status, text -> Consolidated.of(JsonReader.readObject(text)));
  }

  /**
   * What compressing did.
   *
   * @param matched items that the filter holds for
   * @param items that were compressed
   * @param originalBytes of these
   * @param compressedBytes of these
   */
  public record Compressed(long matched, long items, long originalBytes, long compressedBytes) {}

  /**
   * Compresses long contents where they stand, if that saves a fifth. Reads do not change.
   *
   * @param scope whose items
   * @param filter which
   * @param aboveBytes longer ones only
   * @param control watches and stops it; stopped, what was done stays
   * @return what was done
   */
  public Compressed compressWhere(Scope scope, Filter filter, long aboveBytes, Control control) {
    byte[] document = Utf8.encode(filter.toJson());
    Call call = new Call();
    long where = scope.handle();
    int status =
        Native.itemCompressWhere(
            store.handle, where, document, aboveBytes, control.open(), call.out, call.error);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    return call.report(status, Maintenance::readCompressed);
  }

  private static Compressed readCompressed(String json) {
    Map<String, Object> told = JsonReader.readObject(json);
    return new Compressed(
        Consolidated.number(told, "matched"),
        Consolidated.number(told, "compressed"),
        Consolidated.number(told, "original_bytes"),
        Consolidated.number(told, "compressed_bytes"));
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
