package dev.memtier;

import java.util.List;

/**
 * Counts the tokens of texts, as the program's language model does; see {@link
 * StoreBuilder#tokenCounter}. Runs on the thread that asks for a context, by several at once. From
 * inside it the store cannot be used.
 */
@FunctionalInterface
public interface TokenCounter {
  /**
   * Counts.
   *
   * @param texts some texts
   * @return a number for each, in their order
   * @throws Exception fails the call that asked, with {@link CallbackException}
   */
  long[] count(List<String> texts) throws Exception;
}
