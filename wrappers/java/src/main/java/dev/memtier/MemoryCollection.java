package dev.memtier;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a store that a {@link Scope} names: nothing that is asked in one sees, counts or ranks
 * by what lies in another.
 *
 * @param name its name
 * @param description for people and agents; empty where there is none
 * @param items how many the scope that was asked with sees in it
 * @param created when it was made; empty where it came about by putting an item into it
 */
public record MemoryCollection(
    String name, String description, long items, Optional<Instant> created) {
  static MemoryCollection of(Map<?, ?> document) {
    return new MemoryCollection(
        (String) document.get("name"),
        (String) document.get("description"),
        ((Number) document.get("items")).longValue(),
        Optional.ofNullable((Number) document.get("created_us"))
            .map(micros -> Times.instant(micros.longValue())));
  }
}
