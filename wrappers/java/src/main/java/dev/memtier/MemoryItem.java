package dev.memtier;

import dev.memtier.internal.NativeConstants;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An item as it was when it was read: immutable, a copy, valid for ever. Its fields are decoded
 * when they are asked for. {@link #of(String)} begins a new one.
 */
public final class MemoryItem {
  private final byte[] image;
  private final TierNames tiers;

  MemoryItem(byte[] image, TierNames tiers) {
    this.image = image;
    this.tiers = tiers;
  }

  /**
   * Begins an item with a text.
   *
   * @param content the text
   * @return a draft, for {@link MemoryStore#put}
   */
  public static ItemDraft of(String content) {
    return new ItemDraft().content(content);
  }

  /**
   * Begins an item with bytes.
   *
   * @param content any bytes, copied
   * @return a draft, for {@link MemoryStore#put}
   */
  public static ItemDraft of(byte[] content) {
    return new ItemDraft().content(content);
  }

  private Optional<String> optional(int text) {
    return Image.size(image, text) == 0 ? Optional.empty() : Optional.of(Image.text(image, text));
  }

  /** {@return its id, unique among the items of exactly its scope} */
  public String id() {
    return Image.text(image, Image.TEXT_ID);
  }

  /** {@return the names that it is filed under} */
  public Scope scope() {
    return new Scope(
        Image.text(image, Image.TEXT_APP),
        Image.text(image, Image.TEXT_USER),
        Image.text(image, Image.TEXT_AGENT),
        Image.text(image, Image.TEXT_SESSION),
        collection());
  }

  /** {@return its collection} */
  public String collection() {
    return Image.text(image, Image.TEXT_COLLECTION);
  }

  /** {@return its type, if it has one} */
  public Optional<String> type() {
    return optional(Image.TEXT_TYPE);
  }

  /** {@return what the content is, such as {@code text/plain}} */
  public String contentType() {
    return Image.text(image, Image.TEXT_CONTENT_TYPE);
  }

  /**
   * Its content as text.
   *
   * @return the text
   * @throws IllegalStateException if the content is not UTF-8; see {@link #contentBytes} and {@link
   *     #text}
   */
  public String content() {
    return text()
        .orElseThrow(() -> new IllegalStateException("the content of this item is not text"));
  }

  /** {@return its content as text; empty if it is not UTF-8} */
  public Optional<String> text() {
    int begin = Image.begin(image, Image.TEXT_CONTENT);
    return Optional.ofNullable(Utf8.decodeOrNull(image, begin, contentSize()));
  }

  /** {@return a copy of its content} */
  public byte[] contentBytes() {
    int begin = Image.begin(image, Image.TEXT_CONTENT);
    return Arrays.copyOfRange(image, begin, begin + contentSize());
  }

  /** {@return the size of its content in bytes} */
  public int contentSize() {
    return Image.size(image, Image.TEXT_CONTENT);
  }

  /**
   * {@return its metadata, a JSON object, byte for byte as it was written; empty if there is none}
   */
  public Optional<String> metadata() {
    return optional(Image.TEXT_METADATA);
  }

  /**
   * Its metadata, parsed: objects are maps in their order, lists are lists; whole numbers are
   * exact, {@code Long} or {@code BigInteger}, fractions are {@code Double}.
   *
   * @return a new map; empty if there is none
   */
  public Map<String, Object> metadataMap() {
    return metadata().map(JsonReader::readObject).orElseGet(LinkedHashMap::new);
  }

  /** {@return its tags, in the order in which they were added} */
  public List<String> tags() {
    String joined = Image.text(image, Image.TEXT_TAGS);
    return joined.isEmpty() ? List.of() : List.of(joined.split("\n", -1));
  }

  /** {@return 1, 2, ...: grows with each change} */
  public long version() {
    return Image.int64(image, Image.VERSION);
  }

  /** {@return the number of the change that wrote this version} */
  public long changeSequence() {
    return Image.int64(image, Image.CHANGE_SEQUENCE);
  }

  /** {@return when it was made} */
  public Instant createdAt() {
    return Times.instant(Image.int64(image, Image.CREATED));
  }

  /** {@return when this version was written} */
  public Instant updatedAt() {
    return Times.instant(Image.int64(image, Image.UPDATED));
  }

  /** {@return when it was last read by id} */
  public Instant accessedAt() {
    return Times.instant(Image.int64(image, Image.ACCESSED));
  }

  /** {@return from when on nobody finds it; empty if it does not expire} */
  public Optional<Instant> expiresAt() {
    long expires = Image.int64(image, Image.EXPIRES);
    return expires == 0 ? Optional.empty() : Optional.of(Times.instant(expires));
  }

  /** {@return its time to live; empty if there is none} */
  public Optional<Duration> ttl() {
    long ttl = Image.int64(image, Image.TTL);
    return ttl < 0 ? Optional.empty() : Optional.of(Times.duration(ttl));
  }

  /** {@return how often it was read by id} */
  public long accessCount() {
    return Image.int64(image, Image.ACCESS_COUNT);
  }

  /** {@return how often it was confirmed} */
  public long validationCount() {
    return Image.int64(image, Image.VALIDATION_COUNT);
  }

  /** {@return its priority, for {@link EvictionOrder#PRIORITY}} */
  public long priority() {
    return Image.int64(image, Image.PRIORITY);
  }

  /** {@return its importance, 0 to 1} */
  public double importance() {
    return Image.fraction(image, Image.IMPORTANCE);
  }

  /** {@return whether it never expires, moves or is evicted} */
  public boolean isPinned() {
    return (Image.int16(image, Image.FLAGS) & NativeConstants.MEMTIER_IMAGE_PINNED) != 0;
  }

  /** {@return the name of the tier in which it lay} */
  public String tier() {
    return tiers.name(tierNumber());
  }

  /** {@return the number of that tier, 0 the hottest} */
  public int tierNumber() {
    return Image.int32(image, Image.TIER);
  }

  /** {@return the size of content, metadata and names in bytes} */
  public long sizeBytes() {
    return Image.int32(image, Image.ENDS + 4 * Image.TEXT_CONTENT);
  }

  double score() {
    return Image.fraction(image, Image.SCORE);
  }

  Optional<String> snippet() {
    return optional(Image.TEXT_SNIPPET);
  }

  /**
   * Whether a filter is true for the item as it was read. It asks no store.
   *
   * @param filter the filter
   * @return whether it matches
   */
  public boolean matches(Filter filter) {
    return Images.matches(image, tier(), filter);
  }

  /** {@return the item as a JSON document, lossless, as {@code memtier export} writes it} */
  public String toJson() {
    return Images.toJson(image, tier());
  }

  /** Equal in all fields, whether it was read or found. */
  @Override
  public boolean equals(Object other) {
    return other instanceof MemoryItem item
        && equal(item, Image.FLAGS, Image.SCORE)
        && equal(item, Image.TIER, Image.ENDS + 4 * Image.TEXT_SNIPPET)
        && equal(item, Image.HEADER, Image.HEADER + (int) sizeBytes())
        && sizeBytes() == item.sizeBytes();
  }

  private boolean equal(MemoryItem item, int from, int to) {
    int end = Math.min(to, item.image.length);
    return Arrays.equals(image, from, to, item.image, from, end);
  }

  @Override
  public int hashCode() {
    return id().hashCode() + 31 * Long.hashCode(version());
  }

  @Override
  public String toString() {
    return "MemoryItem[id=" + id() + ", version=" + version() + ", tier=" + tier() + "]";
  }
}
