package dev.memtier;

import java.util.Objects;

/** What to list, and in which order. Immutable: each method gives another. */
public final class Listing {
  private final Members members;

  private Listing(Members members) {
    this.members = members;
  }

  /** {@return everything, newest first} */
  public static Listing all() {
    return new Listing(Members.NONE);
  }

  /**
   * What a filter matches, newest first.
   *
   * @param filter the filter
   * @return the listing
   */
  public static Listing of(Filter filter) {
    return all().with("filter", FilterValues.document(filter));
  }

  /**
   * A document from elsewhere.
   *
   * @param json a JSON object; it is checked when the listing is used
   * @return the listing, which cannot be changed
   */
  public static Listing parse(String json) {
    return new Listing(Members.of(Objects.requireNonNull(json, "json")));
  }

  private Listing with(String key, Object value) {
    return new Listing(members.with(key, value));
  }

  /**
   * Orders by a field, the largest first. Where it is missing comes last.
   *
   * @param key any but content and tags
   * @return the listing
   */
  public Listing descendingBy(FilterKey key) {
    return with("order_by", key.path()).with("descending", true);
  }

  /**
   * Orders by a field, the smallest first. Where it is missing comes first.
   *
   * @param key any but content and tags
   * @return the listing
   */
  public Listing ascendingBy(FilterKey key) {
    return with("order_by", key.path()).with("descending", false);
  }

  /**
   * Leaves out the first items.
   *
   * @param count default 0
   * @return the listing
   */
  public Listing skip(long count) {
    return with("skip", count);
  }

  /**
   * Limits how many come in all.
   *
   * @param count default 0, no limit
   * @return the listing
   */
  public Listing limit(long count) {
    return with("limit", count);
  }

  /**
   * Goes on behind a place.
   *
   * @param token of {@link Cursor#token}
   * @return the listing
   */
  public Listing after(String token) {
    return with("after", Objects.requireNonNull(token, "token"));
  }

  /** {@return the document} */
  public String toJson() {
    return members.json();
  }
}
