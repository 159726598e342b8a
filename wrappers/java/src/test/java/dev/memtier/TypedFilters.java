package dev.memtier;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Filter documents, written anew with the typed builders. */
final class TypedFilters {
  private TypedFilters() {}

  static Filter of(Map<?, ?> document) {
    List<Filter> all = new ArrayList<>();
    document.forEach((key, value) -> all.add(member((String) key, value)));
    return all.size() == 1 ? all.get(0) : Filter.allOf(all.toArray(Filter[]::new));
  }

  private static Filter member(String key, Object value) {
    switch (key) {
      case "$and":
        return Filter.allOf(list(value));
      case "$or":
        return Filter.anyOf(list(value));
      case "$not":
        return Filter.not(of((Map<?, ?>) value));
      default:
        FilterKey field = key(key);
        if (!(value instanceof Map<?, ?> comparisons)
            || comparisons.isEmpty()
            || !comparisons.keySet().iterator().next().toString().startsWith("$")) {
          return field.eq(value);
        }
        return comparisons(field, comparisons);
    }
  }

  private static Filter comparisons(FilterKey field, Map<?, ?> comparisons) {
    Filter all = null;
    for (Map.Entry<?, ?> one : comparisons.entrySet()) {
      Filter filter = comparison(field, (String) one.getKey(), one.getValue());
      all = all == null ? filter : all.and(filter);
    }
    return all;
  }

  private static Filter comparison(FilterKey field, String operator, Object value) {
    return switch (operator) {
      case "$eq" -> field.eq(value);
      case "$ne" -> field.ne(value);
      case "$gt" -> value instanceof Number n ? field.gt(n) : field.gt((String) value);
      case "$gte" -> value instanceof Number n ? field.gte(n) : field.gte((String) value);
      case "$lt" -> value instanceof Number n ? field.lt(n) : field.lt((String) value);
      case "$lte" -> value instanceof Number n ? field.lte(n) : field.lte((String) value);
      case "$in" -> field.in((Collection<?>) value);
      case "$nin" -> field.notIn((Collection<?>) value);
      case "$exists" -> Boolean.TRUE.equals(value) ? field.exists() : field.missing();
      case "$contains" -> field.contains(value);
      case "$icontains" -> field.containsIgnoreCase(value);
      case "$startsWith" -> field.startsWith((String) value);
      case "$not" -> comparisons(field, (Map<?, ?>) value).negate();
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static Filter[] list(Object value) {
    return ((List<?>) value).stream().map(one -> of((Map<?, ?>) one)).toArray(Filter[]::new);
  }

  private static FilterKey key(String path) {
    for (Field field : Field.values()) {
      if (field.path().equals(path)) {
        return field;
      }
    }
    return Filter.key(path.substring("metadata.".length()));
  }
}
