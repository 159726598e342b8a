package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Callbacks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedder: built in, of one's own, none. */
class EmbeddingTest {
  private int before;

  @BeforeEach
  void countCallbacks() {
    before = Callbacks.registered();
  }

  @AfterEach
  void everyCallbackWasLetGo() {
    assertEquals(before, Callbacks.registered());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** A vector has the size of the text and how many e's are in it; the empty text has none. */
  private static float[] letters(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return new float[] {text.length(), text.chars().filter(c -> c == 'e').count()};
  }

  @Test
  void theBuiltInOneKnowsWhatMeansTheSame() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      EmbedderInfo info = store.embedding().info();
      assertEquals(EmbedderKind.BUILTIN, info.kind());
      assertEquals("embedder-en", info.name());
      assertEquals(256, info.dimension());
      assertTrue(info.path().orElseThrow().endsWith("embedder-en.model"));
      float[] hiking = store.embedding().embed("I love hiking in the mountains");
      float[] trekking = store.embedding().embed("Trekking is my favourite hobby");
      float[] invoice = store.embedding().embed("an invoice");
      assertTrue(dot(hiking, trekking) > dot(hiking, invoice) + 0.1);
      assertArrayEquals(new float[256], store.embedding().embed(""));
      assertEquals(List.of(), store.embedding().embed(List.of(), Control.NONE));
    }
  }

  @Test
  void oneOfOnesOwnGetsBatches() {
    List<Integer> sizes = new ArrayList<>();
    Embedder embedder =
        texts -> {
          sizes.add(texts.size());
          return texts.stream().map(EmbeddingTest::letters).toList();
        };
    Embedder nullable =
        texts -> {
          sizes.add(texts.size());
          return Arrays.asList(
              texts.stream().map(EmbeddingTest::letters).toArray(float[][]::new));
        };
    assertThrows(
        NullPointerException.class, () -> MemoryStore.inMemory().embedder("x", 2, null));
    try (MemoryStore store =
        MemoryStore.inMemory().embedder("letters-1", 2, nullable).embedBatch(2).build()) {
      List<float[]> vectors =
          store.embedding().embed(List.of("tea", "", "\u00e9"), Control.NONE);
      assertArrayEquals(new float[] {3, 1}, vectors.get(0));
      assertArrayEquals(new float[] {0, 0}, vectors.get(1));
      assertArrayEquals(new float[] {1, 0}, vectors.get(2));
      assertEquals(List.of(2, 1), sizes);
      assertEquals(
          new EmbedderInfo(EmbedderKind.CALLBACK, "letters-1", 2, Optional.empty()),
          store.embedding().info());
    }
    try (MemoryStore store = MemoryStore.inMemory().embedder("a", 2, embedder).build()) {
      assertArrayEquals(new float[] {2, 2}, store.embedding().embed("ee"));
    }
  }

  @Test
  void whatItThrowsIsTheCause() {
    Exception broken = new IOException("no model today");
    Embedder throwing =
        texts -> {
          throw broken;
        };
    try (MemoryStore store = MemoryStore.inMemory().embedder("x", 2, throwing).build()) {
      CallbackException failed =
          assertThrows(CallbackException.class, () -> store.embedding().embed("tea"));
      assertSame(broken, failed.getCause());
    }
    List<Embedder> wrong =
        List.of(texts -> List.of(), texts -> List.of(new float[3]), texts -> null);
    for (Embedder embedder : wrong) {
      try (MemoryStore store = MemoryStore.inMemory().embedder("x", 2, embedder).build()) {
        CallbackException failed =
            assertThrows(CallbackException.class, () -> store.embedding().embed("tea"));
        assertInstanceOf(RuntimeException.class, failed.getCause());
      }
    }
  }

  @Test
  void itemsAreFoundByMeaning() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("I love hiking in the mountains").id("walk"));
      store.put(MemoryItem.of("The invoice was paid in March").id("bill"));
      Query query = Query.text("trekking outdoors").meaning(true).topK(1);
      assertEquals("walk", store.search(Scope.DEFAULT, query).get(0).item().id());
      assertEquals(0, store.embedding().pending());
    }
  }

  @Test
  void itemsWaitForAnEmbedderThatFails() {
    boolean[] fails = {true};
    Embedder embedder =
        texts -> {
          if (fails[0]) {
            throw new IOException("no model today");
          }
          return texts.stream().map(EmbeddingTest::letters).toList();
        };
    try (MemoryStore store =
        MemoryStore.inMemory().embedder("letters-1", 2, embedder).background(false).build()) {
      store.put(MemoryItem.of("tea").id("a"));
      assertEquals(1, store.embedding().pending());
      assertThrows(CallbackException.class, () -> store.embedding().reembed(Control.NONE));
      fails[0] = false;
      assertEquals(1, store.embedding().reembed(Control.NONE));
      assertEquals(0, store.embedding().pending());
    }
  }

  @Test
  void noneEmbedsNothingAndAMissingModelIsTold() {
    try (MemoryStore store = MemoryStore.inMemory().embedder(EmbedderKind.NONE).build()) {
      assertEquals(EmbedderKind.NONE, store.embedding().info().kind());
      MemtierException failed =
          assertThrows(MemtierException.class, () -> store.embedding().embed("tea"));
      assertEquals(Status.UNSUPPORTED, failed.status());
    }
    StoreBuilder builder = MemoryStore.inMemory().modelPath(Path.of("/none/at.all"));
    MemtierException failed = assertThrows(MemtierException.class, builder::build);
    assertEquals(Status.UNSUPPORTED, failed.status());
    assertTrue(failed.getMessage().contains("/none/at.all"));
  }
}
