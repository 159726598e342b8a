package dev.memtier;

/** A native thread that Java does not know, using a store; foreign_thread.c. */
final class ForeignThread {
  static {
    Memtier.version(); // loads libmemtier first
    System.load(System.getProperty("memtier.foreign"));
  }

  private ForeignThread() {}

  static native int put(long store, int number, int[] callbackCode);
}
