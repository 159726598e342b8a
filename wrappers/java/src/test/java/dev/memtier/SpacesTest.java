package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Vector spaces, and items found by their vectors. */
class SpacesTest {
  private static final Scope ALL = Scope.DEFAULT;

  private static MemoryStore compass() {
    MemoryStore store = MemoryStore.inMemory().build();
    store.spaces().create(Space.of("s", 2));
    for (String id : List.of("east", "north", "northeast")) {
      store.put(MemoryItem.of(id).id(id));
    }
    store.spaces().put(ALL, "s", "east", 1, 0);
    Map<String, float[]> others = new LinkedHashMap<>();
    others.put("north", new float[] {0, 2});
    others.put("northeast", new float[] {3, 3});
    assertEquals(2, store.spaces().putMany(ALL, "s", others).size());
    return store;
  }

  private static List<String> ids(Hits hits) {
    return hits.stream().map(hit -> hit.item().id()).toList();
  }

  @Test
  void wordsAndAVectorFindTogether() {
    try (MemoryStore store = compass()) {
      store.put(MemoryItem.of("green tea").id("tea"));
      Query query = Query.text("tea").withVector(1, 0).topK(2);
      Hits hits = store.search(ALL, query);
      assertEquals(List.of("tea", "east"), ids(hits));
      assertTrue(hits.get(0).textScore() > 0);
      assertEquals(0, hits.get(1).textScore());
      assertEquals(1, hits.get(1).vectorScore(), 1e-6);
      query = query.fusion(Query.Fusion.RECIPROCAL_RANKS);
      assertEquals(List.of("tea", "east"), ids(store.search(ALL, query)));
      query = query.weight(Signal.TEXT, 0).weight(Signal.DATES, 0).fusion(Query.Fusion.SCORES);
      assertEquals(List.of("east", "northeast"), ids(store.search(ALL, query)));
    }
  }

  @Test
  void theNearestAreFound() {
    try (MemoryStore store = compass();
        PreparedQuery prepared = Query.newest().topK(1).prepare()) {
      Query query = Query.vector(1, 0.125f);
      assertEquals(List.of("east", "northeast", "north"), ids(store.search(ALL, query)));
      query = query.space("s").threshold(0.7);
      assertEquals(List.of("east", "northeast"), ids(store.search(ALL, query)));
      prepared.setVector(0, 1);
      assertEquals(List.of("north"), ids(store.search(ALL, prepared, Control.NONE)));
      assertThrows(MemtierException.class, () -> prepared.setVector(1));
      assertEquals(List.of("northeast"), ids(store.spaces().similar(ALL, "s", "east", 5)));
      assertThrows(
          NotFoundException.class, () -> store.spaces().similar(ALL, "s", "nobody", 5));
    }
  }

  @Test
  void vectorsComeBackAndGo() {
    try (MemoryStore store = compass()) {
      Spaces spaces = store.spaces();
      assertArrayEquals(new float[] {0, 2}, spaces.get(ALL, "s", "north").orElseThrow());
      assertTrue(spaces.delete(ALL, "s", "north"));
      assertFalse(spaces.delete(ALL, "s", "north"));
      assertTrue(spaces.get(ALL, "s", "north").isEmpty());
      assertThrows(NotFoundException.class, () -> spaces.put(ALL, "none", "north", 1, 2));
      MemtierException refused =
          assertThrows(MemtierException.class, () -> spaces.put(ALL, "s", "north", 1, 2, 3));
      assertEquals(Status.INVALID, refused.status());
      Map<String, float[]> some = Map.of("nobody", new float[] {1, 2});
      BatchException failed =
          assertThrows(BatchException.class, () -> spaces.putMany(ALL, "s", some));
      assertEquals(1, failed.results().size());
      Map<String, float[]> uneven = Map.of("east", new float[2], "north", new float[3]);
      assertThrows(
          IllegalArgumentException.class, () -> spaces.putMany(ALL, "s", uneven));
    }
  }

  @Test
  void spacesAreListedMeasuredAndDropped() {
    try (MemoryStore store = compass()) {
      Spaces spaces = store.spaces();
      Space bytes = Space.of("b", 3).metric(Space.Metric.DOT).storage(Space.Storage.INT8);
      spaces.create(bytes);
      assertThrows(AlreadyExistsException.class, () -> spaces.create(Space.of("b", 4)));
      Space given = new Space("s", 2, Space.Metric.COSINE, Space.Storage.FLOAT32, 3);
      assertEquals(List.of(bytes, given), spaces.list());
      assertEquals(new Recall(1, 3, 2, 3), spaces.measureRecall(ALL, "s", 10, 2));
      spaces.drop("s");
      assertThrows(NotFoundException.class, () -> spaces.drop("s"));
    }
  }
}
