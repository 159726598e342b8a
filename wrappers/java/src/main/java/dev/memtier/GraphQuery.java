package dev.memtier;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Which links a walk follows, and how far. What a walk does not take is refused by name ({@link
 * Status#INVALID}). Immutable.
 */
public final class GraphQuery {
  /** All links, and the defaults. */
  public static final GraphQuery DEFAULT = new GraphQuery(Members.NONE);

  /** Along which links. */
  public enum Direction {
    /** Both ways. */
    BOTH,
    /** From source to target. */
    OUT,
    /** From target to source. */
    IN
  }

  private final Members members;

  private GraphQuery(Members members) {
    this.members = members;
  }

  GraphQuery with(String key, Object value) {
    return new GraphQuery(members.with(key, value));
  }

  /**
   * Follows links one way.
   *
   * @param direction default both
   * @return such a query
   */
  public GraphQuery direction(Direction direction) {
    return with("direction", direction.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Follows only links of these kinds.
   *
   * @param kinds 1 to 100
   * @return such a query
   */
  public GraphQuery kinds(String... kinds) {
    return with("kinds", List.of(kinds));
  }

  /**
   * Follows only links that are at least so strong now.
   *
   * @param strength default 0
   * @return such a query
   */
  public GraphQuery minStrength(double strength) {
    return with("min_strength", strength);
  }

  /**
   * Returns at most so many nodes: of neighbours (default 100) and of spreading (20).
   *
   * @param limit 1 to 100000
   * @return such a query
   */
  public GraphQuery limit(int limit) {
    return with("limit", limit);
  }

  /**
   * A path by the least sum of 1/strength, in place of the fewest links.
   *
   * @return such a query
   */
  public GraphQuery byStrength() {
    return with("by", "strength");
  }

  /**
   * The most links of a path.
   *
   * @param hops 1 to 100; default 6
   * @return such a query
   */
  public GraphQuery maxHops(int hops) {
    return with("max_hops", hops);
  }

  /**
   * How many nodes are looked at (path, default 100000), activated (spreading, 1000) or exported
   * (1000).
   *
   * @param nodes 1 to 1000000
   * @return such a query
   */
  public GraphQuery maxNodes(int nodes) {
    return with("max_nodes", nodes);
  }

  /**
   * How far activation spreads (default 3), or an export reaches (2).
   *
   * @param hops 1 to 100
   * @return such a query
   */
  public GraphQuery hops(int hops) {
    return with("hops", hops);
  }

  /**
   * What part of its activation a node hands on.
   *
   * @param decay 0 to 1; default 0.5
   * @return such a query
   */
  public GraphQuery decay(double decay) {
    return with("decay", decay);
  }

  /**
   * Keeps no node with less activation.
   *
   * @param activation default 0.001
   * @return such a query
   */
  public GraphQuery threshold(double activation) {
    return with("threshold", activation);
  }

  /**
   * Exports only what lies around these nodes.
   *
   * @param nodes 1 to 1000
   * @return such a query
   */
  public GraphQuery around(GraphNode... nodes) {
    List<Object> documents = new ArrayList<>();
    for (GraphNode node : nodes) {
      documents.add(Objects.requireNonNull(node, "nodes").document());
    }
    return with("around", documents);
  }

  String toJson() {
    return members.json();
  }
}
