package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;

/** Searching, counting, and telling how both are done: calls that a {@link Control} can stop. */
final class SearchCalls {
  private SearchCalls() {}

  static long count(MemoryStore store, Scope scope, Filter filter, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    long where = scope.handle();
    call.check(
        Native.itemCount(store.handle, where, document, control.open(), call.out, call.error));
    keep(store, scope, control);
    return call.out[0];
  }

  static String explain(MemoryStore store, Scope scope, Listing listing, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(listing.toJson());
    long where = scope.handle();
    call.check(
        Native.itemExplain(store.handle, where, document, control.open(), call.out, call.error));
    keep(store, scope, control);
    return Images.takeText(call.out[0]);
  }

  static Hits search(MemoryStore store, Scope scope, Query query, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(query.toJson());
    long where = scope.handle();
    call.check(
        Native.storeSearch(store.handle, where, document, control.open(), call.out, call.error));
    keep(store, scope, control);
    return Images.takeHits(call.out[0], store.tiers);
  }

  static Hits search(MemoryStore store, Scope scope, PreparedQuery query, Control control) {
    Call call = new Call();
    long where = scope.handle();
    call.check(
        Native.queryRun(store.handle, where, query.handle, control.open(), call.out, call.error));
    Reference.reachabilityFence(query);
    keep(store, scope, control);
    return Images.takeHits(call.out[0], store.tiers);
  }

  static List<Hits> searchMany(
      MemoryStore store, Scope scope, List<PreparedQuery> queries, Control control) {
    Call call = new Call();
    PreparedQuery[] held = queries.toArray(new PreparedQuery[0]);
    long[] handles = new long[held.length];
    for (int i = 0; i < held.length; i++) {
      handles[i] = Objects.requireNonNull(held[i], "queries[" + i + "]").handle;
    }
    long where = scope.handle();
    call.check(
        Native.queryRunMany(store.handle, where, handles, control.open(), call.out, call.error));
    for (PreparedQuery query : held) {
      Reference.reachabilityFence(query);
    }
    keep(store, scope, control);
    return Images.takeHitsOfMany(call.out[0], store.tiers);
  }

  /** Until here, whatever they hold in C may be used. */
  private static void keep(MemoryStore store, Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
