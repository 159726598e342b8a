package dev.memtier;

import java.time.Instant;
import java.util.Map;

/**
 * What was learned from {@link Feedback}.
 *
 * @param kind of what: "item", "tag", "type" or "speaker"
 * @param name of the tag, type or speaker; an item's id
 * @param value from -1 to 1, as it counts now
 * @param updated when it was last heard of
 */
public record Preference(String kind, String name, double value, Instant updated) {
  static Preference of(Map<?, ?> document) {
    return new Preference(
        (String) document.get("kind"),
        (String) document.get("name"),
        ((Number) document.get("preference")).doubleValue(),
        Times.instant(((Number) document.get("updated_us")).longValue()));
  }
}
