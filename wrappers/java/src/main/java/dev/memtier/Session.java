package dev.memtier;

import java.time.Instant;
import java.util.Map;

/**
 * A conversation that a store has.
 *
 * @param scope its address
 * @param turns how many there are
 * @param first when the first of them was said
 * @param last when the last was said
 */
public record Session(Scope scope, long turns, Instant first, Instant last) {
  static Session of(Map<?, ?> document) {
    return new Session(
        new Scope(
            name(document, "app"),
            name(document, "user"),
            name(document, "agent"),
            name(document, "session"),
            name(document, "collection")),
        number(document, "turns"),
        Times.instant(number(document, "first_us")),
        Times.instant(number(document, "last_us")));
  }

  private static String name(Map<?, ?> document, String key) {
    return document.get(key) instanceof String name ? name : "";
  }

  private static long number(Map<?, ?> document, String key) {
    return ((Number) document.get(key)).longValue();
  }
}
