package dev.memtier;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A link from one node to another. Source, target and kind are its identity.
 *
 * @param source from where
 * @param target to where
 * @param kind what it says
 * @param weight more than 0, up to 1000
 * @param strength the weight as time has weakened it; only read
 * @param made when it was made; empty: now
 * @param put when it was put last; empty: now
 */
public record Link(
    GraphNode source,
    GraphNode target,
    String kind,
    double weight,
    double strength,
    Optional<Instant> made,
    Optional<Instant> put) {
  /** The kind of links that name none. */
  public static final String RELATED = "related";

  /** The kind of links that are learned from reads, {@link StoreBuilder#learnLinks}. */
  public static final String READ_TOGETHER = "read_together";

  /**
   * Checks that nothing is missing.
   *
   * @param source from where
   * @param target to where
   * @param kind what it says
   * @param weight more than 0
   * @param strength only read
   * @param made when made
   * @param put when put last
   */
  public Link {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(made, "made");
    Objects.requireNonNull(put, "put");
  }

  /**
   * A link of weight 1 that says no more than that the two are related.
   *
   * @param source from where
   * @param target to where
   * @return the link
   */
  public static Link of(GraphNode source, GraphNode target) {
    return new Link(source, target, RELATED, 1, 1, Optional.empty(), Optional.empty());
  }

  /**
   * This link with another kind.
   *
   * @param other 1 to 256 bytes
   * @return the link
   */
  public Link withKind(String other) {
    return new Link(source, target, other, weight, strength, made, put);
  }

  /**
   * This link with another weight.
   *
   * @param other more than 0, up to 1000
   * @return the link
   */
  public Link withWeight(double other) {
    return new Link(source, target, kind, other, strength, made, put);
  }

  Map<String, Object> document(boolean strengthens) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("source", source.document());
    members.put("target", target.document());
    members.put("kind", kind);
    members.put("weight", weight);
    if (strengthens) {
      members.put("mode", "strengthen");
    }
    made.ifPresent(time -> members.put("created_us", Times.micros(time)));
    put.ifPresent(time -> members.put("updated_us", Times.micros(time)));
    return members;
  }

  static Link of(Object value) {
    Map<?, ?> document = (Map<?, ?>) value;
    return new Link(
        GraphNode.of(document.get("source")),
        GraphNode.of(document.get("target")),
        GraphNode.text(document, "kind"),
        ((Number) document.get("weight")).doubleValue(),
        ((Number) document.get("strength")).doubleValue(),
        Optional.of(Times.instant(((Number) document.get("created_us")).longValue())),
        Optional.of(Times.instant(((Number) document.get("updated_us")).longValue())));
  }
}
