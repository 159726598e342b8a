package dev.memtier;

import java.util.Map;
import java.util.Optional;

/**
 * An index of one's own.
 *
 * @param name its name
 * @param kind where it has its keys from
 * @param path of {@link Kind#PATH}, such as {@code metadata.place.city}
 * @param ready false: it is not used yet; if nobody is at it, {@link Indexes#create(String,
 *     FilterKey)} goes on
 * @param entries one for each key that an item has
 * @param items looked at so far, while it is not ready
 */
public record Index(
    String name, Kind kind, Optional<String> path, boolean ready, long entries, long items) {
  /** Where an index has its keys from. */
  public enum Kind {
    /** A path into the metadata; kept in the file. */
    PATH,
    /** A {@link KeyExtractor}; of one {@link MemoryStore}, in RAM. */
    CALLBACK
  }

  static Index of(Map<?, ?> document) {
    return new Index(
        (String) document.get("name"),
        "path".equals(document.get("kind")) ? Kind.PATH : Kind.CALLBACK,
        Optional.ofNullable((String) document.get("path")),
        "ready".equals(document.get("state")),
        number(document.get("entries")),
        number(document.get("items")));
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
