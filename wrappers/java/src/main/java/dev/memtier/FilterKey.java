package dev.memtier;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;

/**
 * What a filter asks about: a {@link Field}, a path into the metadata ({@link Filter#key}), or the
 * keys of an index ({@link Filter#index}). A field that is missing makes every comparison false,
 * and so {@link #ne} and {@link #notIn} true. A list matches by element.
 */
public sealed interface FilterKey permits Field, PolicyField, Filter.MetadataKey, Filter.IndexKey {
  /** {@return the name in a filter document, such as {@code metadata.place.city}} */
  String path();

  /**
   * Equals.
   *
   * @param value a text, number, boolean, {@code Instant}, {@code Duration}, list, map, or null
   * @return the filter
   */
  default Filter eq(Object value) {
    return new Filter.Condition(path(), Filter.Operator.EQ, value);
  }

  /**
   * Does not equal, or is missing.
   *
   * @param value a text, number, boolean, {@code Instant}, {@code Duration}, list, map, or null
   * @return the filter
   */
  default Filter ne(Object value) {
    return new Filter.Condition(path(), Filter.Operator.NE, value);
  }

  /**
   * Is greater.
   *
   * @param value a number
   * @return the filter
   */
  default Filter gt(Number value) {
    return new Filter.Condition(path(), Filter.Operator.GT, value);
  }

  /**
   * Is greater.
   *
   * @param value a text, compared by bytes; for times ISO 8601
   * @return the filter
   */
  default Filter gt(String value) {
    return new Filter.Condition(path(), Filter.Operator.GT, value);
  }

  /**
   * Is greater.
   *
   * @param value a time
   * @return the filter
   */
  default Filter gt(Instant value) {
    return new Filter.Condition(path(), Filter.Operator.GT, value);
  }

  /**
   * Is greater or equal.
   *
   * @param value a number
   * @return the filter
   */
  default Filter gte(Number value) {
    return new Filter.Condition(path(), Filter.Operator.GTE, value);
  }

  /**
   * Is greater or equal.
   *
   * @param value a text, compared by bytes; for times ISO 8601
   * @return the filter
   */
  default Filter gte(String value) {
    return new Filter.Condition(path(), Filter.Operator.GTE, value);
  }

  /**
   * Is greater or equal.
   *
   * @param value a time
   * @return the filter
   */
  default Filter gte(Instant value) {
    return new Filter.Condition(path(), Filter.Operator.GTE, value);
  }

  /**
   * Is less.
   *
   * @param value a number
   * @return the filter
   */
  default Filter lt(Number value) {
    return new Filter.Condition(path(), Filter.Operator.LT, value);
  }

  /**
   * Is less.
   *
   * @param value a text, compared by bytes; for times ISO 8601
   * @return the filter
   */
  default Filter lt(String value) {
    return new Filter.Condition(path(), Filter.Operator.LT, value);
  }

  /**
   * Is less.
   *
   * @param value a time
   * @return the filter
   */
  default Filter lt(Instant value) {
    return new Filter.Condition(path(), Filter.Operator.LT, value);
  }

  /**
   * Is less or equal.
   *
   * @param value a number
   * @return the filter
   */
  default Filter lte(Number value) {
    return new Filter.Condition(path(), Filter.Operator.LTE, value);
  }

  /**
   * Is less or equal.
   *
   * @param value a text, compared by bytes; for times ISO 8601
   * @return the filter
   */
  default Filter lte(String value) {
    return new Filter.Condition(path(), Filter.Operator.LTE, value);
  }

  /**
   * Is less or equal.
   *
   * @param value a time
   * @return the filter
   */
  default Filter lte(Instant value) {
    return new Filter.Condition(path(), Filter.Operator.LTE, value);
  }

  /**
   * Equals one of these.
   *
   * @param values as for {@link #eq}
   * @return the filter
   */
  default Filter in(Object... values) {
    return in(Arrays.asList(values));
  }

  /**
   * Equals one of these.
   *
   * @param values as for {@link #eq}
   * @return the filter
   */
  default Filter in(Collection<?> values) {
    return new Filter.Condition(path(), Filter.Operator.IN, values);
  }

  /**
   * Equals none of these, or is missing.
   *
   * @param values as for {@link #eq}
   * @return the filter
   */
  default Filter notIn(Object... values) {
    return notIn(Arrays.asList(values));
  }

  /**
   * Equals none of these, or is missing.
   *
   * @param values as for {@link #eq}
   * @return the filter
   */
  default Filter notIn(Collection<?> values) {
    return new Filter.Condition(path(), Filter.Operator.NIN, values);
  }

  /**
   * Is there; a JSON null is.
   *
   * @return the filter
   */
  default Filter exists() {
    return new Filter.Condition(path(), Filter.Operator.EXISTS, true);
  }

  /**
   * Is not there.
   *
   * @return the filter
   */
  default Filter missing() {
    return new Filter.Condition(path(), Filter.Operator.EXISTS, false);
  }

  /**
   * Contains: a part of a text; of a list, an element that is equal.
   *
   * @param part a part
   * @return the filter
   */
  default Filter contains(Object part) {
    return new Filter.Condition(path(), Filter.Operator.CONTAINS, part);
  }

  /**
   * Contains, ignoring case (Unicode).
   *
   * @param part a part
   * @return the filter
   */
  default Filter containsIgnoreCase(Object part) {
    return new Filter.Condition(path(), Filter.Operator.ICONTAINS, part);
  }

  /**
   * Begins with; of a list, an element does.
   *
   * @param prefix a prefix
   * @return the filter
   */
  default Filter startsWith(String prefix) {
    return new Filter.Condition(path(), Filter.Operator.STARTS_WITH, prefix);
  }
}
