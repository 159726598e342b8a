package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;

/**
 * An option of a store that is a number, for those who show or check settings; {@link StoreBuilder}
 * sets them.
 */
public enum StoreOption {
  /** Make a missing file. */
  CREATE(NativeConstants.MEMTIER_OPTION_CREATE),
  /** The {@link Durability} of writes. */
  DURABILITY(NativeConstants.MEMTIER_OPTION_DURABILITY),
  /** Relaxed writes are committed in time; milliseconds. */
  RELAXED_INTERVAL(NativeConstants.MEMTIER_OPTION_RELAXED_INTERVAL_MS),
  /** The longest wait for another writer; milliseconds. */
  BUSY_TIMEOUT(NativeConstants.MEMTIER_OPTION_BUSY_TIMEOUT_MS),
  /** The size of the journal; bytes. */
  JOURNAL_SIZE(NativeConstants.MEMTIER_OPTION_JOURNAL_BYTES),
  /** RAM for items and caches; bytes. */
  MEMORY_LIMIT(NativeConstants.MEMTIER_OPTION_MEMORY_LIMIT_BYTES),
  /** Connections that read at once. */
  READER_COUNT(NativeConstants.MEMTIER_OPTION_READER_COUNT),
  /** Whether the store has a thread of its own. */
  BACKGROUND(NativeConstants.MEMTIER_OPTION_BACKGROUND),
  /** Rows kept in the transition log. */
  TRANSITION_LIMIT(NativeConstants.MEMTIER_OPTION_TRANSITION_LIMIT),
  /** Longer content is compressed where that saves a fifth; bytes. */
  COMPRESS_THRESHOLD(NativeConstants.MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES),
  /** Access statistics are written in time; milliseconds. */
  ACCESS_INTERVAL(NativeConstants.MEMTIER_OPTION_ACCESS_INTERVAL_MS),
  /** A read starts the time to live anew. */
  TTL_REFRESH_ON_READ(NativeConstants.MEMTIER_OPTION_TTL_REFRESH_ON_READ),
  /** The {@link EvictionOrder}. */
  EVICTION_ORDER(NativeConstants.MEMTIER_OPTION_EVICTION_ORDER),
  /** Seeds generated ids; 0 is unpredictable. */
  RANDOM_SEED(NativeConstants.MEMTIER_OPTION_RANDOM_SEED),
  /** {@link StoreBuilder#linkHalfLife}, in seconds. */
  LINK_HALF_LIFE_SECONDS(NativeConstants.MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS),
  /** {@link StoreBuilder#learnLinks}. */
  LEARN_LINKS(NativeConstants.MEMTIER_OPTION_LEARN_LINKS),
  /** Texts in one call of an {@link Embedder}. */
  EMBED_BATCH(NativeConstants.MEMTIER_OPTION_EMBED_BATCH),
  /** Time between ticks in the background, {@link StoreBuilder#maintenance}; milliseconds. */
  MAINTENANCE_INTERVAL(NativeConstants.MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS),
  /** How long such a tick takes; milliseconds. */
  MAINTENANCE_BUDGET(NativeConstants.MEMTIER_OPTION_MAINTENANCE_BUDGET_MS),
  /** {@link StoreBuilder#changeLadder}. */
  CHANGE_LADDER(NativeConstants.MEMTIER_OPTION_CHANGE_LADDER),
  /** {@link StoreBuilder#prefetch}. */
  PREFETCH(NativeConstants.MEMTIER_OPTION_PREFETCH),
  /** {@link StoreBuilder#queryCacheBytes}. */
  QUERY_CACHE_BYTES(NativeConstants.MEMTIER_OPTION_QUERY_CACHE_BYTES);

  final int code;

  StoreOption(int code) {
    this.code = code;
  }

  /**
   * What an option may be.
   *
   * @param minimum the smallest value
   * @param maximum the largest value
   * @param defaultValue what it is when it was not set
   */
  public record Bounds(long minimum, long maximum, long defaultValue) {}

  /** {@return what this option may be} */
  public Bounds bounds() {
    Call call = new Call();
    long[] maximum = new long[1];
    long[] defaultValue = new long[1];
    call.check(Native.optionGetBounds(code, call.out, maximum, defaultValue, call.error));
    return new Bounds(call.out[0], maximum[0], defaultValue[0]);
  }
}
