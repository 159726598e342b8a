package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An object of the vectors. What is read of it is ticked off: a key that nobody read is one that
 * this runner does not know.
 */
final class Keys {
  private final Document document;
  private final Set<String> read = new HashSet<>();

  Keys(Document document) {
    this.document = document;
  }

  static Keys of(String json) {
    return new Keys(new Document(json, JsonReader.readObject(json)));
  }

  boolean has(String key) {
    read.add(key);
    return document.has(key);
  }

  /** The value as it is written; empty if there is none. */
  String source(String key) {
    return has(key) ? Vectors.expand(document.source(key)) : "";
  }

  @SuppressWarnings("unchecked")
  <T> T get(String key, T fallback) {
    return has(key) ? (T) JsonReader.read(source(key)) : fallback;
  }

  String text(String key) {
    return get(key, "");
  }

  long number(String key, long fallback) {
    return ((Number) get(key, fallback)).longValue();
  }

  double fraction(String key) {
    return ((Number) get(key, 0L)).doubleValue();
  }

  boolean flag(String key, boolean fallback) {
    return get(key, fallback);
  }

  List<String> texts(String key) {
    return get(key, List.of());
  }

  Map<String, Object> object(String key) {
    return get(key, Map.of());
  }

  List<Document> elements(String key) {
    return has(key) ? Vectors.elements(source(key)) : List.of();
  }

  void finish() {
    for (String key : document.value().keySet()) {
      assertTrue(read.contains(key), () -> "\"" + key + "\" is not known in " + document);
    }
  }
}
