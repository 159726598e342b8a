package dev.memtier;

import java.util.List;

/**
 * Extracts the keys of items, for {@link Indexes#create(String, KeyExtractor)}. Runs on the thread
 * that makes the index, and on those whose filters ask for it after items have changed, by several
 * at once. It must give the same keys for the same item. From inside it the store cannot be used.
 */
@FunctionalInterface
public interface KeyExtractor {
  /**
   * Extracts keys. An item of which none are added has none.
   *
   * @param items a batch of at most 1000
   * @param keys receives the keys of each, by its place in the batch; lent until this returns
   * @throws Exception fails the call that asked, with {@link CallbackException}; nothing changes
   */
  void extract(List<MemoryItem> items, KeyCollector keys) throws Exception;
}
