package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Getting and putting, one and many: the calls in which nanoseconds count. */
final class ItemCalls {
  /** Images of one call of put_images; more drafts than fit are stored in several. */
  private static final long BATCH_BYTES = 32L << 20;

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

  static List<MemoryItem> putMany(
      MemoryStore store, Collection<ItemDraft> drafts, PutMode mode, Durability durability) {
    if (drafts.size() > Memtier.MAX_BATCH) {
      throw new IllegalArgumentException(
          drafts.size() + " items; at most " + Memtier.MAX_BATCH + " in one call");
    }
    List<ItemResult> results = new ArrayList<>(drafts.size());
    List<ImageWriter> images = new ArrayList<>();
    long bytes = 0;
    for (ItemDraft draft : drafts) {
      if (!draft.fitsImage(store.tiers)) {
        bytes = putImages(store, images, bytes, mode, durability, results);
        results.add(putOne(store, draft, mode, durability));
        continue;
      }
      ImageWriter image = new ImageWriter(draft, store.tiers);
      if (bytes + image.size() > BATCH_BYTES) {
        bytes = putImages(store, images, bytes, mode, durability, results);
      }
      images.add(image);
      bytes += image.size();
    }
    putImages(store, images, bytes, mode, durability, results);
    for (ItemResult result : results) {
      if (!result.isOk()) {
        throw new BatchException(result.failure().orElseThrow(), results);
      }
    }
    return results.stream().map(ItemResult::require).toList();
  }

  private static ItemResult putOne(
      MemoryStore store, ItemDraft draft, PutMode mode, Durability durability) {
    try {
      MemoryItem item = putBuilder(store, draft, mode, durability);
      return new ItemResult(Status.OK, Optional.of(item), Optional.empty());
    } catch (MemtierException failure) {
      return new ItemResult(
          failure.status(), Optional.empty(), Optional.of(failure));
    }
  }

  /** Stores what has gathered, and empties the list; the bytes that are left: 0. */
  private static long putImages(
      MemoryStore store,
      List<ImageWriter> images,
      long bytes,
      PutMode mode,
      Durability durability,
      List<ItemResult> results) {
    if (images.isEmpty()) {
      return 0;
    }
    Call call = new Call();
    int status;
    try (LargeMemory memory = new LargeMemory(bytes)) {
      int at = 0;
      for (ImageWriter image : images) {
        image.write(memory.buffer, at);
        at += image.size();
      }
      status =
          Native.itemPutImages(
              store.handle,
              0,
              memory.address,
              bytes,
              mode.code,
              durability.code,
              null,
              call.out,
              call.error);
    } finally {
      Reference.reachabilityFence(store);
    }
    images.clear();
    addResults(store, call, status, results);
    return 0;
  }

  /** Each entry has its own status; the call as a whole fails only where there are no entries. */
  private static void addResults(
      MemoryStore store, Call call, int status, List<ItemResult> results) {
    if (call.out[0] == 0) {
      call.check(status);
    }
    if (status != NativeConstants.MEMTIER_OK) {
      Native.errorDestroy(call.error[0]);
    }
    results.addAll(Images.takeResults(call.out[0], store.tiers));
  }

  static List<ItemResult> getMany(MemoryStore store, Scope scope, Collection<String> ids) {
    Call call = new Call();
    PackedIds packed = new PackedIds(ids);
    int status =
        Native.itemGetMany(
            store.handle, scope.handle(), packed.bytes, packed.ends, null, call.out, call.error);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    List<ItemResult> results = new ArrayList<>();
    addResults(store, call, status, results);
    return results;
  }

  static List<ItemResult> deleteMany(
      MemoryStore store, Scope scope, Collection<String> ids, Durability durability) {
    Call call = new Call();
    PackedIds packed = new PackedIds(ids);
    int status =
        Native.itemDeleteMany(
            store.handle,
            scope.handle(),
            packed.bytes,
            packed.ends,
            durability.code,
            null,
            call.out,
            call.error);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    List<ItemResult> results = new ArrayList<>();
    addResults(store, call, status, results);
    return results;
  }

  /** Ids one behind the other, and where each of them ends. */
  private static final class PackedIds {
    final byte[] bytes;
    final long[] ends;

    PackedIds(Collection<String> ids) {
      List<byte[]> encoded = ids.stream().map(Utf8::encode).toList();
      ends = new long[encoded.size()];
      long end = 0;
      for (int i = 0; i < ends.length; i++) {
        end += encoded.get(i).length;
        ends[i] = end;
      }
      bytes = new byte[Math.toIntExact(end)];
      for (int i = 0; i < ends.length; i++) {
        byte[] id = encoded.get(i);
        System.arraycopy(id, 0, bytes, (int) ends[i] - id.length, id.length);
      }
    }
  }
}
