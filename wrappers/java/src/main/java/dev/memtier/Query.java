package dev.memtier;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to look for, by words and filter. Immutable: each method gives another query. Without words
 * the newest items that the filter matches are found.
 */
public final class Query {
  /** How the words are read. */
  public enum Syntax {
    /**
     * As people write: an error only beyond its limits. A "quoted phrase" must stand together, a
     * word ending in * is a prefix, -word excludes (-5 does not).
     */
    NATURAL,
    /** AND OR NOT ( ) "phrase" prefix*, in capitals; an error names its place. */
    BOOLEAN
  }

  /** How many of the words must be there. */
  public enum Match {
    /** One is enough, more are better. */
    ANY,
    /** Every one. */
    ALL
  }

  /** How what words and a vector say are added up. */
  public enum Fusion {
    /** Each measured by its own best. */
    SCORES,
    /** By reciprocal ranks. */
    RECIPROCAL_RANKS
  }

  private final Members members;

  private Query(Members members) {
    this.members = members;
  }

  /**
   * Looks for words.
   *
   * @param text a question as people ask it is fine
   * @return the query
   */
  public static Query text(String text) {
    return new Query(Members.NONE.with("text", Objects.requireNonNull(text, "text")));
  }

  /**
   * Looks for the items whose vectors are nearest to this one.
   *
   * @param vector as many components as the {@link Space} has
   * @return the query
   */
  public static Query vector(float... vector) {
    return newest().withVector(vector);
  }

  /**
   * Looks for the newest items.
   *
   * @return the query, without words
   */
  public static Query newest() {
    return new Query(Members.NONE);
  }

  /**
   * A query document from elsewhere.
   *
   * @param json a JSON object; it is checked when the query is run or prepared
   * @return the query, which cannot be changed
   */
  public static Query parse(String json) {
    return new Query(Members.of(Objects.requireNonNull(json, "json")));
  }

  private Query with(String key, Object value) {
    return new Query(members.with(key, value));
  }

  /**
   * Looks for a vector as well: what the words or the vector find is found.
   *
   * @param vector as many components as the {@link Space} has
   * @return the query
   */
  public Query withVector(float... vector) {
    List<Object> components = new ArrayList<>(vector.length);
    for (float component : vector) {
      components.add((double) component);
    }
    return with("vector", components);
  }

  /**
   * Says how what words and a vector say are added up.
   *
   * @param fusion default: {@link Fusion#SCORES}
   * @return the query
   */
  public Query fusion(Fusion fusion) {
    return with("fusion", fusion == Fusion.SCORES ? "scores" : "rrf");
  }

  /**
   * Looks for the text by its words and by what it means, with the store's embedder. By what it means
   * alone: {@code weight(Signal.TEXT, 0)}.
   *
   * @param meaning default false
   * @return the query
   */
  public Query meaning(boolean meaning) {
    return with("meaning", meaning);
  }

  /**
   * Says how the words are read.
   *
   * @param syntax default: {@link Syntax#NATURAL}
   * @return the query
   */
  public Query syntax(Syntax syntax) {
    return with("syntax", syntax == Syntax.NATURAL ? "natural" : "boolean");
  }

  /**
   * Says how many of the words must be there; for {@link Syntax#NATURAL} only.
   *
   * @param match default: {@link Match#ANY}
   * @return the query
   */
  public Query match(Match match) {
    return with("match", match == Match.ANY ? "any" : "all");
  }

  /**
   * Looks only among these items; applied before the best are chosen.
   *
   * @param filter the filter
   * @return the query
   */
  public Query filter(Filter filter) {
    return with("filter", FilterValues.document(filter));
  }

  /**
   * Limits the hits to the best.
   *
   * @param limit default 10, at most 10000
   * @return the query
   */
  public Query topK(int limit) {
    return with("limit", limit);
  }

  /**
   * Leaves out the first hits.
   *
   * @param count default 0
   * @return the query
   */
  public Query skip(int count) {
    return with("skip", count);
  }

  /**
   * Says in which space a vector is looked for.
   *
   * @param name may be left out where the store has exactly one
   * @return the query
   */
  public Query space(String name) {
    return with("space", Objects.requireNonNull(name, "name"));
  }

  /**
   * Leaves out what is farther from a vector.
   *
   * @param score what a vector finds has at least this score
   * @return the query
   */
  public Query threshold(double score) {
    return with("threshold", score);
  }

  /**
   * Asks for a passage of about 160 bytes of each hit, with the words between ** and **.
   *
   * @return the query
   */
  public Query snippets() {
    return with("snippets", true);
  }

  /**
   * Asks how the hits were found; see {@link Hits#explanation}.
   *
   * @return the query
   */
  public Query explain() {
    return with("explain", true);
  }

  /**
   * Says what a word counts where it stands.
   *
   * @param content in the content; 0 to 100, default 1
   * @param title in the metadata's "title"
   * @param speaker in the metadata's "speaker"
   * @return the query
   */
  public Query weights(double content, double title, double speaker) {
    return with("field_weights", Map.of("content", content, "title", title, "speaker", speaker));
  }

  /**
   * Says what a signal counts for the score.
   *
   * @param signal the signal
   * @param weight 0 to 10; 0 leaves it out
   * @return the query
   */
  public Query weight(Signal signal, double weight) {
    Map<String, Object> weights = new LinkedHashMap<>();
    if (members.values().get("weights") instanceof Map<?, ?> before) {
      before.forEach((key, value) -> weights.put((String) key, value));
    }
    weights.put(signal.key(), weight);
    return with("weights", weights);
  }

  /**
   * Says after which time {@link Signal#RECENCY} counts half.
   *
   * @param time default: thirty days
   * @return the query
   */
  public Query halfLife(Duration time) {
    return with("half_life_seconds", time.toNanos() / 1e9);
  }

  /**
   * Says what the caller is at: hits near to it count more.
   *
   * @param context the context
   * @return the query
   */
  public Query context(QueryContext context) {
    return with("context", context.document());
  }

  /**
   * Asks rather for what the hits before do not say yet.
   *
   * @param share 0 to 1
   * @return the query
   */
  public Query diversity(double share) {
    return with("diversity", share);
  }

  /**
   * Checks the query, to run it many times.
   *
   * @return the checked query; close it
   * @throws MemtierException with {@link Status#INVALID}
   */
  public PreparedQuery prepare() {
    return new PreparedQuery(this);
  }

  /** {@return the query document} */
  public String toJson() {
    return members.json();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Query query && toJson().equals(query.toJson());
  }

  @Override
  public int hashCode() {
    return toJson().hashCode();
  }

  @Override
  public String toString() {
    return toJson();
  }
}
