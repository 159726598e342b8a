package dev.memtier;

import java.lang.ref.Cleaner;
import java.util.function.LongConsumer;

/** The safety net: what nobody closed is released when the collector finds it. */
final class Resources {
  private static final Cleaner CLEANER = Cleaner.create();

  private Resources() {}

  /** Releases once, by whoever comes first. Must not refer to the owner. */
  static final class Handle implements Runnable {
    final long number;
    private final LongConsumer destroy;

    private Handle(long number, LongConsumer destroy) {
      this.number = number;
      this.destroy = destroy;
    }

    @Override
    public void run() {
      destroy.accept(number);
    }
  }

  static Cleaner.Cleanable track(Object owner, long handle, LongConsumer destroy) {
    return CLEANER.register(owner, new Handle(handle, destroy));
  }

  static Cleaner.Cleanable track(Object owner, Runnable state) {
    return CLEANER.register(owner, state);
  }
}
