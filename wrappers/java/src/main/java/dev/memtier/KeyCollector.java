package dev.memtier;

import dev.memtier.internal.Native;

/**
 * Where a {@link KeyExtractor} puts what it extracts; lent to it while it runs. Afterwards, or on
 * another thread, using it is an {@link IllegalStateException}.
 */
public final class KeyCollector {
  private final long handle;
  private final Thread thread = Thread.currentThread();
  private boolean lent = true;

  KeyCollector(long handle) {
    this.handle = handle;
  }

  void takeBack() {
    lent = false;
  }

  /**
   * Adds a key. One that the item has already counts once.
   *
   * @param item the item's place in the batch
   * @param key at most {@link Memtier#MAX_KEY_BYTES} bytes; may be empty
   * @throws MemtierException with {@link Status#LIMIT} if the item has {@link Memtier#MAX_KEYS}
   */
  public void add(int item, String key) {
    if (Thread.currentThread() != thread || !lent) {
      throw new IllegalStateException("keys are lent to the callback alone, while it runs");
    }
    Call call = new Call();
    call.check(Native.keysAdd(handle, item, Utf8.encode(key), call.error));
  }
}
