package dev.memtier;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What goes into the archive, and how hard it is compressed there; kept in the store under its name.
 *
 * @param name its name
 * @param kind what it is about
 * @param condition which items; may ask for {@link PolicyField}s
 * @param level 1, quick, to 9, small
 * @param priority the highest is applied first
 * @param enabled false: applied only where it is named
 */
public record ArchiveRule(
    String name, Kind kind, Filter condition, int level, long priority, boolean enabled) {
  /** The level where none is given. */
  public static final int DEFAULT_LEVEL = 6;

  /** The priority where none is given. */
  public static final long DEFAULT_PRIORITY = 5;

  /** What a rule is about. */
  public enum Kind {
    /** How old. */
    TIME,
    /** How important. */
    IMPORTANCE,
    /** How often read. */
    ACCESS,
    /** How large. */
    SIZE
  }

  /**
   * Checks that everything is there.
   *
   * @param name its name
   * @param kind what it is about
   * @param condition which items
   * @param level 1, quick, to 9, small
   * @param priority the highest is applied first
   * @param enabled false: applied only where it is named
   */
  public ArchiveRule {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(condition, "condition");
  }

  /**
   * A rule that is enabled, with the default level and priority.
   *
   * @param name its name
   * @param kind what it is about
   * @param condition which items
   * @return the rule
   */
  public static ArchiveRule of(String name, Kind kind, Filter condition) {
    return new ArchiveRule(name, kind, condition, DEFAULT_LEVEL, DEFAULT_PRIORITY, true);
  }

  String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", name);
    document.put("kind", kind.name().toLowerCase(Locale.ROOT));
    document.put("condition", new Json.Raw(condition.toJson()));
    document.put("level", level);
    document.put("priority", priority);
    document.put("enabled", enabled);
    return Json.write(document);
  }

  static ArchiveRule of(Map<?, ?> document) {
    return new ArchiveRule(
        (String) document.get("name"),
        Kind.valueOf(((String) document.get("kind")).toUpperCase(Locale.ROOT)),
        Filter.parse(Json.write(document.get("condition"))),
        ((Number) document.get("level")).intValue(),
        ((Number) document.get("priority")).longValue(),
        (Boolean) document.get("enabled"));
  }
}
