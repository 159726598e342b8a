package dev.memtier;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The members of a document that is changed by making another. */
record Members(Map<String, Object> values, String source) {
  static final Members NONE = new Members(Map.of(), null);

  /** A document as it is: it has no members that could be changed. */
  static Members of(String json) {
    return new Members(Map.of(), json);
  }

  Members with(String key, Object value) {
    if (source != null) {
      throw new IllegalStateException("a document from elsewhere cannot be changed");
    }
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(key, value);
    return new Members(Collections.unmodifiableMap(changed), null);
  }

  String json() {
    return source != null ? source : Json.write(values);
  }
}
