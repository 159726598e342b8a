package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Copies what C holds - one item, items, hits - out of it, as few crossings as can be; and asks C
 * about an image that lies here.
 */
final class Images {
  /** The memory that a long list is first copied through. */
  private static final int BATCH_BYTES = 256 * 1024;

  private Images() {}

  /** Copies images from {@code first} on into memory: items_copy_images or hits_copy_images. */
  private interface Copier {
    int copy(long first, long address, long size, long[] outSize, long[] outCount, long[] error);
  }

  /** Takes an item's image, and destroys its handle. */
  static MemoryItem takeItem(long item, TierNames tiers) {
    try {
      return copyItem(item, tiers);
    } finally {
      Native.itemDestroy(item);
    }
  }

  static MemoryItem copyItem(long item, TierNames tiers) {
    Call call = new Call();
    Scratch scratch = Scratch.take();
    try {
      int capacity = scratch.imageCapacity();
      int status =
          Native.itemCopyImage(item, scratch.imageAddress(), capacity, call.out, call.error);
      if (status != NativeConstants.MEMTIER_TOO_SMALL) {
        call.check(status);
        return new MemoryItem(scratch.copyImage((int) call.out[0]), tiers);
      }
      Native.errorDestroy(call.error[0]);
    } finally {
      Scratch.give(scratch);
    }
    try (LargeMemory memory = new LargeMemory(call.out[0])) {
      int size = memory.buffer.capacity();
      call.check(Native.itemCopyImage(item, memory.address, size, call.out, call.error));
      return new MemoryItem(memory.copy((int) call.out[0]), tiers);
    }
  }

  /**
   * All items of a batch with their statuses; destroys the batch. What ended the call in the middle
   * is what the entries that were not reached failed with.
   */
  static List<ItemResult> takeResults(long items, TierNames tiers, MemtierException ended) {
    try {
      List<ItemResult> results = new ArrayList<>((int) Native.itemsCount(items));
      copyAll(
          Native.itemsCount(items),
          (first, at, size, outSize, outCount, error) ->
              Native.itemsCopyImages(items, first, at, size, outSize, outCount, error),
          image -> results.add(result(items, results.size(), image, tiers, ended)));
      return results;
    } finally {
      Native.itemsDestroy(items);
    }
  }

  private static ItemResult result(
      long items, int index, byte[] image, TierNames tiers, MemtierException ended) {
    int status = Image.int32(image, Image.STATUS);
    if (status == NativeConstants.MEMTIER_OK && image.length > 16) {
      return new ItemResult(Status.OK, Optional.of(new MemoryItem(image, tiers)), Optional.empty());
    }
    if (Call.endsBatch(ended) && ended.code() == status) {
      return new ItemResult(ended.status(), Optional.empty(), Optional.of(ended));
    }
    Call call = new Call();
    int[] known = new int[1];
    byte[][] message = new byte[1][];
    call.check(Native.itemsReadStatus(items, index, known, message, call.error));
    if (known[0] == NativeConstants.MEMTIER_OK) {
      return new ItemResult(Status.OK, Optional.empty(), Optional.empty());
    }
    RuntimeException failure =
        Call.exception(known[0], Utf8.decode(message[0]), false, null, OptionalLong.empty());
    return new ItemResult(
        Status.of(known[0]), Optional.empty(), Optional.of(Call.own(failure)));
  }

  /** All items of a page, none of which can have failed; destroys it. */
  static List<MemoryItem> takeItems(long items, TierNames tiers) {
    try {
      return copyItems(items, tiers);
    } finally {
      Native.itemsDestroy(items);
    }
  }

  static List<MemoryItem> copyItems(long items, TierNames tiers) {
    List<MemoryItem> list = new ArrayList<>((int) Native.itemsCount(items));
    copyAll(
        Native.itemsCount(items),
        (first, at, size, outSize, outCount, error) ->
            Native.itemsCopyImages(items, first, at, size, outSize, outCount, error),
        image -> list.add(new MemoryItem(image, tiers)));
    return list;
  }

  /** All hits; destroys them. */
  static Hits takeHits(long hits, TierNames tiers) {
    try {
      return new Hits(List.copyOf(copyHits(hits, tiers)), explanation(hits));
    } finally {
      Native.hitsDestroy(hits);
    }
  }

  /** The hits of several queries, for each its own; destroys them. */
  static List<Hits> takeHitsOfMany(long hits, TierNames tiers) {
    try {
      List<Hit> all = copyHits(hits, tiers);
      List<String> explanations = JsonReader.elements(explanation(hits));
      List<Hits> found = new ArrayList<>(explanations.size());
      Call call = new Call();
      int begin = 0;
      for (long i = 0; i < Native.hitsQueryCount(hits); i++) {
        call.check(Native.hitsReadEnd(hits, i, call.out, call.error));
        int end = (int) call.out[0];
        found.add(new Hits(List.copyOf(all.subList(begin, end)), explanations.get((int) i)));
        begin = end;
      }
      return List.copyOf(found);
    } finally {
      Native.hitsDestroy(hits);
    }
  }

  private static List<Hit> copyHits(long hits, TierNames tiers) {
    List<Hit> list = new ArrayList<>((int) Native.hitsCount(hits));
    double[] textScores = column(hits, NativeConstants.MEMTIER_FIELD_TEXT_SCORE);
    double[] vectorScores = column(hits, NativeConstants.MEMTIER_FIELD_VECTOR_SCORE);
    copyAll(
        Native.hitsCount(hits),
        (first, at, size, outSize, outCount, error) ->
            Native.hitsCopyImages(hits, first, at, size, outSize, outCount, error),
        image -> {
          MemoryItem item = new MemoryItem(image, tiers);
          int at = list.size();
          list.add(
              new Hit(item, item.score(), textScores[at], vectorScores[at], item.snippet()));
        });
    return list;
  }

  private static double[] column(long hits, int field) {
    Call call = new Call();
    double[][] column = new double[1][];
    call.check(Native.hitsColumnDouble(hits, field, column, call.error));
    return column[0];
  }

  private static String explanation(long hits) {
    Call call = new Call();
    byte[][] explanation = new byte[1][];
    call.check(Native.hitsExplain(hits, explanation, call.error));
    return Utf8.decode(explanation[0]);
  }

  private static void copyAll(long count, Copier copier, Consumer<byte[]> use) {
    if (count == 0) {
      return;
    }
    Scratch scratch = Scratch.take(count == 1 ? 0 : BATCH_BYTES);
    long done = 0;
    try {
      done =
          copyThrough(
              count, 0, copier, use, scratch.buffer, scratch.imageAddress(), Scratch.IMAGE);
    } finally {
      Scratch.give(scratch);
    }
    for (long room = 4L * BATCH_BYTES; done < count; room = Math.min(room * 4, 1L << 30)) {
      try (LargeMemory memory = new LargeMemory(room)) {
        done = copyThrough(count, done, copier, use, memory.buffer, memory.address, 0);
      }
    }
  }

  /** Copies from {@code done} on until all are there, or one does not fit; how many are there. */
  private static long copyThrough(
      long count,
      long done,
      Copier copier,
      Consumer<byte[]> use,
      ByteBuffer buffer,
      long address,
      int offset) {
    Call call = new Call();
    long[] copied = new long[1];
    long size = buffer.capacity() - offset;
    while (done < count) {
      int status = copier.copy(done, address, size, call.out, copied, call.error);
      if (status == NativeConstants.MEMTIER_TOO_SMALL) {
        Native.errorDestroy(call.error[0]);
        return done;
      }
      call.check(status);
      int at = offset;
      for (long i = 0; i < copied[0]; i++) {
        byte[] image = new byte[buffer.getInt(at)];
        buffer.get(at, image);
        at += image.length;
        use.accept(image);
      }
      done += copied[0];
    }
    return done;
  }

  /** A call that looks at an image; its status. */
  private interface Look {
    int at(long address, long size);
  }

  static boolean matches(byte[] image, String tier, Filter filter) {
    Call call = new Call();
    int[] matches = new int[1];
    byte[] name = Utf8.encode(tier);
    byte[] document = Utf8.encode(filter.toJson());
    call.check(
        lend(
            image,
            (at, size) -> Native.imageMatches(at, size, name, document, matches, call.error)));
    return matches[0] != 0;
  }

  static String toJson(byte[] image, String tier) {
    Call call = new Call();
    byte[] name = Utf8.encode(tier);
    call.check(
        lend(image, (at, size) -> Native.imageToJson(at, size, name, call.out, call.error)));
    return takeText(call.out[0]);
  }

  /** A document that C returned; it is released. */
  static String takeText(long bytes) {
    try {
      return Utf8.decode(Native.bytesData(bytes));
    } finally {
      Native.bytesDestroy(bytes);
    }
  }

  private static int lend(byte[] image, Look look) {
    Scratch scratch = Scratch.take(image.length);
    try {
      if (scratch.imageCapacity() >= image.length) {
        scratch.buffer.put(Scratch.IMAGE, image);
        return look.at(scratch.imageAddress(), image.length);
      }
    } finally {
      Scratch.give(scratch);
    }
    try (LargeMemory memory = new LargeMemory(image.length)) {
      memory.buffer.put(0, image);
      return look.at(memory.address, image.length);
    }
  }
}
