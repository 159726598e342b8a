package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;

/** Knowledge, episodes and runs, in and out of C. */
final class RememberedCalls {
  private RememberedCalls() {}

  /** One of the functions that store a document. */
  @FunctionalInterface
  interface Put {
    int call(long store, long scope, byte[] document, int durability, long[] item, long[] error);
  }

  static MemoryItem put(
      MemoryStore store, Scope scope, Remembered<?> one, Durability durability, Put put) {
    Call call = new Call();
    byte[] document = Utf8.encode(Json.write(one.document()));
    long where = scope.handle();
    int status = put.call(store.handle, where, document, durability.code, call.out, call.error);
    keep(store, scope, Control.NONE);
    call.check(status);
    return Images.takeItem(call.out[0], store.tiers);
  }

  static Knowledge update(
      MemoryStore store,
      Scope scope,
      String id,
      Knowledge change,
      long version,
      Durability durability) {
    Call call = new Call();
    byte[] which = Utf8.encode(id);
    byte[] document = Utf8.encode(Json.write(change.document()));
    long where = scope.handle();
    int level = durability.code;
    int status =
        Native.knowledgeUpdate(
            store.handle, where, which, document, version, level, call.out, call.error);
    keep(store, scope, Control.NONE);
    call.check(status);
    return Knowledge.of(Images.takeItem(call.out[0], store.tiers));
  }

  static List<Knowledge> history(MemoryStore store, Scope scope, String id, int limit) {
    Call call = new Call();
    byte[] which = Utf8.encode(id);
    long where = scope.handle();
    int status =
        Native.knowledgeReadHistory(store.handle, where, which, limit, call.out, call.error);
    keep(store, scope, Control.NONE);
    call.check(status);
    return Knowledge.of(Images.takeItems(call.out[0], store.tiers));
  }

  static List<Contradiction> contradictions(
      MemoryStore store, Scope scope, Filter filter, int limit, Control control) {
    Call call = new Call();
    Map<String, Object> request =
        Map.of("filter", new Json.Raw(filter.toJson()), "limit", limit);
    byte[] document = Utf8.encode(Json.write(request));
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.knowledgeListContradictions(
            store.handle, where, document, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(one -> Contradiction.of((Map<?, ?>) one)).toList();
  }

  static List<MemoryItem> around(
      MemoryStore store, Scope scope, AroundQuery query, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(query.toJson());
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.episodeFindAround(store.handle, where, document, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    return List.copyOf(Images.takeItems(call.out[0], store.tiers));
  }

  /** Until here, whatever they hold in C may be used. */
  private static void keep(MemoryStore store, Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
