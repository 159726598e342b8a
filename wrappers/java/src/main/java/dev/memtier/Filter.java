package dev.memtier;

import java.util.List;
import java.util.Objects;

/**
 * Which items are meant: a value, made of conditions on {@link Field}s and metadata, and read by
 * the library alone. Expired items never match.
 *
 * <pre>{@code
 * Filter.key("place.city").in("Rome", "Bari")
 *     .and(Field.IMPORTANCE.gte(0.5))
 *     .or(Field.PINNED.eq(true))
 * }</pre>
 */
public sealed interface Filter {
  /** How a condition compares. */
  enum Operator {
    /** Equals. */
    EQ("$eq"),
    /** Does not equal. */
    NE("$ne"),
    /** Is greater. */
    GT("$gt"),
    /** Is greater or equal. */
    GTE("$gte"),
    /** Is less. */
    LT("$lt"),
    /** Is less or equal. */
    LTE("$lte"),
    /** Equals one of a list. */
    IN("$in"),
    /** Equals none of a list. */
    NIN("$nin"),
    /** Is there, or is not. */
    EXISTS("$exists"),
    /** Contains. */
    CONTAINS("$contains"),
    /** Contains, ignoring case. */
    ICONTAINS("$icontains"),
    /** Begins with. */
    STARTS_WITH("$startsWith");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** {@return the name in a filter document} */
    public String symbol() {
      return symbol;
    }
  }

  /**
   * A path into the metadata.
   *
   * @param path in a filter document
   */
  record MetadataKey(String path) implements FilterKey {}

  /**
   * The keys of an index of the caller's own.
   *
   * @param path in a filter document
   */
  record IndexKey(String path) implements FilterKey {}

  /**
   * One condition on one field.
   *
   * @param path the field
   * @param operator how it compares
   * @param operand with what; may be null
   */
  record Condition(String path, Operator operator, Object operand) implements Filter {
    /**
     * Takes a copy of a list or map.
     *
     * @param path the field
     * @param operator how it compares
     * @param operand with what; may be null
     */
    public Condition {
      Objects.requireNonNull(path, "path");
      operand = FilterValues.toJson(operand);
    }
  }

  /**
   * All of these hold.
   *
   * @param filters any number; none: everything
   */
  record And(List<Filter> filters) implements Filter {
    /**
     * Takes a copy of the list.
     *
     * @param filters the filters
     */
    public And {
      filters = List.copyOf(filters);
    }
  }

  /**
   * At least one of these holds.
   *
   * @param filters at least one
   */
  record Or(List<Filter> filters) implements Filter {
    /**
     * Takes a copy of the list.
     *
     * @param filters the filters
     */
    public Or {
      filters = List.copyOf(filters);
    }
  }

  /**
   * This does not hold.
   *
   * @param filter the filter
   */
  record Not(Filter filter) implements Filter {
    /**
     * Checks that it is there.
     *
     * @param filter the filter
     */
    public Not {
      Objects.requireNonNull(filter, "filter");
    }
  }

  /**
   * A filter document from elsewhere; it is checked when it is used.
   *
   * @param json a JSON object
   */
  record Document(String json) implements Filter {
    /**
     * Checks that it is there.
     *
     * @param json a JSON object
     */
    public Document {
      Objects.requireNonNull(json, "json");
    }
  }

  /**
   * A path into the metadata, to compare with.
   *
   * @param path such as {@code place.city}; goes through the elements of a list, or to one by its
   *     number
   * @return the key
   */
  static FilterKey key(String path) {
    return new MetadataKey("metadata." + path);
  }

  /**
   * The keys of an index that {@link Indexes#create(String, KeyExtractor)} made, to compare with:
   * as a list of texts.
   *
   * @param name the index's name
   * @return the key
   */
  static FilterKey index(String name) {
    return new IndexKey("index." + name);
  }

  /** {@return a filter that matches everything in the scope} */
  static Filter everything() {
    return new And(List.of());
  }

  /**
   * All of these hold.
   *
   * @param filters any number; none: everything
   * @return the filter
   */
  static Filter allOf(Filter... filters) {
    return new And(List.of(filters));
  }

  /**
   * At least one of these holds.
   *
   * @param filters at least one
   * @return the filter
   */
  static Filter anyOf(Filter... filters) {
    return new Or(List.of(filters));
  }

  /**
   * This does not hold.
   *
   * @param filter the filter
   * @return the filter
   */
  static Filter not(Filter filter) {
    return new Not(filter);
  }

  /**
   * A filter document from elsewhere, such as a file of settings.
   *
   * @param json a JSON object; it is checked when the filter is used
   * @return the filter
   */
  static Filter parse(String json) {
    return new Document(json);
  }

  /**
   * This and another hold.
   *
   * @param other the other
   * @return the filter
   */
  default Filter and(Filter other) {
    return new And(List.of(this, other));
  }

  /**
   * This or another holds.
   *
   * @param other the other
   * @return the filter
   */
  default Filter or(Filter other) {
    return new Or(List.of(this, other));
  }

  /**
   * This does not hold.
   *
   * @return the filter
   */
  default Filter negate() {
    return new Not(this);
  }

  /** {@return the filter document} */
  default String toJson() {
    return Json.write(FilterValues.document(this));
  }
}
