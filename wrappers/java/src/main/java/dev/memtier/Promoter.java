package dev.memtier;

/**
 * Decides which items that were read go one tier up, beside those that the ladder brings up. It is not
 * asked about items in the hottest tier and pinned ones. Runs on the thread that reads; on several at
 * once. From inside it the store cannot be used.
 */
@FunctionalInterface
public interface Promoter {
  /**
   * Chooses items.
   *
   * @param read the items, as they are once their read is counted; lent until this returns
   * @param up all false; one for each, to be set where the item is to go up
   * @throws Exception fails the read, with {@link CallbackException}; nothing moves
   */
  void promote(Candidates read, boolean[] up) throws Exception;
}
