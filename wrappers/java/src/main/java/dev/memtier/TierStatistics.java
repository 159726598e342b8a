package dev.memtier;

import dev.memtier.internal.Native;
import java.time.Duration;
import java.util.Optional;

/**
 * Numbers about one tier.
 *
 * @param name its name
 * @param number its number in the ladder, 0 the hottest
 * @param medium where its items lie
 * @param itemCount items that a read can find
 * @param itemBytes their content, metadata and names
 * @param capacityItems 0 unbounded
 * @param capacityBytes 0 unbounded
 * @param residentCount of them in this process's RAM
 * @param hits reads by id that found their item here, in this process
 * @param latencyBudget what a read should take at most
 * @param utilization of the fuller of its two capacities, 0 to 1; 0 where unbounded
 * @param averageImportance of its items
 * @param averageAge of its items, since they were made
 * @param hitRate hits here of all reads by id that found an item, in this process
 */
public record TierStatistics(
    String name,
    int number,
    Medium medium,
    long itemCount,
    long itemBytes,
    long capacityItems,
    long capacityBytes,
    long residentCount,
    long hits,
    Optional<Duration> latencyBudget,
    double utilization,
    double averageImportance,
    Duration averageAge,
    double hitRate) {

  static TierStatistics read(long store, int number) {
    Call call = new Call();
    long memory = Native.new_TierStatistics();
    try {
      call.check(Native.tierGetStatistics(store, number, memory, call.error));
      return new TierStatistics(
          Utf8.decode(Native.TierStatistics_Name_get(memory)),
          number,
          Medium.of(Native.TierStatistics_Medium_get(memory)),
          Native.TierStatistics_ItemCount_get(memory),
          Native.TierStatistics_ItemBytes_get(memory),
          Native.TierStatistics_CapacityItems_get(memory),
          Native.TierStatistics_CapacityBytes_get(memory),
          Native.TierStatistics_ResidentCount_get(memory),
          Native.TierStatistics_Hits_get(memory),
          budget(Native.TierStatistics_LatencyBudgetUs_get(memory)),
          Native.TierStatistics_Utilization_get(memory),
          Native.TierStatistics_AverageImportance_get(memory),
          Times.ofSeconds(Native.TierStatistics_AverageAgeSeconds_get(memory)),
          Native.TierStatistics_HitRate_get(memory));
    } finally {
      Native.delete_TierStatistics(memory);
    }
  }

  private static Optional<Duration> budget(long micros) {
    return micros == 0 ? Optional.empty() : Optional.of(Times.duration(micros));
  }
}
