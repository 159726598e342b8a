package dev.memtier;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A kind of vectors that items can have: one for each model that makes them.
 *
 * @param name its name
 * @param dimension how many components a vector has
 * @param metric how vectors are compared
 * @param storage how components are kept
 * @param vectors how many there are; of {@link Spaces#list}
 */
public record Space(String name, int dimension, Metric metric, Storage storage, long vectors) {
  /** How vectors are compared, and what a hit's score is; a larger score is nearer. */
  public enum Metric {
    /** Only the direction counts; from -1 to 1. */
    COSINE,
    /** The product. */
    DOT,
    /** 1 / (1 + distance). */
    L2
  }

  /** How the components of vectors are kept. */
  public enum Storage {
    /** As given. */
    FLOAT32,
    /** Rounded, in a quarter of the room. */
    INT8
  }

  /**
   * A space, to be made.
   *
   * @param name its name
   * @param dimension of its vectors
   * @param metric how they are compared
   * @param storage how they are kept
   * @param vectors how many; only read
   */
  public Space {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(storage, "storage");
  }

  /**
   * A space that compares by cosine and keeps vectors as they are.
   *
   * @param name its name
   * @param dimension how many components a vector has, {@link Memtier#MIN_DIMENSION} to {@link
   *     Memtier#MAX_DIMENSION}
   * @return the space, to be made by {@link Spaces#create}
   */
  public static Space of(String name, int dimension) {
    return new Space(name, dimension, Metric.COSINE, Storage.FLOAT32, 0);
  }

  /**
   * Says how vectors are compared.
   *
   * @param metric the metric
   * @return the space
   */
  public Space metric(Metric metric) {
    return new Space(name, dimension, metric, storage, vectors);
  }

  /**
   * Says how components are kept.
   *
   * @param storage the storage
   * @return the space
   */
  public Space storage(Storage storage) {
    return new Space(name, dimension, metric, storage, vectors);
  }

  String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", name);
    document.put("dimension", dimension);
    document.put("metric", metric.name().toLowerCase(Locale.ROOT));
    document.put("storage", storage.name().toLowerCase(Locale.ROOT));
    return Json.write(document);
  }

  static Space of(Map<?, ?> document) {
    return new Space(
        (String) document.get("name"),
        ((Number) document.get("dimension")).intValue(),
        Metric.valueOf(((String) document.get("metric")).toUpperCase(Locale.ROOT)),
        Storage.valueOf(((String) document.get("storage")).toUpperCase(Locale.ROOT)),
        ((Number) document.get("vectors")).longValue());
  }
}
