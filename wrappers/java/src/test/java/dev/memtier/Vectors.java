package dev.memtier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The files of tests/conformance, with each document as it is written there. */
final class Vectors {
  /** One element of a list: its text, and what it says. */
  record Document(String text, Map<String, Object> value) {
    /** The text of a member's value; empty if there is none. */
    String source(String key) {
      return memberSource(text, key);
    }

    Map<String, Object> object(String key) {
      String source = source(key);
      return source.isEmpty() ? Map.of() : JsonReader.readObject(expand(source));
    }

    String string(String key) {
      return (String) value.get(key);
    }

    @SuppressWarnings("unchecked")
    List<String> strings(String key) {
      return (List<String>) value.getOrDefault(key, List.of());
    }

    boolean has(String key) {
      return value.containsKey(key);
    }

    /** The document to be passed on: "text", "build", or the member as it is written. */
    String document(String key) {
      if (has("text")) {
        return string("text");
      }
      if (!has("build")) {
        return source(key);
      }
      Map<?, ?> build = (Map<?, ?>) value.get("build");
      int count = ((Long) build.get("count")).intValue();
      return build.get("before")
          + ((String) build.get("open")).repeat(count)
          + build.get("middle")
          + ((String) build.get("close")).repeat(count)
          + build.get("after");
    }

    Scope scope() {
      return scopeOf(object("scope"));
    }

    @Override
    public String toString() {
      return text.substring(0, Math.min(160, text.length()));
    }
  }

  private Vectors() {}

  static Scope scopeOf(Map<String, Object> names) {
    return new Scope(
        (String) names.getOrDefault("app", ""),
        (String) names.getOrDefault("user", ""),
        (String) names.getOrDefault("agent", ""),
        (String) names.getOrDefault("session", ""),
        (String) names.getOrDefault("collection", ""));
  }

  static List<Document> load(String file, String key) {
    Path path = Path.of(System.getProperty("memtier.source"), "tests", "conformance", file);
    try {
      return elements(memberSource(Files.readString(path), key));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static List<Document> elements(String list) {
    List<Document> documents = new ArrayList<>();
    for (int at = skip(list, 1); list.charAt(at) != ']'; at = skip(list, at)) {
      int end = endOfValue(list, at);
      String text = list.substring(at, end);
      documents.add(new Document(text, JsonReader.readObject(text)));
      at = end;
    }
    return documents;
  }

  /** Values {"repeat": "x", "count": n} as they are meant. */
  static String expand(String text) {
    int begin = text.indexOf("{\"repeat\":");
    if (begin < 0) {
      return text;
    }
    int end = endOfValue(text, begin);
    Map<String, Object> macro = JsonReader.readObject(text.substring(begin, end));
    String value = ((String) macro.get("repeat")).repeat(((Long) macro.get("count")).intValue());
    return text.substring(0, begin) + Json.write(value) + expand(text.substring(end));
  }

  static String memberSource(String object, String key) {
    int at = object.indexOf('{') + 1;
    while (true) {
      at = skip(object, at);
      if (at >= object.length() || object.charAt(at) == '}') {
        return "";
      }
      int keyEnd = endOfValue(object, at);
      Object name = JsonReader.read(object.substring(at, keyEnd));
      int value = skip(object, keyEnd);
      int end = endOfValue(object, value);
      if (name.equals(key)) {
        return object.substring(value, end);
      }
      at = end;
    }
  }

  private static int skip(String text, int at) {
    while (at < text.length() && " \t\r\n,:".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  /** Where the JSON value that begins at {@code at} ends. */
  private static int endOfValue(String text, int at) {
    int depth = 0;
    boolean inString = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (inString) {
        if (c == '\\') {
          at++;
        }
        inString = c != '"' && inString;
        if (c == '"' && depth == 0) {
          return at + 1;
        }
        continue;
      }
      inString = c == '"';
      if (c == '{' || c == '[') {
        depth++;
      }
      boolean closes = c == '}' || c == ']';
      if (depth == 0 && (closes || c == ',')) {
        return at;
      }
      if (closes && --depth == 0) {
        return at + 1;
      }
    }
    return at;
  }
}
