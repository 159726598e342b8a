package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Packing and restoring. */
class ArchiveTest {
  private static String content(int i) {
    return "turn " + i + " of a long talk about green tea and bicycles";
  }

  @Test
  void aScopeIsForgotten() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      Scope ada = Scope.ofUser("ada");
      store.put(MemoryItem.of("likes quokkas").id("a").scope(ada));
      store.put(MemoryItem.of("likes tea").id("b").scope(Scope.ofUser("bob")));
      Receipt receipt = store.agent(ada).forget(Control.NONE);
      assertEquals(1, receipt.items());
      assertEquals(Map.of("user", "ada"), receipt.scope());
      assertTrue(store.get(ada, "a").isEmpty());
      assertThrows(
          MemtierException.class, () -> store.agent(Scope.DEFAULT).forget(Control.NONE));
    }
  }

  @Test
  void archivedItemsArePackedAndRestored() {
    try (MemoryStore store = MemoryStore.inMemory().compressAbove(0).build()) {
      for (int i = 0; i < 300; i++) {
        store.put(
            MemoryItem.of(content(i)).id("" + i).tier("archive").metadata(Map.of("n", i)));
      }
      assertEquals(300, store.archive().pack().items());
      Archive.Statistics statistics = store.archive().statistics();
      assertEquals(300, statistics.items());
      assertEquals(0, statistics.waiting());
      assertTrue(statistics.saved() > 0.5);
      assertEquals(content(7), store.require(Scope.DEFAULT, "7").content());
      Archive.Restored restored = store.archive().restore(Scope.DEFAULT, List.of("8", "none"));
      assertEquals(new Archive.Restored(1, "short_term", List.of()), restored);
      restored =
          store.archive().restore(Scope.DEFAULT, Filter.key("n").lt(20), "long_term", Control.NONE);
      assertTrue(restored.items() >= 18);
      assertEquals(content(8), store.require(Scope.DEFAULT, "8").content());
      assertEquals(0, store.archive().pack(9, true, Control.NONE).damagedBlocks());
      assertThrows(
          NotFoundException.class,
          () ->
              store
                  .archive()
                  .restore(Scope.DEFAULT, Filter.everything(), "nowhere", Control.NONE));
      assertThrows(MemtierException.class, () -> store.archive().pack(10, false, Control.NONE));
    }
  }
}
