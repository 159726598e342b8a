package dev.memtier;

import java.util.Objects;

/**
 * How useful an item was.
 *
 * @param id the item's id
 * @param value from -1, not what was wanted, to 1, just that
 */
public record Feedback(String id, double value) {
  /**
   * Says how useful an item was.
   *
   * @param id the item's id
   * @param value from -1 to 1
   */
  public Feedback {
    Objects.requireNonNull(id, "id");
  }

  /**
   * Just what was wanted.
   *
   * @param id the item's id
   * @return feedback of value 1
   */
  public static Feedback useful(String id) {
    return new Feedback(id, 1);
  }

  /**
   * Not what was wanted.
   *
   * @param id the item's id
   * @return feedback of value -1
   */
  public static Feedback useless(String id) {
    return new Feedback(id, -1);
  }
}
