package dev.memtier;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pair of what is believed: of one subject and attribute, with two values, at the same time.
 *
 * @param subject what they tell of
 * @param attribute what of it
 * @param from from when on both are true
 * @param until until when; empty: for ever
 * @param first the one that became true first
 * @param second the other
 */
public record Contradiction(
    String subject, String attribute, Instant from, Optional<Instant> until, Side first, Side second) {
  /**
   * One of the pair.
   *
   * @param id the knowledge's
   * @param scope where it lies
   * @param version of its item
   * @param value what it says
   * @param validFrom from when on it is true
   * @param validUntil until when; empty: without end
   */
  public record Side(
      String id,
      Scope scope,
      long version,
      Object value,
      Instant validFrom,
      Optional<Instant> validUntil) {
    static Side of(Map<?, ?> told) {
      return new Side(
          name(told, "id"),
          new Scope(
              name(told, "app"),
              name(told, "user"),
              name(told, "agent"),
              name(told, "session"),
              name(told, "collection")),
          ((Number) told.get("version")).longValue(),
          told.get("value"),
          time(told, "valid_from_us").orElseThrow(),
          time(told, "valid_until_us"));
    }
  }

  static Contradiction of(Map<?, ?> told) {
    List<?> items = (List<?>) told.get("items");
    return new Contradiction(
        name(told, "subject"),
        name(told, "attribute"),
        time(told, "from_us").orElseThrow(),
        time(told, "until_us"),
        Side.of((Map<?, ?>) items.get(0)),
        Side.of((Map<?, ?>) items.get(1)));
  }

  private static String name(Map<?, ?> told, String key) {
    return told.get(key) instanceof String name ? name : "";
  }

  private static Optional<Instant> time(Map<?, ?> told, String key) {
    return told.get(key) instanceof Number micros
        ? Optional.of(Times.instant(micros.longValue()))
        : Optional.empty();
  }
}
