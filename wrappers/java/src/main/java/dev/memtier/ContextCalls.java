package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Conversations of several sessions, and what of all this fits into a prompt. */
final class ContextCalls {
  private ContextCalls() {}

  static List<Session> sessions(MemoryStore store, Scope scope, int limit, Control control) {
    Call call = new Call();
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.conversationListSessions(store.handle, where, limit, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(one -> Session.of((Map<?, ?>) one)).toList();
  }

  static List<Turn> recent(
      MemoryStore store, Scope scope, Duration within, int limit, Control control) {
    Call call = new Call();
    long where = scope.handle();
    long micros = Times.micros(within);
    long[] watch = control.open();
    int status =
        Native.conversationReadRecent(
            store.handle, where, micros, limit, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    return Turn.of(Images.takeItems(call.out[0], store.tiers));
  }

  static List<Turn> turns(MemoryStore store, Scope scope, ContextQuery query, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(query.toJson("last"));
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.conversationBuildContext(store.handle, where, document, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    return Turn.of(Images.takeItems(call.out[0], store.tiers));
  }

  static List<MemoryItem> active(
      MemoryStore store, Scope scope, ContextQuery query, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(query.toJson("short_term"));
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.contextBuild(store.handle, where, document, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    return List.copyOf(Images.takeItems(call.out[0], store.tiers));
  }

  static MemoryItem remember(
      MemoryStore store,
      Scope scope,
      String key,
      String value,
      double importance,
      Durability durability) {
    Call call = new Call();
    byte[] id = Utf8.encode(key);
    byte[] text = Utf8.encode(value);
    long where = scope.handle();
    int level = durability.code;
    int status =
        Native.contextRemember(
            store.handle, where, id, text, importance, level, call.out, call.error);
    keep(store, scope, Control.NONE);
    call.check(status);
    return Images.takeItem(call.out[0], store.tiers);
  }

  /** Until here, whatever they hold in C may be used. */
  private static void keep(MemoryStore store, Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
