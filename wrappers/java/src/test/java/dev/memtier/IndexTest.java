package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import dev.memtier.internal.Callbacks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes of one's own: of a path, and of what a callback extracts. */
class IndexTest {
  private static final FilterKey CITY = Filter.key("place.city");
  private static final FilterKey WORD = Filter.index("word");

  @TempDir Path folder;
  private int before;

  @BeforeEach
  void countCallbacks() {
    before = Callbacks.registered();
  }

  @AfterEach
  void everyCallbackWasLetGo() {
    assertEquals(before, Callbacks.registered());
  }

  private static void words(List<MemoryItem> items, KeyCollector keys) {
    for (int i = 0; i < items.size(); i++) {
      for (String word : items.get(i).content().split(" ")) {
        keys.add(i, word);
      }
    }
  }

  private static MemoryStore places() {
    MemoryStore store = MemoryStore.inMemory().build();
    for (String id : List.of("Bari", "Rome", "Oslo")) {
      store.put(
          MemoryItem.of("moved to " + id)
              .id(id)
              .metadata(Map.of("place", Map.of("city", id))));
    }
    return store;
  }

  private static List<String> ids(MemoryStore store, Filter filter) {
    Listing list = Listing.of(filter).ascendingBy(Field.ID);
    try (var items = store.stream(Scope.DEFAULT, list)) {
      return items.map(MemoryItem::id).toList();
    }
  }

  @Test
  void aPathGetsAnIndexThatIsKept() {
    Path file = folder.resolve("a.mem");
    Index made = new Index("city", Index.Kind.PATH, Optional.of(CITY.path()), true, 300, 0);
    AtomicInteger told = new AtomicInteger();
    try (MemoryStore store = MemoryStore.open(file)) {
      for (int i = 0; i < 300; i++) {
        store.put(MemoryItem.of("x").metadata(Map.of("place", Map.of("city", i))));
      }
      Progress progress = (done, total) -> told.incrementAndGet() > 0;
      store.indexes().create("city", CITY, Control.of(progress));
      store.indexes().create("city", CITY); // it is there
      assertEquals(List.of(made), store.indexes().list());
      String plan = store.explain(Scope.DEFAULT, Listing.of(CITY.eq(7)));
      assertTrue(plan.contains("index city"), plan);
    }
    assertTrue(told.get() > 0);
    try (MemoryStore store = MemoryStore.open(file)) {
      assertEquals(List.of(made), store.indexes().list());
      assertThrows(
          AlreadyExistsException.class, () -> store.indexes().create("city", Filter.key("town")));
      assertThrows(MemtierException.class, () -> store.indexes().create("type", Field.TYPE));
      store.indexes().drop("city");
      assertThrows(NotFoundException.class, () -> store.indexes().drop("city"));
      assertEquals(List.of(), store.indexes().list());
      assertEquals(10, store.count(Scope.DEFAULT, CITY.lt(10)));
    }
  }

  @Test
  void anIndexOfWhichTheMakingIsStoppedIsGone() {
    try (MemoryStore store = places();
        CancelToken token = new CancelToken()) {
      Control stop = Control.of((Progress) (done, total) -> false);
      assertThrows(
          CancelledException.class, () -> store.indexes().create("city", CITY, stop));
      assertThrows(
          CancelledException.class, () -> store.indexes().create("word", IndexTest::words, stop));
      token.trip();
      Control tripped = Control.of(token);
      assertThrows(
          CancelledException.class, () -> store.indexes().create("city", CITY, tripped));
      assertEquals(List.of(), store.indexes().list());
    }
  }

  @Test
  void keysOfACallbackAreAFieldOfFilters() {
    List<String> extracted = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (MemoryStore store = places()) {
      store
          .indexes()
          .create(
              "word",
              (items, keys) -> {
                threads.add(Thread.currentThread());
                items.forEach(item -> extracted.add(item.id() + " in " + item.tier()));
                System.gc();
                words(items, keys);
              });
      assertEquals(List.of("Bari"), ids(store, WORD.eq("Bari")));
      assertEquals(List.of("Oslo", "Rome"), ids(store, WORD.in("Rome", "Oslo")));
      store.put(MemoryItem.of("left Bari").id("new"));
      Filter left = WORD.eq("Bari").and(WORD.ne("moved"));
      assertEquals(List.of("new"), ids(store, left));
      Hits hits = store.search(Query.text("Bari").filter(left));
      assertEquals(List.of("new"), hits.items().stream().map(MemoryItem::id).toList());
      assertEquals(
          Set.of("Bari in working", "Rome in working", "Oslo in working", "new in working"),
          Set.copyOf(extracted));
      assertEquals(4, extracted.size());
      assertEquals(Set.of(Thread.currentThread()), threads);
      assertEquals(
          List.of(new Index("word", Index.Kind.CALLBACK, Optional.empty(), true, 11, 0)),
          store.indexes().list());
      assertThrows(
          AlreadyExistsException.class, () -> store.indexes().create("word", IndexTest::words));
      assertThrows(
          MemtierException.class,
          () -> store.count(Scope.DEFAULT, Filter.index("unknown").eq("x")));
      assertEquals(before + 1, Callbacks.registered());
      store.indexes().drop("word");
      assertEquals(before, Callbacks.registered());
      store.indexes().create("word", IndexTest::words);
    }
  }

  /** What an extractor can do wrong, and of what the failure tells then. */
  private static Map<KeyExtractor, Class<? extends Throwable>> failures() {
    return Map.of(
        (items, keys) -> {
          throw new java.io.IOException("broken");
        },
        java.io.IOException.class,
        (items, keys) -> {
          throw new StackOverflowError("broken");
        },
        StackOverflowError.class,
        (items, keys) -> {
          for (int i = 0; i <= Memtier.MAX_KEYS; i++) {
            keys.add(0, "key " + i);
          }
        },
        MemtierException.class,
        (items, keys) -> keys.add(0, "x".repeat(Memtier.MAX_KEY_BYTES + 1)),
        MemtierException.class,
        (items, keys) -> keys.add(items.size(), "x"),
        MemtierException.class,
        (items, keys) -> keys.add(0, "\ud83c"),
        IllegalArgumentException.class);
  }

  @Test
  void anExtractorThatFailsFailsTheCallThatAsked() {
    AtomicReference<KeyExtractor> extractor = new AtomicReference<>();
    failures()
        .forEach(
            (failing, cause) -> {
              try (MemoryStore store = MemoryStore.inMemory().build()) {
                store.put(MemoryItem.of("tea"));
                CallbackException failed =
                    assertThrows(
                        CallbackException.class, () -> store.indexes().create("word", failing));
                assertInstanceOf(cause, failed.getCause());
                extractor.set(IndexTest::words);
                store
                    .indexes()
                    .create("word", (items, keys) -> extractor.get().extract(items, keys));
                store.put(MemoryItem.of("tea"));
                extractor.set(failing);
                failed =
                    assertThrows(
                        CallbackException.class,
                        () -> store.count(Scope.DEFAULT, WORD.eq("tea")));
                assertInstanceOf(cause, failed.getCause());
                extractor.set(IndexTest::words);
                assertEquals(2, store.count(Scope.DEFAULT, WORD.eq("tea")));
              }
            });
  }

  @Test
  void whatWasLentToAnExtractorCannotBeUsedAfterwards() throws Exception {
    AtomicReference<KeyCollector> kept = new AtomicReference<>();
    AtomicReference<Throwable> elsewhere = new AtomicReference<>();
    try (MemoryStore store = places()) {
      store
          .indexes()
          .create(
              "word",
              (items, keys) -> {
                kept.set(keys);
                Thread other =
                    new Thread(
                        () ->
                            elsewhere.set(
                                assertThrows(RuntimeException.class, () -> keys.add(0, "x"))));
                other.start();
                other.join();
              });
      assertInstanceOf(IllegalStateException.class, elsewhere.get());
      assertThrows(IllegalStateException.class, () -> kept.get().add(0, "x"));
      assertEquals(0, store.count(Scope.DEFAULT, WORD.exists()));
    }
  }

  @Test
  void anExtractorCannotUseItsStore() {
    AtomicReference<MemtierException> inside = new AtomicReference<>();
    try (MemoryStore store = places()) {
      CallbackException failed =
          assertThrows(
              CallbackException.class,
              () ->
                  store
                      .indexes()
                      .create(
                          "word",
                          (items, keys) -> {
                            inside.set(
                                assertThrows(MemtierException.class, () -> store.get("Bari")));
                            throw inside.get();
                          }));
      assertSame(inside.get(), failed.getCause());
      assertEquals(Status.REENTRANT, inside.get().status());
      assertThrows(
          NullPointerException.class, () -> store.indexes().create("word", (KeyExtractor) null));
    }
  }

  @Test
  void manyThreadsAskForKeysWhileItemsChange() throws Exception {
    ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.indexes().create("word", IndexTest::words);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String word = "writer" + i;
        threads.add(
            new Thread(
                () -> {
                  for (int n = 1; n <= 50; n++) {
                    store.put(MemoryItem.of(word + " tea"));
                    assertEquals(n, store.count(Scope.DEFAULT, WORD.eq(word)));
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.setUncaughtExceptionHandler((failed, thrown) -> wrong.add(thrown));
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(wrong));
      assertEquals(200, store.count(Scope.DEFAULT, WORD.eq("tea")));
    }
  }

  private static void assertMatches(MemoryStore store) {
    for (Document test : Vectors.load("indexes.json", "cases")) {
      Filter filter = Filter.parse(test.document("filter"));
      List<String> expected = test.strings("matches").stream().sorted().toList();
      assertEquals(expected, ids(store, filter), test.toString());
      assertEquals(expected.size(), store.count(Scope.DEFAULT, filter), test.toString());
    }
  }

  @Test
  void noIndexChangesWhatIsFound() {
    Path file = folder.resolve("vectors.mem");
    List<Document> indexes = Vectors.load("indexes.json", "indexes");
    try (MemoryStore store = MemoryStore.open(file)) {
      Vectors.load("indexes.json", "items")
          .forEach(item -> store.put(ItemDraft.fromJson(item.text())));
      for (Document index : indexes) {
        store.indexes().create(index.string("name"), new Filter.MetadataKey(index.string("path")));
      }
      Vectors.load("indexes.json", "items_after")
          .forEach(item -> store.put(ItemDraft.fromJson(item.text())));
      assertMatches(store);
    }
    try (MemoryStore store = MemoryStore.open(file)) {
      assertMatches(store);
      for (Document index : indexes) {
        store.indexes().drop(index.string("name"));
        assertMatches(store);
      }
    }
  }

  @Test
  void wrongIndexesAreRefused() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.indexes().create("city", CITY);
      for (Document test : Vectors.load("indexes.json", "refused")) {
        Map<String, Object> document = test.object("document");
        if (!document.keySet().equals(Set.of("name", "path"))) {
          continue; // it says what cannot be said here
        }
        FilterKey path = new Filter.MetadataKey((String) document.get("path"));
        MemtierException refused =
            assertThrows(
                MemtierException.class,
                () -> store.indexes().create((String) document.get("name"), path),
                test::toString);
        Status expected = test.has("status") ? Status.EXISTS : Status.INVALID;
        assertEquals(expected, refused.status(), test.toString());
        assertTrue(refused.getMessage().contains(test.string("error")), refused.getMessage());
      }
    }
  }
}
