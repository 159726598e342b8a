package dev.memtier;

import dev.memtier.internal.NativeConstants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What an update changes: the fields that were set here, and no others. Can be used for any number
 * of updates; belongs to one thread at a time.
 */
public final class ItemChanges {
  private final List<Consumer<ItemBuilder>> steps = new ArrayList<>();

  /** No change yet; an update with none writes a new version all the same. */
  public ItemChanges() {}

  private ItemChanges step(Consumer<ItemBuilder> step) {
    steps.add(step);
    return this;
  }

  private ItemChanges text(int field, String text) {
    Objects.requireNonNull(text);
    return step(builder -> builder.setText(field, text));
  }

  private ItemChanges number(int field, long value) {
    return step(builder -> builder.number(field, value));
  }

  ItemBuilder build() {
    ItemBuilder builder = new ItemBuilder();
    try {
      steps.forEach(step -> step.accept(builder));
      return builder;
    } catch (RuntimeException | Error failed) {
      builder.close();
      throw failed;
    }
  }

  /**
   * Sets all fields that an item document has.
   *
   * @param json keys as in {@link MemoryItem#toJson}
   * @return this
   */
  public ItemChanges json(String json) {
    Objects.requireNonNull(json);
    return step(builder -> builder.json(json));
  }

  /**
   * Changes the type.
   *
   * @param type at most 256 bytes
   * @return this
   */
  public ItemChanges type(String type) {
    return text(NativeConstants.MEMTIER_FIELD_TYPE, type);
  }

  /**
   * Changes the content to a text.
   *
   * @param content at most 64 MiB
   * @return this
   */
  public ItemChanges content(String content) {
    Objects.requireNonNull(content);
    return step(builder -> builder.content(Utf8.encode(content)));
  }

  /**
   * Changes the content to bytes.
   *
   * @param content at most 64 MiB, copied
   * @return this
   */
  public ItemChanges content(byte[] content) {
    byte[] copy = content.clone();
    return step(builder -> builder.content(copy));
  }

  /**
   * Changes what the content is.
   *
   * @param contentType such as {@code text/markdown}
   * @return this
   */
  public ItemChanges contentType(String contentType) {
    return text(NativeConstants.MEMTIER_FIELD_CONTENT_TYPE, contentType);
  }

  /**
   * Replaces the metadata as a whole.
   *
   * @param json a JSON object
   * @return this
   */
  public ItemChanges metadata(String json) {
    return text(NativeConstants.MEMTIER_FIELD_METADATA, json);
  }

  /**
   * Replaces the metadata as a whole.
   *
   * @param metadata as for {@link ItemDraft#metadata(Map)}
   * @return this
   */
  public ItemChanges metadata(Map<String, ?> metadata) {
    return metadata(Json.write(metadata));
  }

  /**
   * Adds a tag.
   *
   * @param tag 1 to 256 bytes, no control characters
   * @return this
   */
  public ItemChanges addTag(String tag) {
    Objects.requireNonNull(tag);
    return step(builder -> builder.addTag(tag));
  }

  /**
   * Removes a tag.
   *
   * @param tag one that the item may have
   * @return this
   */
  public ItemChanges removeTag(String tag) {
    Objects.requireNonNull(tag);
    return step(builder -> builder.removeTag(tag));
  }

  /**
   * Moves the item.
   *
   * @param tier a tier's name
   * @return this
   */
  public ItemChanges tier(String tier) {
    return text(NativeConstants.MEMTIER_FIELD_TIER, tier);
  }

  /**
   * Changes the importance.
   *
   * @param importance 0 to 1
   * @return this
   */
  public ItemChanges importance(double importance) {
    int field = NativeConstants.MEMTIER_FIELD_IMPORTANCE;
    return step(builder -> builder.fraction(field, importance));
  }

  /**
   * Changes the priority.
   *
   * @param priority any number
   * @return this
   */
  public ItemChanges priority(long priority) {
    return number(NativeConstants.MEMTIER_FIELD_PRIORITY, priority);
  }

  /**
   * Pins the item, or lets it go.
   *
   * @param pinned whether it never expires, moves or is evicted
   * @return this
   */
  public ItemChanges pinned(boolean pinned) {
    return number(NativeConstants.MEMTIER_FIELD_PINNED, pinned ? 1 : 0);
  }

  /**
   * Changes the time to live, which counts from the update.
   *
   * @param ttl more than zero
   * @return this
   */
  public ItemChanges ttl(Duration ttl) {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException("a time to live must be more than zero; see noTtl");
    }
    return number(NativeConstants.MEMTIER_FIELD_TTL_US, Times.micros(ttl));
  }

  /**
   * Takes the time to live away.
   *
   * @return this
   */
  public ItemChanges noTtl() {
    return number(NativeConstants.MEMTIER_FIELD_TTL_US, -1);
  }

  /**
   * Changes from when on nobody finds it.
   *
   * @param expires a time
   * @return this
   */
  public ItemChanges expiresAt(Instant expires) {
    return number(NativeConstants.MEMTIER_FIELD_EXPIRES_US, Times.micros(expires));
  }

  /**
   * Changes when the item was made.
   *
   * @param created a time
   * @return this
   */
  public ItemChanges createdAt(Instant created) {
    return number(NativeConstants.MEMTIER_FIELD_CREATED_US, Times.micros(created));
  }

  /**
   * Changes how often it was read.
   *
   * @param count 0 or more
   * @return this
   */
  public ItemChanges accessCount(long count) {
    return number(NativeConstants.MEMTIER_FIELD_ACCESS_COUNT, count);
  }

  /**
   * Changes how often it was confirmed.
   *
   * @param count 0 or more
   * @return this
   */
  public ItemChanges validationCount(long count) {
    return number(NativeConstants.MEMTIER_FIELD_VALIDATION_COUNT, count);
  }

  /**
   * Says what must be there, or the update fails with {@link ConflictException}.
   *
   * @param version a version
   * @return this
   */
  public ItemChanges expectedVersion(long version) {
    return number(NativeConstants.MEMTIER_FIELD_EXPECTED_VERSION, version);
  }
}
