package dev.memtier;

/**
 * Decides which items of an overflowing tier go first. Runs on the thread that writes, or whose
 * read brings an item up; on several at once. From inside it the store cannot be used.
 */
@FunctionalInterface
public interface EvictionScorer {
  /**
   * Scores candidates: those with the lowest scores go first.
   *
   * @param candidates the items, lent until this returns
   * @param scores to be filled, one for each, with anything but NaN
   * @return true, or false to let the store score by retention this time
   * @throws Exception fails the write that needed it, with {@link CallbackException}; nothing is
   *     stored
   */
  boolean score(Candidates candidates, double[] scores) throws Exception;
}
