package dev.memtier;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Says what goes from a hot tier into the next one. A new one is everything of the hottest tier that is not
 * pinned; each method gives another one, with one thing changed.
 */
public final class Consolidation {
  private final Map<String, Object> document;

  /** Everything of the hottest tier. */
  public Consolidation() {
    this(Map.of());
  }

  private Consolidation(Map<String, Object> document) {
    this.document = document;
  }

  private Consolidation with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.put(key, value);
    return new Consolidation(changed);
  }

  /**
   * Takes another tier than the hottest.
   *
   * @param tier its name
   * @return what is changed so
   */
  public Consolidation from(String tier) {
    return with("from", Objects.requireNonNull(tier, "tier"));
  }

  /**
   * Takes only some.
   *
   * @param filter which; may ask for {@link PolicyField}s
   * @return what is changed so
   */
  public Consolidation filter(Filter filter) {
    return with("filter", new Json.Raw(filter.toJson()));
  }

  /**
   * Takes those with at least this retention score.
   *
   * @param score 0 to 2
   * @return what is changed so
   */
  public Consolidation minScore(double score) {
    return with("min_score", score);
  }

  /**
   * Does nothing while less of the tier's capacity is used.
   *
   * @param share 0 to 1
   * @return what is changed so
   */
  public Consolidation minFill(double share) {
    return with("min_fill", share);
  }

  /**
   * Says how many items are moved together.
   *
   * @param items 1 to 1000, default 100
   * @return what is changed so
   */
  public Consolidation batchSize(int items) {
    return with("batch_size", items);
  }

  /**
   * Takes only the first of the order.
   *
   * @param items default 100000
   * @return what is changed so
   */
  public Consolidation maxItems(int items) {
    return with("max_items", items);
  }

  /**
   * Says how often a batch that fails is tried again.
   *
   * @param times 0 to 10, default 3
   * @return what is changed so
   */
  public Consolidation retries(int times) {
    return with("retries", times);
  }

  /**
   * Compresses long contents on the way.
   *
   * @param bytes longer ones only
   * @return what is changed so
   */
  public Consolidation compressAbove(long bytes) {
    return with("compress_above_bytes", bytes);
  }

  /**
   * Chooses, and changes nothing.
   *
   * @return what is changed so
   */
  public Consolidation dryRun() {
    return with("dry_run", true);
  }

  Map<String, Object> request() {
    return document;
  }

  Map<String, Object> option(Duration every) {
    return with("every_seconds", every.toSeconds()).document;
  }
}
