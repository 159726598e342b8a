package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Promotion by a filter of the ladder, and by a callback. */
class PromotionTest {
  private static String tierOf(MemoryStore store, String id) {
    return store.get(id).orElseThrow().tier();
  }

  @Test
  void aFilterOfTheLadderPromotes() {
    Ladder ladder =
        Ladder.of(
            Tier.of("near", Medium.RAM),
            Tier.of("far", Medium.DATABASE)
                .withPromotion(Tier.Promotion.NEVER.filter(Field.TAGS.eq("urgent"))));
    try (MemoryStore store = MemoryStore.inMemory().ladder(ladder).build()) {
      Tier.Promotion told = store.ladder().tiers().get(1).promotion().orElseThrow();
      assertEquals(Field.TAGS.eq("urgent").toJson(), told.filter().orElseThrow().toJson());
      assertTrue(store.ladder().tiers().get(0).promotion().isEmpty());
      store.put(MemoryItem.of("x").id("a").tier("far").tag("urgent"));
      store.put(MemoryItem.of("x").id("b").tier("far"));
      tierOf(store, "a");
      tierOf(store, "b");
      assertEquals("near", tierOf(store, "a"));
      assertEquals("far", tierOf(store, "b"));
    }
  }

  @Test
  void aCallbackPromotes() {
    List<String> asked = new ArrayList<>();
    Promoter promoter =
        (read, up) -> {
          List<String> ids = read.ids();
          asked.addAll(ids);
          for (int i = 0; i < up.length; i++) {
            up[i] = ids.get(i).startsWith("up");
          }
        };
    try (MemoryStore store = MemoryStore.inMemory().promoter(promoter).build()) {
      store.put(MemoryItem.of("x").id("up").tier("archive"));
      store.put(MemoryItem.of("x").id("down").tier("archive"));
      store.put(MemoryItem.of("x").id("up high"));
      for (String id : List.of("up", "down", "up high")) {
        tierOf(store, id);
      }
      assertEquals(List.of("up", "down"), asked);
      assertEquals(1, store.count(Scope.DEFAULT, Field.TIER.eq("long_term")));
    }
  }

  @Test
  void aCallbackThatFailsFailsTheRead() {
    RuntimeException broken = new RuntimeException("broken");
    Promoter promoter =
        (read, up) -> {
          throw broken;
        };
    try (MemoryStore store = MemoryStore.inMemory().promoter(promoter).build()) {
      store.put(MemoryItem.of("x").id("a").tier("archive"));
      CallbackException failed = assertThrows(CallbackException.class, () -> store.get("a"));
      assertSame(broken, failed.getCause());
    }
  }
}
