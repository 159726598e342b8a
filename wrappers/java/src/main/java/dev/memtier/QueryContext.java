package dev.memtier;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the caller is at: hits near to it count more.
 *
 * @param ids of items that were used just now
 * @param tags tags that matter
 * @param session the session
 * @param text words that matter
 */
public record QueryContext(
    List<String> ids, List<String> tags, Optional<String> session, Optional<String> text) {
  /** Nothing yet. */
  public static final QueryContext NONE =
      new QueryContext(List.of(), List.of(), Optional.empty(), Optional.empty());

  /**
   * Copies the lists.
   *
   * @param ids recent items
   * @param tags tags
   * @param session a session
   * @param text a text
   */
  public QueryContext {
    ids = List.copyOf(ids);
    tags = List.copyOf(tags);
  }

  /**
   * Says which items were used just now.
   *
   * @param used their ids, at most 100
   * @return the context
   */
  public QueryContext withIds(List<String> used) {
    return new QueryContext(used, tags, session, text);
  }

  /**
   * Says which tags matter.
   *
   * @param wanted at most 100
   * @return the context
   */
  public QueryContext withTags(List<String> wanted) {
    return new QueryContext(ids, wanted, session, text);
  }

  /**
   * Says which session it is.
   *
   * @param name its name
   * @return the context
   */
  public QueryContext withSession(String name) {
    return new QueryContext(ids, tags, Optional.of(name), text);
  }

  /**
   * Says which words matter.
   *
   * @param words a text
   * @return the context
   */
  public QueryContext withText(String words) {
    return new QueryContext(ids, tags, session, Optional.of(words));
  }

  Map<String, Object> document() {
    Map<String, Object> members = new LinkedHashMap<>();
    if (!ids.isEmpty()) {
      members.put("ids", ids);
    }
    if (!tags.isEmpty()) {
      members.put("tags", tags);
    }
    session.ifPresent(name -> members.put("session", name));
    text.ifPresent(words -> members.put("text", words));
    return members;
  }
}
