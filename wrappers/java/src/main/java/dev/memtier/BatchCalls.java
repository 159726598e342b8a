package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;

/** Getting, deleting and giving vectors to many by id. What stores many is {@link PutBatch}. */
final class BatchCalls {
  private BatchCalls() {}

  static List<ItemResult> getMany(
      MemoryStore store, Scope scope, Collection<String> ids, Control control) {
    Call call = new Call();
    PackedTexts packed = new PackedTexts(ids);
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.itemGetMany(
            store.handle, where, packed.bytes, packed.ends, watch, call.out, call.error);
    keep(store, scope, control);
    call.check(status);
    return Images.takeResults(call.out[0], store.tiers, null);
  }

  static List<ItemResult> deleteMany(
      MemoryStore store,
      Scope scope,
      Collection<String> ids,
      Durability durability,
      Control control) {
    Call call = new Call();
    PackedTexts packed = new PackedTexts(ids);
    long where = scope.handle();
    int level = durability.code;
    long[] watch = control.open();
    int status =
        Native.itemDeleteMany(
            store.handle, where, packed.bytes, packed.ends, level, watch, call.out, call.error);
    keep(store, scope, control);
    return takeResults(store, status, call);
  }

  static List<ItemResult> putVectors(
      MemoryStore store,
      Scope scope,
      Collection<String> ids,
      byte[] space,
      float[] components,
      Durability durability,
      Control control) {
    Call call = new Call();
    PackedTexts packed = new PackedTexts(ids);
    long where = scope.handle();
    int level = durability.code;
    long[] watch = control.open();
    int status =
        Native.vectorPutMany(
            store.handle,
            where,
            packed.bytes,
            packed.ends,
            space,
            components,
            level,
            watch,
            call.out,
            call.error);
    keep(store, scope, control);
    return takeResults(store, status, call);
  }

  private static List<ItemResult> takeResults(MemoryStore store, int status, Call call) {
    if (status == NativeConstants.MEMTIER_OK) {
      return Images.takeResults(call.out[0], store.tiers, null);
    }
    RuntimeException failure = Call.failure(status, call.error[0]);
    if (call.out[0] == 0) {
      throw failure;
    }
    MemtierException own = Call.own(failure);
    throw new BatchException(own, Images.takeResults(call.out[0], store.tiers, own));
  }

  private static void keep(MemoryStore store, Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
