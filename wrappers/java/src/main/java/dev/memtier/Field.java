package dev.memtier;

/** A field of an item, in filters and orders: {@code Field.TYPE.eq("fact")}. */
public enum Field implements FilterKey {
  /** The id. */
  ID("id"),
  /** The type. */
  TYPE("type"),
  /** The content. */
  CONTENT("content"),
  /** What the content is. */
  CONTENT_TYPE("content_type"),
  /** The tags, a list. */
  TAGS("tags"),
  /** The importance. */
  IMPORTANCE("importance"),
  /** The priority. */
  PRIORITY("priority"),
  /** Whether it is pinned. */
  PINNED("pinned"),
  /** The name of its tier. */
  TIER("tier"),
  /** When it was made; takes an {@link java.time.Instant}. */
  CREATED("created_us"),
  /** When it was written; takes an {@link java.time.Instant}. */
  UPDATED("updated_us"),
  /** When it was last read; takes an {@link java.time.Instant}. */
  ACCESSED("accessed_us"),
  /** When it expires; takes an {@link java.time.Instant}. */
  EXPIRES("expires_us"),
  /** The time to live; takes a {@link java.time.Duration}. */
  TTL("ttl_us"),
  /** How often it was read. */
  ACCESS_COUNT("access_count"),
  /** How often it was confirmed. */
  VALIDATION_COUNT("validation_count"),
  /** The version. */
  VERSION("version"),
  /** The number of the change that wrote this version. */
  CHANGE_SEQUENCE("change_sequence"),
  /** The size of content, metadata and names. */
  SIZE_BYTES("size_bytes"),
  /** A name of its scope. */
  APP("app"),
  /** A name of its scope. */
  USER("user"),
  /** A name of its scope. */
  AGENT("agent"),
  /** A name of its scope. */
  SESSION("session"),
  /** Its collection. */
  COLLECTION("collection");

  private final String path;

  Field(String path) {
    this.path = path;
  }

  @Override
  public String path() {
    return path;
  }
}
