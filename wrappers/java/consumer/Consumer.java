package consumer;

import dev.memtier.Field;
import dev.memtier.Hits;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Memtier;
import dev.memtier.Query;
import java.nio.file.Path;

/** What a user's first project does: opens, writes, finds. */
public final class Consumer {
  private Consumer() {}

  /**
   * Runs it.
   *
   * @param arguments the store's file
   */
  public static void main(String[] arguments) {
    try (MemoryStore store = MemoryStore.open(Path.of(arguments[0]))) {
      store.put(MemoryItem.of("Ada likes green tea").id("tea").type("fact"));
      Hits hits = store.search(Query.text("green tea").filter(Field.TYPE.eq("fact")));
      if (hits.size() != 1 || !hits.get(0).item().content().contains("green")) {
        throw new AssertionError(hits);
      }
      System.out.println("memtier " + Memtier.version() + " found " + hits.get(0).item().id());
    }
  }
}
