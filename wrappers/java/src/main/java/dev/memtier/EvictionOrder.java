package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** Which items of an overflowing tier go first. */
public enum EvictionOrder {
  /** The lowest retention score: importance, age and use. */
  RETENTION(NativeConstants.MEMTIER_EVICTION_RETENTION),
  /** Read longest ago. */
  LRU(NativeConstants.MEMTIER_EVICTION_LRU),
  /** Read least often; among equals, longest ago. */
  LFU(NativeConstants.MEMTIER_EVICTION_LFU),
  /** Those that expire first; then the retention score. */
  EXPIRY(NativeConstants.MEMTIER_EVICTION_EXPIRY),
  /** The lowest priority; then the retention score. */
  PRIORITY(NativeConstants.MEMTIER_EVICTION_PRIORITY),
  /** Whatever an {@link EvictionScorer} says; {@link StoreBuilder#evictionScorer} sets it. */
  CALLBACK(NativeConstants.MEMTIER_EVICTION_CALLBACK);

  final int code;

  EvictionOrder(int code) {
    this.code = code;
  }
}
