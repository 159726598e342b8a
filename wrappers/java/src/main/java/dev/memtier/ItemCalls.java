package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Getting and putting one item: the calls in which nanoseconds count. */
final class ItemCalls {
  private ItemCalls() {}

  /** Null where there is no such item. */
  static MemoryItem get(MemoryStore store, Scope scope, String id) {
    Scratch scratch = Scratch.take();
    try {
      int size = scratch.putId(id);
      if (size < 0) {
        return getLarge(store, scope, id, 0);
      }
      int status =
          Native.hotGetInto(
              store.handle,
              scope.handle(),
              scratch.address + Scratch.ID,
              size,
              scratch.address + Scratch.IMAGE,
              scratch.imageCapacity(),
              scratch.address);
      if (status == NativeConstants.MEMTIER_OK) {
        return new MemoryItem(scratch.copyImage((int) scratch.size()), store.tiers);
      }
      return getFailed(store, scope, id, status, scratch.size(), scratch.error());
    } finally {
      Scratch.give(scratch);
      Reference.reachabilityFence(scope);
      Reference.reachabilityFence(store);
    }
  }

  private static MemoryItem getFailed(
      MemoryStore store, Scope scope, String id, int status, long size, long error) {
    if (status == NativeConstants.MEMTIER_NOT_FOUND) {
      Native.errorDestroy(error);
      return null;
    }
    if (status == NativeConstants.MEMTIER_TOO_SMALL) {
      Native.errorDestroy(error);
      return getLarge(store, scope, id, size);
    }
    throw Call.failure(status, error);
  }

  /** Again and again, with room for what it was the last time: it can grow in between. */
  private static MemoryItem getLarge(MemoryStore store, Scope scope, String id, long size) {
    byte[] name = Utf8.encode(id);
    Call call = new Call();
    for (long room = Math.max(size, 1024); ; room = call.out[0]) {
      try (LargeMemory memory = new LargeMemory(room)) {
        int status =
            Native.itemGetInto(
                store.handle, scope.handle(), name, memory.address, room, call.out, call.error);
        if (status == NativeConstants.MEMTIER_OK) {
          return new MemoryItem(memory.copy((int) call.out[0]), store.tiers);
        }
        if (status != NativeConstants.MEMTIER_TOO_SMALL) {
          return getFailed(store, scope, id, status, 0, call.error[0]);
        }
        Native.errorDestroy(call.error[0]);
      }
    }
  }

  static MemoryItem put(MemoryStore store, ItemDraft draft, PutMode mode, Durability durability) {
    if (!draft.fitsImage(store.tiers)) {
      return putBuilder(store, draft, mode, durability);
    }
    ImageWriter image = new ImageWriter(draft, store.tiers);
    // The result takes the image's place; it is hardly longer.
    int room = image.size() + 128;
    Scratch scratch = Scratch.take(room);
    try {
      if (scratch.imageCapacity() >= room) {
        ByteBuffer buffer = scratch.buffer;
        image.write(buffer, Scratch.IMAGE);
        return putImage(
            store, image, mode, durability, scratch, buffer, scratch.imageAddress(), Scratch.IMAGE);
      }
      try (LargeMemory memory = new LargeMemory(room)) {
        image.write(memory.buffer, 0);
        return putImage(
            store, image, mode, durability, scratch, memory.buffer, memory.address, 0);
      }
    } finally {
      Scratch.give(scratch);
      Reference.reachabilityFence(store);
    }
  }

  /** The image is read before anything is written, so one piece of memory serves for both. */
  private static MemoryItem putImage(
      MemoryStore store,
      ImageWriter image,
      PutMode mode,
      Durability durability,
      Scratch result,
      ByteBuffer buffer,
      long address,
      int offset) {
    int status =
        Native.hotPutInto(
            store.handle,
            0,
            address,
            image.size(),
            mode.code,
            durability.code,
            address,
            buffer.capacity() - offset,
            result.address);
    if (status != NativeConstants.MEMTIER_OK) {
      throw Call.failure(status, result.error());
    }
    byte[] stored = new byte[(int) result.size()];
    buffer.get(offset, stored);
    return new MemoryItem(stored, store.tiers);
  }

  private static MemoryItem putBuilder(
      MemoryStore store, ItemDraft draft, PutMode mode, Durability durability) {
    Call call = new Call();
    Scope scope = draft.scope;
    try (ItemBuilder builder = new ItemBuilder(draft)) {
      call.check(
          Native.itemPut(
              store.handle,
              scope.handle(),
              builder.handle,
              mode.code,
              durability.code,
              call.out,
              call.error));
      return Images.takeItem(call.out[0], store.tiers);
    } finally {
      Reference.reachabilityFence(scope);
      Reference.reachabilityFence(store);
    }
  }
}
