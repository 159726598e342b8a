package dev.memtier;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An end of a link: an item, by its id, or a concept, by its name.
 *
 * @param isConcept whether it is a concept
 * @param name the item's id, or the concept's name
 * @param scope as an argument: narrows the call's, where an id alone would mean several; in results
 *     where it is filed
 */
public record GraphNode(boolean isConcept, String name, Scope scope) {
  /**
   * Checks that nothing is missing.
   *
   * @param isConcept whether it is a concept
   * @param name its id or name
   * @param scope where it is filed
   */
  public GraphNode {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(scope, "scope");
  }

  /**
   * The node of an item.
   *
   * @param id its id
   * @return the node
   */
  public static GraphNode item(String id) {
    return new GraphNode(false, id, Scope.DEFAULT);
  }

  /**
   * The node of a concept.
   *
   * @param name its name
   * @return the node
   */
  public static GraphNode concept(String name) {
    return new GraphNode(true, name, Scope.DEFAULT);
  }

  /**
   * This node in another scope.
   *
   * @param other its names narrow those of the call
   * @return the node
   */
  public GraphNode in(Scope other) {
    return new GraphNode(isConcept, name, other);
  }

  Map<String, Object> document() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(isConcept ? "concept" : "id", name);
    scope.app().ifPresent(app -> members.put("app", app));
    scope.user().ifPresent(user -> members.put("user", user));
    scope.agent().ifPresent(agent -> members.put("agent", agent));
    scope.session().ifPresent(session -> members.put("session", session));
    scope.collection().ifPresent(collection -> members.put("collection", collection));
    return members;
  }

  static GraphNode of(Object value) {
    Map<?, ?> document = (Map<?, ?>) value;
    boolean concept = document.containsKey("concept");
    Scope scope =
        new Scope(
            text(document, "app"),
            text(document, "user"),
            text(document, "agent"),
            text(document, "session"),
            text(document, "collection"));
    return new GraphNode(concept, text(document, concept ? "concept" : "id"), scope);
  }

  static String text(Map<?, ?> document, String key) {
    return document.get(key) instanceof String text ? text : "";
  }
}
