package dev.memtier;

/**
 * Is told how far long work is, on the thread that waits for it; about 20 times a second, and at
 * the end.
 */
@FunctionalInterface
public interface Progress {
  /**
   * Receives how far the work is.
   *
   * @param done items; of an import from a file, bytes
   * @param total of how many; -1 where that is not known
   * @return true to go on, false to end the work with {@link CancelledException}
   * @throws Exception ends the work with {@link CallbackException}, whose cause it is
   */
  boolean report(long done, long total) throws Exception;
}
