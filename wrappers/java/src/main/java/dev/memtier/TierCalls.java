package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What concerns whole tiers, and the transition log. */
final class TierCalls {
  private TierCalls() {}

  static String ladder(long store) {
    Call call = new Call();
    call.check(Native.storeGetLadder(store, call.out, call.error));
    return Images.takeText(call.out[0]);
  }

  static List<TierStatistics> statistics(MemoryStore store) {
    Call call = new Call();
    call.check(Native.tierCount(store.handle, call.out, call.error));
    List<TierStatistics> tiers = new ArrayList<>();
    for (int i = 0; i < call.out[0]; i++) {
      tiers.add(TierStatistics.read(store.handle, i));
    }
    Reference.reachabilityFence(store);
    return List.copyOf(tiers);
  }

  static OptimizeResult optimize(MemoryStore store, Scope scope, Control control) {
    Call call = new Call();
    List<String> names = store.tiers.names();
    long[] demoted = new long[names.size()];
    long where = scope.handle();
    int status =
        Native.tierOptimize(store.handle, where, control.open(), demoted, call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    call.checkCounting(status);
    Map<String, Long> byName = new LinkedHashMap<>();
    for (int i = 0; i < demoted.length; i++) {
      byName.put(names.get(i), demoted[i]);
    }
    return new OptimizeResult(call.out[0], Collections.unmodifiableMap(byName));
  }

  static long clear(MemoryStore store, Scope scope, Collection<String> tiers, Control control) {
    Call call = new Call();
    byte[] names = Utf8.encode(Json.write(tiers));
    long where = scope.handle();
    int status =
        Native.tierClear(store.handle, where, names, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    call.checkCounting(status);
    return call.out[0];
  }

  static List<Transition> transitions(MemoryStore store, Scope scope, TransitionQuery query) {
    Call call = new Call();
    byte[] id = query.id().map(Utf8::encode).orElse(null);
    long since = query.since().map(Times::micros).orElse(0L);
    call.check(
        Native.transitionList(
            store.handle, scope.handle(), id, since, query.limit(), call.out, call.error));
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    long rows = call.out[0];
    try {
      byte[][] ids = texts(rows, NativeConstants.MEMTIER_FIELD_ID);
      byte[][] from = texts(rows, NativeConstants.MEMTIER_FIELD_FROM_TIER);
      byte[][] to = texts(rows, NativeConstants.MEMTIER_FIELD_TO_TIER);
      byte[][] reasons = texts(rows, NativeConstants.MEMTIER_FIELD_REASON);
      long[][] times = new long[1][];
      int time = NativeConstants.MEMTIER_FIELD_TIME_US;
      call.check(Native.transitionsColumnInt64(rows, time, times, call.error));
      List<Transition> list = new ArrayList<>();
      for (int i = 0; i < Native.transitionsCount(rows); i++) {
        list.add(
            new Transition(
                Utf8.decode(ids[i]),
                Utf8.decode(from[i]),
                Optional.of(Utf8.decode(to[i])).filter(name -> !name.isEmpty()),
                Times.instant(times[0][i]),
                Utf8.decode(reasons[i])));
      }
      return List.copyOf(list);
    } finally {
      Native.transitionsDestroy(rows);
    }
  }

  private static byte[][] texts(long rows, int field) {
    Call call = new Call();
    byte[][][] column = new byte[1][][];
    call.check(Native.transitionsColumnText(rows, field, column, call.error));
    return column[0];
  }
}
