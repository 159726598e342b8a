package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One call that stores many drafts. They go to C in pieces, in their order: images, up to a size,
 * or builders of one scope, for drafts that no image can say.
 */
final class PutBatch {
  /** Images of one piece. */
  private static final long PIECE_BYTES = 32L << 20;

  /** As often as C tells progress; each piece would tell its own end. */
  private static final long PROGRESS_NANOS = 50_000_000;

  private final MemoryStore store;
  private final PutMode mode;
  private final Durability durability;
  private final Control control;
  private final List<ItemResult> results = new ArrayList<>();
  private final List<ImageWriter> images = new ArrayList<>();
  private final List<ItemBuilder> builders = new ArrayList<>();
  private long imageBytes;
  private Scope builderScope;
  private int total;
  private long told;

  /** What ended the call in the middle. */
  private MemtierException ended;

  PutBatch(MemoryStore store, PutMode mode, Durability durability, Control control) {
    this.store = store;
    this.mode = mode;
    this.durability = durability;
    this.control = control;
  }

  List<MemoryItem> put(Collection<ItemDraft> drafts) {
    total = drafts.size();
    if (total > Memtier.MAX_BATCH) {
      throw new IllegalArgumentException(
          total + " items; at most " + Memtier.MAX_BATCH + " in one call");
    }
    try {
      for (ItemDraft draft : drafts) {
        if (ended != null) {
          break;
        }
        add(draft);
      }
      store();
    } finally {
      builders.forEach(ItemBuilder::close);
    }
    while (results.size() < total) {
      results.add(failed(ended));
    }
    return items();
  }

  private void add(ItemDraft draft) {
    if (draft.fitsImage(store.tiers)) {
      ImageWriter image = new ImageWriter(draft, store.tiers);
      if (!builders.isEmpty() || imageBytes + image.size() > PIECE_BYTES) {
        store();
      }
      images.add(image);
      imageBytes += image.size();
      return;
    }
    if (!images.isEmpty() || !draft.scope.equals(builderScope)) {
      store();
    }
    builderScope = draft.scope;
    try {
      builders.add(new ItemBuilder(draft));
    } catch (MemtierException refused) {
      store();
      results.add(failed(refused));
    }
  }

  private static ItemResult failed(MemtierException failure) {
    return new ItemResult(failure.status(), Optional.empty(), Optional.of(failure));
  }

  /** Stores what has gathered. */
  private void store() {
    if (ended == null && !images.isEmpty()) {
      Call call = new Call();
      take(call, putImages(call));
    } else if (ended == null && !builders.isEmpty()) {
      Call call = new Call();
      take(call, putBuilders(call));
    }
    images.clear();
    imageBytes = 0;
    builders.forEach(ItemBuilder::close);
    builders.clear();
  }

  private int putImages(Call call) {
    try (LargeMemory memory = new LargeMemory(imageBytes)) {
      int at = 0;
      for (ImageWriter image : images) {
        image.write(memory.buffer, at);
        at += image.size();
      }
      Control piece = ofPiece();
      try {
        return Native.itemPutImages(
            store.handle,
            0,
            memory.address,
            imageBytes,
            mode.code,
            durability.code,
            piece.open(),
            call.out,
            call.error);
      } finally {
        Reference.reachabilityFence(piece);
        Reference.reachabilityFence(store);
      }
    }
  }

  private int putBuilders(Call call) {
    long[] handles = builders.stream().mapToLong(builder -> builder.handle).toArray();
    long scope = builderScope.handle();
    Control piece = ofPiece();
    try {
      return Native.itemPutMany(
          store.handle,
          scope,
          handles,
          mode.code,
          durability.code,
          piece.open(),
          call.out,
          call.error);
    } finally {
      Reference.reachabilityFence(piece);
      Reference.reachabilityFence(builderScope);
      Reference.reachabilityFence(store);
    }
  }

  /** The control of one piece, whose progress is that of the whole. */
  private Control ofPiece() {
    int before = results.size();
    return new Control(
        control.cancel(),
        control.progress().map(progress -> (done, of) -> tell(progress, before + done)));
  }

  private boolean tell(Progress progress, long done) throws Exception {
    long now = System.nanoTime();
    if (done < total && told != 0 && now - told < PROGRESS_NANOS) {
      return true;
    }
    told = now;
    return progress.report(done, total);
  }

  /** Takes what became of a piece. Where nothing at all was done, its failure is the call's. */
  private void take(Call call, int status) {
    RuntimeException failure =
        status == NativeConstants.MEMTIER_OK ? null : Call.failure(status, call.error[0]);
    if (call.out[0] == 0 && results.isEmpty()) {
      throw failure;
    }
    MemtierException own = failure == null ? null : Call.own(failure);
    if (call.out[0] == 0 || Call.endsBatch(own)) {
      ended = own;
    }
    if (call.out[0] != 0) {
      results.addAll(Images.takeResults(call.out[0], store.tiers, own));
    }
  }

  private List<MemoryItem> items() {
    if (ended != null) {
      throw new BatchException(ended, results);
    }
    for (ItemResult result : results) {
      if (!result.isOk()) {
        throw new BatchException(result.failure().orElseThrow(), results);
      }
    }
    return results.stream().map(ItemResult::require).toList();
  }
}
