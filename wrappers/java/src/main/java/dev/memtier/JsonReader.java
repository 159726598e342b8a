package dev.memtier;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON that memtier has checked: objects as maps in their order, lists, texts, booleans,
 * null; whole numbers exactly, as Long or BigInteger, fractions as Double.
 */
final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  static Object read(String text) {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value();
    if (reader.peek() != '\0') {
      throw reader.wrong();
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> readObject(String text) {
    if (!(read(text) instanceof Map<?, ?> object)) {
      throw new IllegalArgumentException("no JSON object");
    }
    return (Map<String, Object>) object;
  }

  /** The elements of a list, each as it is written. */
  static List<String> elements(String text) {
    JsonReader reader = new JsonReader(text);
    List<String> elements = new ArrayList<>();
    reader.peek();
    reader.take('[');
    while (reader.peek() != ']') {
      if (!elements.isEmpty()) {
        reader.take(',');
        reader.peek();
      }
      int begin = reader.at;
      reader.value();
      elements.add(text.substring(begin, reader.at));
    }
    return elements;
  }

  private Object value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{');
    while (peek() != '}') {
      if (!members.isEmpty()) {
        take(',');
        peek();
      }
      String key = string();
      take(':');
      members.put(key, value());
    }
    take('}');
    return members;
  }

  private List<Object> list() {
    List<Object> elements = new ArrayList<>();
    take('[');
    while (peek() != ']') {
      if (!elements.isEmpty()) {
        take(',');
      }
      elements.add(value());
    }
    take(']');
    return elements;
  }

  private String string() {
    take('"');
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      out.append(c == '\\' ? escape() : c);
    }
    return out.toString();
  }

  private char escape() {
    char c = next();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        int begin = at;
        at = Math.min(at + 4, text.length());
        yield (char) Integer.parseInt(text.substring(begin, at), 16);
      }
      default -> c;
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return value;
  }

  private Number number() {
    int begin = at;
    boolean whole = true;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      whole &= ".eE".indexOf(text.charAt(at)) < 0;
      at++;
    }
    if (begin == at) {
      throw wrong();
    }
    String number = text.substring(begin, at);
    if (!whole) {
      return Double.valueOf(number);
    }
    BigInteger exact = new BigInteger(number);
    if (exact.bitLength() < Long.SIZE) {
      return exact.longValue();
    }
    return exact;
  }

  /** The next character that is no blank; NUL at the end. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void take(char expected) {
    if (peek() != expected) {
      throw wrong();
    }
    at++;
  }

  private char next() {
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at++);
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON, at character " + at);
  }
}
