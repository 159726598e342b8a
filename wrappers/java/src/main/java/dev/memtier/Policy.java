package dev.memtier;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What is to be done with which items; kept in the store under its name.
 *
 * <pre>{@code
 * Policy.of("fade", PolicyField.IDLE_DAYS.gt(30), Policy.Action.DEMOTE)
 * }</pre>
 *
 * @param name its name
 * @param condition which items; may ask for {@link PolicyField}s
 * @param action what is done with them
 * @param tag what {@link Action#TAG} gives them; else empty
 * @param priority the highest is applied first
 * @param enabled false: applied only where it is named
 */
public record Policy(
    String name, Filter condition, Action action, String tag, long priority, boolean enabled) {
  /** What a policy does. */
  public enum Action {
    /** One tier down. */
    DEMOTE,
    /** One tier up. */
    PROMOTE,
    /** Into the first tier whose medium is the archive. */
    ARCHIVE,
    /** Deletes them. */
    DELETE,
    /** Idle time and time to live begin anew. */
    REFRESH,
    /** Gives them a tag. */
    TAG,
    /** The {@link PolicyDecider} has done it itself. */
    CALLBACK
  }

  /**
   * Checks that everything is there.
   *
   * @param name its name
   * @param condition which items
   * @param action what is done with them
   * @param tag of {@link Action#TAG}; else empty
   * @param priority the highest is applied first
   * @param enabled false: applied only where it is named
   */
  public Policy {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(condition, "condition");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(tag, "tag");
  }

  /**
   * A policy that is enabled, with priority 0.
   *
   * @param name its name
   * @param condition which items
   * @param action what is done with them
   * @return the policy
   */
  public static Policy of(String name, Filter condition, Action action) {
    return new Policy(name, condition, action, "", 0, true);
  }

  /**
   * A policy that gives items a tag.
   *
   * @param name its name
   * @param condition which items
   * @param tag the tag
   * @return the policy
   */
  public static Policy tagging(String name, Filter condition, String tag) {
    return new Policy(name, condition, Action.TAG, tag, 0, true);
  }

  /**
   * The same with another priority.
   *
   * @param value the highest is applied first
   * @return the policy
   */
  public Policy withPriority(long value) {
    return new Policy(name, condition, action, tag, value, enabled);
  }

  /**
   * The same, enabled or not.
   *
   * @param value false: applied only where it is named
   * @return the policy
   */
  public Policy withEnabled(boolean value) {
    return new Policy(name, condition, action, tag, priority, value);
  }

  String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", name);
    document.put("condition", new Json.Raw(condition.toJson()));
    document.put("action", action.name().toLowerCase(Locale.ROOT));
    if (!tag.isEmpty()) {
      document.put("tag", tag);
    }
    document.put("priority", priority);
    document.put("enabled", enabled);
    return Json.write(document);
  }

  static Policy of(Map<?, ?> document) {
    Object tag = document.get("tag");
    return new Policy(
        (String) document.get("name"),
        Filter.parse(Json.write(document.get("condition"))),
        Action.valueOf(((String) document.get("action")).toUpperCase(Locale.ROOT)),
        tag == null ? "" : (String) tag,
        ((Number) document.get("priority")).longValue(),
        (Boolean) document.get("enabled"));
  }
}
