package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Collections, and items that go from one to another. */
class CollectionsTest {
  private static final Scope TEAM = Scope.ofCollection("team");
  private static final Scope ADA = Scope.ofUser("ada");

  private static List<String> ids(MemoryStore store, Scope scope) {
    try (var items = store.stream(scope, Listing.all().ascendingBy(Field.ID))) {
      return items.map(MemoryItem::id).toList();
    }
  }

  @Test
  void aCollectionIsMadeListedAndDropped() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      MemoryCollections collections = store.collections();
      assertEquals(List.of(), collections.list());
      collections.create("team", "what all know");
      assertThrows(AlreadyExistsException.class, () -> collections.create("team"));
      assertThrows(MemtierException.class, () -> collections.create("*"));
      store.put(MemoryItem.of("tea").scope(ADA.withCollection("diary")));
      List<MemoryCollection> list = collections.list();
      assertEquals(new MemoryCollection("diary", "", 1, Optional.empty()), list.get(0));
      assertEquals("what all know", list.get(1).description());
      assertTrue(list.get(1).created().isPresent());
      assertEquals(1, collections.list(Scope.ofUser("eve"), Control.NONE).size());
      assertThrows(
          ConflictException.class,
          () -> collections.drop("diary", DropMode.EMPTY));
      assertEquals(1, collections.drop("diary", DropMode.WITH_ITEMS));
      assertThrows(
          NotFoundException.class,
          () -> collections.drop("diary", DropMode.WITH_ITEMS));
    }
  }

  @Test
  void itemsAreCopiedAndMoved() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      MemoryCollections collections = store.collections();
      store.put(MemoryItem.of("tea").id("a").scope(ADA).tag("x"));
      store.put(MemoryItem.of("rain").id("b").scope(ADA));
      assertEquals(1, collections.copy(ADA, Field.TAGS.eq("x"), "team"));
      assertEquals(
          1,
          collections.copy(
              ADA, Filter.everything(), "team", PutMode.CREATE, Durability.NORMAL, Control.NONE));
      assertEquals(List.of("a", "b"), ids(store, TEAM));
      assertEquals(1, collections.move(TEAM, Field.TAGS.eq("x"), "old"));
      assertEquals(List.of("b"), ids(store, TEAM));
      assertEquals(List.of("a", "b"), ids(store, ADA));
      assertThrows(MemtierException.class, () -> collections.move(TEAM, Filter.everything(), "team"));
      assertThrows(
          MemtierException.class, () -> collections.copy(Scope.EVERYTHING, Filter.everything(), "x"));
    }
  }
}
