package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A handle on an item: its tier, access statistics and validation count follow the store while the
 * item is resident; all else stays as it is. It can be asked whether a filter matches. Valid until
 * closed, whatever becomes of the store; used by any number of threads.
 */
public final class LiveItem implements AutoCloseable {
  private final long handle;
  private final TierNames tiers;
  private final Cleaner.Cleanable cleanable;

  LiveItem(long handle, TierNames tiers) {
    this.handle = handle;
    this.tiers = tiers;
    cleanable = Resources.track(this, handle, Native::itemDestroy);
  }

  private String text(int field) {
    Call call = new Call();
    byte[][] text = new byte[1][];
    call.check(Native.itemReadText(handle, field, text, call.error));
    Reference.reachabilityFence(this);
    return Utf8.decode(text[0]);
  }

  private long number(int field) {
    Call call = new Call();
    call.check(Native.itemReadInt64(handle, field, call.out, call.error));
    Reference.reachabilityFence(this);
    return call.out[0];
  }

  /** {@return its id} */
  public String id() {
    return text(NativeConstants.MEMTIER_FIELD_ID);
  }

  /** {@return the name of the tier in which it lies now} */
  public String tier() {
    return text(NativeConstants.MEMTIER_FIELD_TIER);
  }

  /** {@return its version} */
  public long version() {
    return number(NativeConstants.MEMTIER_FIELD_VERSION);
  }

  /** {@return when it was last read by id} */
  public Instant accessedAt() {
    return Times.instant(number(NativeConstants.MEMTIER_FIELD_ACCESSED_US));
  }

  /** {@return how often it was read by id} */
  public long accessCount() {
    return number(NativeConstants.MEMTIER_FIELD_ACCESS_COUNT);
  }

  /** {@return how often it was confirmed} */
  public long validationCount() {
    return number(NativeConstants.MEMTIER_FIELD_VALIDATION_COUNT);
  }

  /** {@return the size of content, metadata and names in bytes} */
  public long sizeBytes() {
    return number(NativeConstants.MEMTIER_FIELD_SIZE_BYTES);
  }

  /** {@return its importance, 0 to 1} */
  public double importance() {
    Call call = new Call();
    double[] value = new double[1];
    int field = NativeConstants.MEMTIER_FIELD_IMPORTANCE;
    call.check(Native.itemReadDouble(handle, field, value, call.error));
    Reference.reachabilityFence(this);
    return value[0];
  }

  /** {@return its tags, in the order in which they were added} */
  public List<String> tags() {
    Call call = new Call();
    List<String> tags = new ArrayList<>();
    byte[][] tag = new byte[1][];
    long count = Native.itemTagCount(handle);
    for (long i = 0; i < count; i++) {
      call.check(Native.itemReadTag(handle, i, tag, call.error));
      tags.add(Utf8.decode(tag[0]));
    }
    Reference.reachabilityFence(this);
    return tags;
  }

  /**
   * Whether a filter is true for this item.
   *
   * @param filter the filter
   * @return whether it matches
   */
  public boolean matches(Filter filter) {
    Call call = new Call();
    int[] matches = new int[1];
    byte[] document = Utf8.encode(filter.toJson());
    call.check(Native.itemMatches(handle, document, matches, call.error));
    Reference.reachabilityFence(this);
    return matches[0] != 0;
  }

  /** {@return the item as a JSON document, lossless} */
  public String toJson() {
    Call call = new Call();
    call.check(Native.itemToJson(handle, call.out, call.error));
    Reference.reachabilityFence(this);
    return Images.takeText(call.out[0]);
  }

  /** {@return the item as it is now} */
  public MemoryItem snapshot() {
    try {
      return Images.copyItem(handle, tiers);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * A second handle on the same item, for another owner.
   *
   * @return the handle, to be closed
   */
  public LiveItem share() {
    Call call = new Call();
    call.check(Native.itemClone(handle, call.out, call.error));
    Reference.reachabilityFence(this);
    return new LiveItem(call.out[0], tiers);
  }

  /** Releases it; again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
