package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What knowledge, episodes and runs have in common. Immutable: each method that sets something gives
 * another one.
 *
 * @param <T> which of them it is
 */
public abstract sealed class Remembered<T extends Remembered<T>>
    permits Knowledge, Episode, RunRecord {
  private final Map<String, Object> document;
  private final MemoryItem item;

  Remembered(Map<String, Object> document, MemoryItem item) {
    this.document = document;
    this.item = item;
  }

  abstract T make(Map<String, Object> changed);

  /** The members of an item's metadata, and what all kinds have of the item. */
  static Map<String, Object> documentOf(MemoryItem item, List<String> types, List<String> own) {
    if (!types.contains(item.type().orElse(""))) {
      throw new IllegalArgumentException("item \"" + item.id() + "\" is no " + types.get(0));
    }
    Map<String, Object> rest = new LinkedHashMap<>(item.metadataMap());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", item.id());
    for (String key : own) {
      if (rest.containsKey(key)) {
        document.put(key, rest.remove(key));
      }
    }
    if (!rest.isEmpty()) {
      document.put("metadata", rest);
    }
    if (!item.tags().isEmpty()) {
      document.put("tags", item.tags());
    }
    document.put("importance", item.importance());
    return document;
  }

  final T with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.put(key, value);
    return make(changed);
  }

  final T withText(String key, String value) {
    return with(key, Objects.requireNonNull(value, key));
  }

  final T withTime(String key, Instant time) {
    return with(key, Times.micros(time));
  }

  final Optional<String> text(String key) {
    return document.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  final OptionalLong number(String key) {
    return document.get(key) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  final Optional<Instant> time(String key) {
    OptionalLong micros = number(key);
    return micros.isPresent()
        ? Optional.of(Times.instant(micros.getAsLong()))
        : Optional.empty();
  }

  final Map<String, Object> document() {
    return document;
  }

  /**
   * Gives it an id of the caller's; else it gets a new one.
   *
   * @param id the id
   * @return another one
   */
  public final T withId(String id) {
    return withText("id", id);
  }

  /**
   * Sets what the caller keeps with it.
   *
   * @param metadata no key may be one that it has itself
   * @return another one
   */
  public final T withMetadata(Map<String, ?> metadata) {
    return with("metadata", Objects.requireNonNull(metadata, "metadata"));
  }

  /**
   * Sets tags.
   *
   * @param tags the tags
   * @return another one
   */
  public final T withTags(String... tags) {
    return with("tags", List.of(tags));
  }

  /**
   * Says how much it matters.
   *
   * @param importance 0 to 1
   * @return another one
   */
  public final T withImportance(double importance) {
    return with("importance", importance);
  }

  /**
   * Puts it into a tier; else it goes into long-term memory.
   *
   * @param tier the tier's name
   * @return another one
   */
  public final T withTier(String tier) {
    return withText("tier", tier);
  }

  /**
   * Says how long it lives; else it stays.
   *
   * @param ttl counted from the write
   * @return another one
   */
  public final T withTtl(Duration ttl) {
    return with("ttl_us", Times.micros(ttl));
  }

  /** {@return its id; empty where it is not stored yet and has none of the caller's} */
  public final String id() {
    return text("id").orElse("");
  }

  /** {@return what the caller keeps with it} */
  @SuppressWarnings("unchecked")
  public final Map<String, Object> metadata() {
    return (Map<String, Object>) document.getOrDefault("metadata", Map.of());
  }

  /** {@return of one that was read: the item that it is kept as} */
  public final Optional<MemoryItem> item() {
    return Optional.ofNullable(item);
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Remembered<?> one
        && getClass() == one.getClass()
        && document.equals(one.document)
        && Objects.equals(item, one.item);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(document, item);
  }

  @Override
  public final String toString() {
    return Json.write(document);
  }
}
