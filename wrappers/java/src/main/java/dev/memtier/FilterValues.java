package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Filters and what they compare with, as JSON values. */
final class FilterValues {
  private FilterValues() {}

  static Object document(Filter filter) {
    if (filter instanceof Filter.Condition condition) {
      Map<String, Object> comparison =
          Collections.singletonMap(condition.operator().symbol(), condition.operand());
      return Map.of(condition.path(), comparison);
    }
    if (filter instanceof Filter.And and) {
      return and.filters().isEmpty() ? Map.of() : Map.of("$and", documents(and.filters()));
    }
    if (filter instanceof Filter.Or or) {
      return Map.of("$or", documents(or.filters()));
    }
    if (filter instanceof Filter.Not not) {
      return Map.of("$not", document(not.filter()));
    }
    return new Json.Raw(((Filter.Document) filter).json());
  }

  private static List<Object> documents(List<Filter> filters) {
    return filters.stream().map(FilterValues::document).toList();
  }

  /** A copy that cannot change; times and durations as microseconds. */
  static Object toJson(Object value) {
    if (value instanceof Instant time) {
      return Times.micros(time);
    }
    if (value instanceof Duration duration) {
      return Times.micros(duration);
    }
    if (value instanceof Collection<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(toJson(element)));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, member) -> copy.put(textKey(key), toJson(member)));
      return Collections.unmodifiableMap(copy);
    }
    Json.append(value, new StringBuilder()); // refuses what JSON has not
    return value;
  }

  private static String textKey(Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a key of a JSON object must be a text");
  }
}
