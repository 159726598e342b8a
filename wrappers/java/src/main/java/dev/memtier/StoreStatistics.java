package dev.memtier;

import dev.memtier.internal.Native;

/**
 * Numbers about a store. Counters start at 0 when this process opens it; the others are of the
 * store.
 *
 * @param itemCount items that a read can find
 * @param itemBytes their content, metadata and names
 * @param expiredCount expired, invisible, not yet swept
 * @param residentCount items in this process's RAM
 * @param residentBytes what they take
 * @param memoryLimitBytes the limit that was set
 * @param memoryUsedBytes resident items, pending changes, caches of the database
 * @param fileBytes the file and its write-ahead log
 * @param journalBytes changes in the journal, not yet folded into the file
 * @param sequence number of the newest change
 * @param gets reads by id
 * @param getsResident of them answered from RAM
 * @param getsStored of them answered from the file
 * @param getsMissed of them not found
 * @param puts items written, updates included
 * @param deletes items deleted by call
 * @param searches searches
 * @param promotions items moved up
 * @param demotions items moved down
 * @param evictions items removed because the last tier was full
 * @param expirations items removed because their time was over
 * @param accessDropped access statistics given up because the file could not keep up
 * @param promotionsPerHour over the last hour of the store's clock
 * @param demotionsPerHour over the last hour of the store's clock
 * @param queryCacheHits searches answered from the query cache
 * @param queryCacheMisses searches whose answer it might have had
 * @param queryCacheEntries answers in it now
 * @param queryCacheBytes what they take
 * @param prefetched items brought into RAM with others
 * @param prefetchHits of them those that were then read there
 */
public record StoreStatistics(
    long itemCount,
    long itemBytes,
    long expiredCount,
    long residentCount,
    long residentBytes,
    long memoryLimitBytes,
    long memoryUsedBytes,
    long fileBytes,
    long journalBytes,
    long sequence,
    long gets,
    long getsResident,
    long getsStored,
    long getsMissed,
    long puts,
    long deletes,
    long searches,
    long promotions,
    long demotions,
    long evictions,
    long expirations,
    long accessDropped,
    double promotionsPerHour,
    double demotionsPerHour,
    long queryCacheHits,
    long queryCacheMisses,
    long queryCacheEntries,
    long queryCacheBytes,
    long prefetched,
    long prefetchHits) {

  static StoreStatistics read(long store) {
    Call call = new Call();
    long memory = Native.new_StoreStatistics();
    try {
      call.check(Native.storeGetStatistics(store, memory, call.error));
      return new StoreStatistics(
          Native.StoreStatistics_ItemCount_get(memory),
          Native.StoreStatistics_ItemBytes_get(memory),
          Native.StoreStatistics_ExpiredCount_get(memory),
          Native.StoreStatistics_ResidentCount_get(memory),
          Native.StoreStatistics_ResidentBytes_get(memory),
          Native.StoreStatistics_MemoryLimitBytes_get(memory),
          Native.StoreStatistics_MemoryUsedBytes_get(memory),
          Native.StoreStatistics_FileBytes_get(memory),
          Native.StoreStatistics_JournalBytes_get(memory),
          Native.StoreStatistics_Sequence_get(memory),
          Native.StoreStatistics_Gets_get(memory),
          Native.StoreStatistics_GetsResident_get(memory),
          Native.StoreStatistics_GetsStored_get(memory),
          Native.StoreStatistics_GetsMissed_get(memory),
          Native.StoreStatistics_Puts_get(memory),
          Native.StoreStatistics_Deletes_get(memory),
          Native.StoreStatistics_Searches_get(memory),
          Native.StoreStatistics_Promotions_get(memory),
          Native.StoreStatistics_Demotions_get(memory),
          Native.StoreStatistics_Evictions_get(memory),
          Native.StoreStatistics_Expirations_get(memory),
          Native.StoreStatistics_AccessDropped_get(memory),
          Native.StoreStatistics_PromotionsPerHour_get(memory),
          Native.StoreStatistics_DemotionsPerHour_get(memory),
          Native.StoreStatistics_QueryCacheHits_get(memory),
          Native.StoreStatistics_QueryCacheMisses_get(memory),
          Native.StoreStatistics_QueryCacheEntries_get(memory),
          Native.StoreStatistics_QueryCacheBytes_get(memory),
          Native.StoreStatistics_Prefetched_get(memory),
          Native.StoreStatistics_PrefetchHits_get(memory));
    } finally {
      Native.delete_StoreStatistics(memory);
    }
  }
}
