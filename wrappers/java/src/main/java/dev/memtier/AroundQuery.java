package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is near: to a time, or to an item.
 *
 * @param time the time; empty, where there is no id: now
 * @param id in its place: around this item, without it; empty: none
 * @param within how far from it at most
 * @param limit the nearest so many, 1 to 1000
 * @param filter which of them
 */
public record AroundQuery(
    Optional<Instant> time, String id, Duration within, int limit, Filter filter) {
  /** What happened in the last hour. */
  public static final AroundQuery NOW =
      new AroundQuery(Optional.empty(), "", Duration.ofHours(1), 20, Filter.everything());

  /**
   * Checks that nothing is null.
   *
   * @param time the time
   * @param id in its place
   * @param within how far from it at most
   * @param limit the nearest so many
   * @param filter which of them
   */
  public AroundQuery {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(within, "within");
    Objects.requireNonNull(filter, "filter");
  }

  /**
   * Up to 20 within an hour of a time.
   *
   * @param time the time
   * @return the query
   */
  public static AroundQuery of(Instant time) {
    return new AroundQuery(Optional.of(time), "", NOW.within, NOW.limit, NOW.filter);
  }

  /**
   * Up to 20 within an hour of an item.
   *
   * @param id the item's
   * @return the query
   */
  public static AroundQuery ofItem(String id) {
    return new AroundQuery(Optional.empty(), id, NOW.within, NOW.limit, NOW.filter);
  }

  /**
   * Sets how far from it they may be.
   *
   * @param distance at most
   * @return another query
   */
  public AroundQuery within(Duration distance) {
    return new AroundQuery(time, id, distance, limit, filter);
  }

  /**
   * Sets how many there are at most.
   *
   * @param count 1 to 1000
   * @return another query
   */
  public AroundQuery limit(int count) {
    return new AroundQuery(time, id, within, count, filter);
  }

  /**
   * Takes only some items.
   *
   * @param which of them
   * @return another query
   */
  public AroundQuery filter(Filter which) {
    return new AroundQuery(time, id, within, limit, which);
  }

  String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    time.ifPresent(at -> document.put("at_us", Times.micros(at)));
    if (!id.isEmpty()) {
      document.put("id", id);
    }
    document.put("within_us", Times.micros(within));
    document.put("limit", limit);
    document.put("filter", new Json.Raw(filter.toJson()));
    return Json.write(document);
  }
}
