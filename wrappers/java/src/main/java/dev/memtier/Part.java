package dev.memtier;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A piece of a {@link Turn}: a text, a call of a tool, what a tool gave, or of any other type. An
 * object with a "type", kept as it is.
 *
 * @param members what it has, as maps, lists, texts, numbers, booleans and null
 */
public record Part(Map<String, Object> members) {
  /**
   * Makes a part of its members.
   *
   * @param members what it has; "type" must be there
   */
  public Part {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /**
   * Makes a text.
   *
   * @param text what is said
   * @return the part
   */
  public static Part text(String text) {
    Map<String, Object> members = members("text");
    members.put("text", Objects.requireNonNull(text, "text"));
    return new Part(members);
  }

  /**
   * Makes a call of a tool.
   *
   * @param id what its result will name
   * @param name the tool's
   * @param arguments what the tool is given
   * @return the part
   */
  public static Part toolCall(String id, String name, Map<String, ?> arguments) {
    Map<String, Object> members = members("tool_call");
    members.put("id", Objects.requireNonNull(id, "id"));
    members.put("name", Objects.requireNonNull(name, "name"));
    members.put("arguments", Objects.requireNonNull(arguments, "arguments"));
    return new Part(members);
  }

  /**
   * Makes what a tool gave.
   *
   * @param id of the call
   * @param content a text, or any JSON value
   * @return the part
   */
  public static Part toolResult(String id, Object content) {
    Map<String, Object> members = members("tool_result");
    members.put("id", Objects.requireNonNull(id, "id"));
    members.put("content", content);
    return new Part(members);
  }

  private static Map<String, Object> members(String type) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type);
    return members;
  }

  /** {@return its type, such as "text" or "tool_call"} */
  public String type() {
    return members.get("type") instanceof String type ? type : "";
  }
}
