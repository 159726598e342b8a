package dev.memtier;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/** Writes JSON: maps, lists, texts, numbers, booleans and null. */
final class Json {
  /** A document that is written as it is. */
  record Raw(String text) {}

  private Json() {}

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    append(value, out);
    return out.toString();
  }

  static void append(Object value, StringBuilder out) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof CharSequence text) {
      appendText(text, out);
    } else if (value instanceof Number number) {
      appendNumber(number, out);
    } else if (value instanceof Raw raw) {
      out.append(raw.text());
    } else if (value instanceof Map<?, ?> map) {
      appendMap(map, out);
    } else if (value instanceof Iterable<?> list) {
      appendList(list, out);
    } else {
      throw new IllegalArgumentException("no JSON value: " + value.getClass().getName());
    }
  }

  private static void appendMap(Map<?, ?> map, StringBuilder out) {
    String before = "{";
    for (Map.Entry<?, ?> member : map.entrySet()) {
      out.append(before);
      if (!(member.getKey() instanceof CharSequence key)) {
        throw new IllegalArgumentException("a key of a JSON object must be a text");
      }
      appendText(key, out);
      out.append(':');
      append(member.getValue(), out);
      before = ",";
    }
    out.append(map.isEmpty() ? "{}" : "}");
  }

  private static void appendList(Iterable<?> list, StringBuilder out) {
    out.append('[');
    boolean first = true;
    for (Object element : list) {
      if (!first) {
        out.append(',');
      }
      append(element, out);
      first = false;
    }
    out.append(']');
  }

  private static void appendNumber(Number number, StringBuilder out) {
    boolean known =
        number instanceof Long
            || number instanceof Integer
            || number instanceof Short
            || number instanceof Byte
            || number instanceof BigInteger
            || number instanceof BigDecimal
            || number instanceof java.util.concurrent.atomic.AtomicLong
            || number instanceof java.util.concurrent.atomic.AtomicInteger;
    if (!known && !Double.isFinite(number.doubleValue())) {
      throw new IllegalArgumentException("JSON has no " + number);
    }
    if (!known && !(number instanceof Double) && !(number instanceof Float)) {
      throw new IllegalArgumentException("no JSON number: " + number.getClass().getName());
    }
    out.append(number);
  }

  private static void appendText(CharSequence text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
