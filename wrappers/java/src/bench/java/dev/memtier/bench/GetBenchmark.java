package dev.memtier.bench;

import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Scope;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * What a resident get costs through the package: the store and the item of wrappers/swig/measure.c,
 * which measures the same in C. Prints one line of JSON.
 */
public final class GetBenchmark {
  private static final int ROUNDS = 100;
  private static final int CALLS = 100_000;

  private static int sink;

  private GetBenchmark() {}

  /**
   * Runs it.
   *
   * @param arguments "scope" measures a get in a user's scope
   */
  public static void main(String[] arguments) {
    boolean scoped = arguments.length > 0 && arguments[0].equals("scope");
    Scope scope = scoped ? Scope.ofUser("ada") : Scope.DEFAULT;
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("x".repeat(100)).id("resident").scope(scope));
      double best =
          measure(store, given -> given.get(scope, "resident").orElseThrow().contentSize());
      String metric = scoped ? "java_get_scope_ns" : "java_get_ns";
      System.out.printf(Locale.ROOT, "{\"metric\":\"%s\",\"value\":%.1f}%n", metric, best);
    }
  }

  private static double measure(MemoryStore store, ToIntFunction<MemoryStore> get) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        sink += get.applyAsInt(store);
      }
      best = Math.min(best, (System.nanoTime() - start) / (double) CALLS);
    }
    return best;
  }
}
