package dev.memtier;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which rows of the transition log to read.
 *
 * @param id only this item's; empty: all of the scope
 * @param since only later ones; empty: all
 * @param limit 1 to 100000, the newest first
 */
public record TransitionQuery(Optional<String> id, Optional<Instant> since, int limit) {
  /**
   * Checks that all is there.
   *
   * @param id only this item's; empty: all of the scope
   * @param since only later ones; empty: all
   * @param limit 1 to 100000
   */
  public TransitionQuery {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(since, "since");
  }

  /**
   * The newest rows.
   *
   * @param limit 1 to 100000
   * @return the query
   */
  public static TransitionQuery newest(int limit) {
    return new TransitionQuery(Optional.empty(), Optional.empty(), limit);
  }

  /**
   * Only one item's.
   *
   * @param id the item's
   * @return the query
   */
  public TransitionQuery ofItem(String id) {
    return new TransitionQuery(Optional.of(id), since, limit);
  }

  /**
   * Only later ones.
   *
   * @param time a time
   * @return the query
   */
  public TransitionQuery since(Instant time) {
    return new TransitionQuery(id, Optional.of(time), limit);
  }
}
