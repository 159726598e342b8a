package dev.memtier;

import java.util.Objects;

/** Which links are meant; what it does not give may be anything. Immutable. */
public final class LinkQuery {
  /** All links. */
  public static final LinkQuery ALL = new LinkQuery(Members.NONE);

  private final Members members;

  private LinkQuery(Members members) {
    this.members = members;
  }

  private LinkQuery with(String key, Object value) {
    return new LinkQuery(members.with(key, value));
  }

  /**
   * Only links from there.
   *
   * @param source the node
   * @return such a query
   */
  public LinkQuery source(GraphNode source) {
    return with("source", source.document());
  }

  /**
   * Only links to there.
   *
   * @param target the node
   * @return such a query
   */
  public LinkQuery target(GraphNode target) {
    return with("target", target.document());
  }

  /**
   * Only links of this kind.
   *
   * @param kind such as {@link Link#RELATED}
   * @return such a query
   */
  public LinkQuery kind(String kind) {
    return with("kind", Objects.requireNonNull(kind, "kind"));
  }

  /**
   * Only links that are at least so strong now; for lists.
   *
   * @param strength 0 to 1000
   * @return such a query
   */
  public LinkQuery minStrength(double strength) {
    return with("min_strength", strength);
  }

  /**
   * At most so many; for lists.
   *
   * @param limit 1 to 100000; default 100
   * @return such a query
   */
  public LinkQuery limit(int limit) {
    return with("limit", limit);
  }

  /**
   * Goes on behind an earlier page; for lists.
   *
   * @param after of that page
   * @return such a query
   */
  public LinkQuery after(String after) {
    return with("after", Objects.requireNonNull(after, "after"));
  }

  String toJson() {
    return members.json();
  }
}
