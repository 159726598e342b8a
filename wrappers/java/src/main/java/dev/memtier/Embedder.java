package dev.memtier;

import java.util.List;

/**
 * Makes vectors of texts. Runs on the thread whose call needs vectors and on the store's own, on
 * several at once. It must give the same vector for the same text. From inside it the store cannot
 * be used.
 */
@FunctionalInterface
public interface Embedder {
  /**
   * Makes vectors.
   *
   * @param texts the texts
   * @return a vector for each, in their order; null for a text without meaning
   * @throws Exception fails the call that asked, with {@link CallbackException}
   */
  List<float[]> embed(List<String> texts) throws Exception;
}
