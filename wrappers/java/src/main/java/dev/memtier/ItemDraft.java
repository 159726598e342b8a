package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An item to be written. What is not set takes its default. A draft can be put again and again; it
 * belongs to one thread at a time.
 */
public final class ItemDraft {
  Scope scope = Scope.DEFAULT;
  String json;
  String id = "";
  String type = "";
  Object content = "";
  boolean hasContent;
  String contentType = "";
  String metadata = "";
  String tier = "";
  final Set<String> tags = new LinkedHashSet<>();
  Long created;
  Long updated;
  Long accessed;
  long expires;
  long ttl;
  Long accessCount;
  Long validationCount;
  Long priority;
  Boolean pinned;
  double importance = -1;
  long expectedVersion;

  /** An empty draft. */
  public ItemDraft() {}

  /**
   * Begins with an item document, as {@link MemoryItem#toJson} gives one. Times may be ISO 8601
   * text. The names of the scope and the version in it are ignored.
   *
   * @param json the document
   * @return the draft
   * @throws MemtierException with {@link Status#INVALID} for an unknown key or a wrong value
   */
  public static ItemDraft fromJson(String json) {
    ItemDraft draft = new ItemDraft();
    draft.json = Objects.requireNonNull(json, "json");
    try (ItemBuilder check = new ItemBuilder()) {
      check.json(json);
    }
    return draft;
  }

  /**
   * Sets the names that the item is filed under.
   *
   * @param scope default: {@link Scope#DEFAULT}
   * @return this
   */
  public ItemDraft scope(Scope scope) {
    this.scope = Objects.requireNonNull(scope, "scope");
    return this;
  }

  /**
   * Sets the id.
   *
   * @param id at most 1024 bytes; generated where it is not given
   * @return this
   */
  public ItemDraft id(String id) {
    this.id = Objects.requireNonNull(id, "id");
    return this;
  }

  /**
   * Sets the type.
   *
   * @param type "episodic", "semantic" or any; at most 256 bytes
   * @return this
   */
  public ItemDraft type(String type) {
    this.type = Objects.requireNonNull(type, "type");
    return this;
  }

  /**
   * Sets the content to a text.
   *
   * @param content at most 64 MiB
   * @return this
   */
  public ItemDraft content(String content) {
    this.content = Objects.requireNonNull(content, "content");
    hasContent = true;
    return this;
  }

  /**
   * Sets the content to bytes.
   *
   * @param content at most 64 MiB, copied
   * @return this
   */
  public ItemDraft content(byte[] content) {
    this.content = content.clone();
    hasContent = true;
    return this;
  }

  /**
   * Says what the content is.
   *
   * @param contentType default: {@code text/plain}, or {@code application/octet-stream} for what is
   *     not UTF-8
   * @return this
   */
  public ItemDraft contentType(String contentType) {
    this.contentType = Objects.requireNonNull(contentType, "contentType");
    return this;
  }

  /**
   * Sets the metadata, kept byte for byte.
   *
   * @param json a JSON object, at most 1 MiB
   * @return this
   */
  public ItemDraft metadata(String json) {
    metadata = Objects.requireNonNull(json, "json");
    return this;
  }

  /**
   * Sets the metadata.
   *
   * @param metadata texts, numbers (64-bit integers are exact), booleans, nulls, lists and maps of
   *     these
   * @return this
   */
  public ItemDraft metadata(Map<String, ?> metadata) {
    return metadata(Json.write(metadata));
  }

  /**
   * Adds a tag; one that is there already counts once.
   *
   * @param tag 1 to 256 bytes, no control characters
   * @return this
   */
  public ItemDraft tag(String tag) {
    if (tag.isEmpty() || tag.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a tag must not be empty or have a line feed");
    }
    tags.add(tag);
    return this;
  }

  /**
   * Adds tags.
   *
   * @param tags 1 to 256 bytes each, no control characters
   * @return this
   */
  public ItemDraft tags(String... tags) {
    Arrays.stream(tags).forEach(this::tag);
    return this;
  }

  /**
   * Puts the item into a tier.
   *
   * @param tier a tier's name; default: the first of the ladder
   * @return this
   */
  public ItemDraft tier(String tier) {
    this.tier = Objects.requireNonNull(tier, "tier");
    return this;
  }

  /**
   * Sets how important it is.
   *
   * @param importance 0 to 1; default 0.5
   * @return this
   */
  public ItemDraft importance(double importance) {
    if (!(importance >= 0 && importance <= 1)) {
      throw new IllegalArgumentException("importance must be from 0 to 1, not " + importance);
    }
    this.importance = importance;
    return this;
  }

  /**
   * Sets the priority, for {@link EvictionOrder#PRIORITY}.
   *
   * @param priority default 0
   * @return this
   */
  public ItemDraft priority(long priority) {
    this.priority = priority;
    return this;
  }

  /**
   * Says whether it never expires, moves or is evicted.
   *
   * @param pinned default false
   * @return this
   */
  public ItemDraft pinned(boolean pinned) {
    this.pinned = pinned;
    return this;
  }

  /**
   * Sets the time to live, counted from the write.
   *
   * @param ttl more than zero; default: the tier's
   * @return this
   */
  public ItemDraft ttl(Duration ttl) {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException("a time to live must be more than zero; see noTtl");
    }
    this.ttl = Times.micros(ttl);
    return this;
  }

  /**
   * Gives it no time to live, also where the tier has one.
   *
   * @return this
   */
  public ItemDraft noTtl() {
    ttl = -1;
    return this;
  }

  /**
   * Sets from when on nobody finds it; wins over the time to live.
   *
   * @param expires a time
   * @return this
   */
  public ItemDraft expiresAt(Instant expires) {
    this.expires = Times.micros(expires);
    return this;
  }

  /**
   * Sets when it was made.
   *
   * @param created default: now
   * @return this
   */
  public ItemDraft createdAt(Instant created) {
    this.created = Times.micros(created);
    return this;
  }

  /**
   * Sets when it was written.
   *
   * @param updated default: now
   * @return this
   */
  public ItemDraft updatedAt(Instant updated) {
    this.updated = Times.micros(updated);
    return this;
  }

  /**
   * Sets when it was last read.
   *
   * @param accessed default: when it was made
   * @return this
   */
  public ItemDraft accessedAt(Instant accessed) {
    this.accessed = Times.micros(accessed);
    return this;
  }

  /**
   * Sets how often it was read.
   *
   * @param count default 0
   * @return this
   */
  public ItemDraft accessCount(long count) {
    accessCount = count;
    return this;
  }

  /**
   * Sets how often it was confirmed.
   *
   * @param count default 0
   * @return this
   */
  public ItemDraft validationCount(long count) {
    validationCount = count;
    return this;
  }

  /**
   * Says what must be there, or the put fails with {@link ConflictException}.
   *
   * @param version a version; 0 any
   * @return this
   */
  public ItemDraft expectedVersion(long version) {
    expectedVersion = version;
    return this;
  }

  /** Whether an image says it all: in one, a number that is 0 was not set. */
  boolean fitsImage(TierNames tiers) {
    return json == null
        && !isZero(created)
        && !isZero(updated)
        && !isZero(accessed)
        && !isZero(accessCount)
        && !isZero(validationCount)
        && expires >= 0
        && expectedVersion >= 0
        && (tier.isEmpty() || tiers.number(tier) >= 0);
  }

  private static boolean isZero(Long number) {
    return number != null && number == 0;
  }

  byte[] contentBytes() {
    return content instanceof byte[] bytes ? bytes : Utf8.encode((String) content);
  }
}
