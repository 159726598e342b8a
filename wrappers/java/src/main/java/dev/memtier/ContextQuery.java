package dev.memtier;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Which items belong into a prompt: of conversations, or of all that an agent has in mind.
 *
 * @param text what it is about; empty: what was said last, or what matters most
 * @param newest so many of the newest come first; default 10 turns, or as many as there may be items
 * @param maxItems 1 to 1000
 * @param maxTokens what they may take together, see {@link StoreBuilder#tokenCounter}; 0 no limit
 * @param exclude ids that the caller has already
 * @param filter which of them
 */
public record ContextQuery(
    String text,
    OptionalInt newest,
    int maxItems,
    long maxTokens,
    List<String> exclude,
    Filter filter) {
  /** Up to 20 items about what is newest. */
  public static final ContextQuery DEFAULT = about("");

  /**
   * Checks that nothing is null.
   *
   * @param text what it is about
   * @param newest so many of the newest come first
   * @param maxItems 1 to 1000
   * @param maxTokens what they may take together
   * @param exclude ids that the caller has already
   * @param filter which of them
   */
  public ContextQuery {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(newest, "newest");
    exclude = List.copyOf(exclude);
    Objects.requireNonNull(filter, "filter");
  }

  /**
   * Up to 20 items about a text.
   *
   * @param text the text
   * @return the query
   */
  public static ContextQuery about(String text) {
    return new ContextQuery(text, OptionalInt.empty(), 20, 0, List.of(), Filter.everything());
  }

  /**
   * Sets how many of the newest come first.
   *
   * @param count 0 to 1000
   * @return another query
   */
  public ContextQuery newest(int count) {
    return new ContextQuery(text, OptionalInt.of(count), maxItems, maxTokens, exclude, filter);
  }

  /**
   * Sets how many there are at most.
   *
   * @param count 1 to 1000
   * @return another query
   */
  public ContextQuery maxItems(int count) {
    return new ContextQuery(text, newest, count, maxTokens, exclude, filter);
  }

  /**
   * Sets a budget.
   *
   * @param tokens 0 no limit
   * @return another query
   */
  public ContextQuery maxTokens(long tokens) {
    return new ContextQuery(text, newest, maxItems, tokens, exclude, filter);
  }

  /**
   * Leaves out what the caller has already.
   *
   * @param ids at most 5000
   * @return another query
   */
  public ContextQuery excluding(List<String> ids) {
    return new ContextQuery(text, newest, maxItems, maxTokens, ids, filter);
  }

  /**
   * Takes only some items.
   *
   * @param filter which
   * @return another query
   */
  public ContextQuery filter(Filter filter) {
    return new ContextQuery(text, newest, maxItems, maxTokens, exclude, filter);
  }

  String toJson(String nameOfNewest) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("text", text);
    document.put("max_items", maxItems);
    document.put("max_tokens", maxTokens);
    newest.ifPresent(count -> document.put(nameOfNewest, count));
    document.put("exclude", new ArrayList<>(exclude));
    document.put("filter", new Json.Raw(filter.toJson()));
    return Json.write(document);
  }
}
