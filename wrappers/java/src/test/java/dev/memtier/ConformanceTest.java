package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.memtier.Vectors.Document;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file of tests/conformance through the package. */
class ConformanceTest {
  @TempDir Path folder;

  private StoreBuilder builder(String name) {
    return MemoryStore.builder(folder.resolve(name)).clock(new ManualClock()).background(false);
  }

  private MemoryStore open(String name) {
    return builder(name).build();
  }

  private static MemoryItem put(MemoryStore store, Scope scope, String json) {
    return store.put(ItemDraft.fromJson(json).scope(scope));
  }

  private static List<String> list(MemoryStore store, Scope scope, Listing listing) {
    try (Stream<MemoryItem> items = store.stream(scope, listing)) {
      return items.map(MemoryItem::id).sorted().toList();
    }
  }

  @Test
  void filtersMatchByCountByListAndOnASingleItem() {
    int typed = 0;
    int cases = 0;
    try (MemoryStore store = open("filters.mem")) {
      for (Document item : Vectors.load("filters.json", "items")) {
        put(store, Vectors.scopeOf(item.value()), item.text());
      }
      List<LiveItem> everything;
      try (Cursor cursor = store.list(Scope.EVERYTHING, Listing.all())) {
        everything = cursor.nextLive(10_000);
      }
      for (Document test : Vectors.load("filters.json", "cases")) {
        if (!test.has("matches")) {
          continue;
        }
        cases++;
        Filter filter = Filter.parse(test.document("filter"));
        List<String> expected = test.strings("matches").stream().sorted().toList();
        checkFilter(store, test, filter, expected, everything);
        Filter own = typed(test);
        if (own != null) {
          typed++;
          checkFilter(store, test, own, expected, List.of());
        }
      }
      everything.forEach(LiveItem::close);
    }
    assertTrue(cases > 400, cases + " cases");
    assertTrue(typed > cases * 9 / 10, typed + " of " + cases + " with typed builders");
  }

  private static void checkFilter(
      MemoryStore store,
      Document test,
      Filter filter,
      List<String> expected,
      List<LiveItem> items) {
    Scope scope = test.scope();
    assertEquals(expected.size(), store.count(scope, filter), test.toString());
    assertEquals(expected, list(store, scope, Listing.of(filter)), test.toString());
    List<String> inScope = list(store, scope, Listing.all());
    for (LiveItem item : items) {
      String id = item.id();
      if (inScope.contains(id)) {
        assertEquals(expected.contains(id), item.matches(filter), id + ": " + test);
        assertEquals(expected.contains(id), item.snapshot().matches(filter), id + ": " + test);
      }
    }
  }

  /** Null where the document says something that no builder would. */
  private static Filter typed(Document test) {
    try {
      return TypedFilters.of(JsonReader.readObject(test.document("filter")));
    } catch (IllegalArgumentException | ClassCastException notTyped) {
      return null;
    }
  }

  @Test
  void badFiltersAreRefusedWithTheirPlace() {
    int cases = 0;
    try (MemoryStore store = open("bad.mem")) {
      for (Document test : Vectors.load("filters.json", "cases")) {
        if (test.has("error")) {
          cases++;
          Filter filter = Filter.parse(test.document("filter"));
          MemtierException refused =
              assertThrows(
                  MemtierException.class,
                  () -> store.count(Scope.DEFAULT, filter),
                  test::toString);
          assertEquals(Status.INVALID, refused.status(), test.toString());
          assertTrue(refused.getMessage().contains(test.string("error")), refused.getMessage());
        }
      }
    }
    assertTrue(cases > 50, cases + " cases");
  }

  @Test
  void itemsComeBackAsTheyWerePut() {
    List<Document> cases = Vectors.load("items.json", "cases");
    Map<String, String> written = new HashMap<>();
    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    try (MemoryStore store = open("items.mem")) {
      for (Document test : cases) {
        String json = Vectors.expand(test.source("put"));
        MemoryItem item = put(store, test.scope(), json);
        checkItem(test, item.toJson());
        written.put(key(item), item.toJson());
      }
      store.exportTo(exported, Scope.EVERYTHING, Filter.everything(), Control.NONE);
      checkAll(store, written, cases.size());
    }
    try (MemoryStore store = open("items.mem")) {
      checkAll(store, written, cases.size());
    }
    try (MemoryStore store = open("other.mem")) {
      store.importFrom(
          new ByteArrayInputStream(exported.toByteArray()),
          Scope.DEFAULT,
          ImportOptions.DEFAULT.itemsOnly(),
          Control.NONE);
      checkAll(store, written, cases.size());
      ByteArrayOutputStream again = new ByteArrayOutputStream();
      store.exportTo(again, Scope.EVERYTHING, Filter.everything(), Control.NONE);
      assertEquals(exported.toString(), again.toString());
    }
  }

  private static String key(MemoryItem item) {
    return item.id() + "/" + item.scope().user().orElse("");
  }

  private static void checkItem(Document test, String json) {
    Map<String, Object> actual = JsonReader.readObject(json);
    test.object(test.has("read") ? "read" : "put")
        .forEach((name, value) -> assertSame(value, actual.get(name), name + " of " + test));
    for (String name : test.strings("absent")) {
      assertFalse(actual.containsKey(name), name + " of " + test);
    }
    assertEquals(
        Vectors.memberSource(Vectors.expand(test.source("put")), "metadata"),
        Vectors.memberSource(json, "metadata"));
  }

  /** 1 and 1.0 are the same number. */
  private static void assertSame(Object expected, Object actual, String what) {
    if (expected instanceof Number a && actual instanceof Number b && !a.equals(b)) {
      assertEquals(a.doubleValue(), b.doubleValue(), what);
      return;
    }
    assertEquals(expected, actual, what);
  }

  /** The item's own document, and the library's, say the same. */
  private static void checkAll(MemoryStore store, Map<String, String> written, int count) {
    try (Cursor cursor = store.list(Scope.EVERYTHING, Listing.all())) {
      List<LiveItem> items = cursor.nextLive(10_000);
      assertEquals(count, items.size());
      for (LiveItem live : items) {
        MemoryItem item = live.snapshot();
        assertEquals(written.get(key(item)), item.toJson());
        assertEquals(live.toJson(), item.toJson());
        live.close();
      }
    }
  }

  @Test
  void badDocumentsAreRefusedWithAMessageThatHelps() {
    int cases = 0;
    try (MemoryStore store = open("errors.mem")) {
      for (Document test : Vectors.load("errors.json", "cases")) {
        cases++;
        boolean line = test.string("kind").equals("line");
        String fallback = line ? "MEMTIER_MALFORMED" : "MEMTIER_INVALID";
        String status = test.has("status") ? test.string("status") : fallback;
        String text = Vectors.expand(test.document("document"));
        MemtierException refused =
            assertThrows(
                MemtierException.class,
                () -> give(store, test.string("kind"), text),
                test::toString);
        assertEquals(status, refused.status().nativeName(), test.toString());
        String message = refused.getMessage();
        assertTrue(message.contains(test.string("error")), message);
        assertTrue(!line || message.contains("line 1"), message);
      }
    }
    assertTrue(cases > 200, cases + " cases");
  }

  private static void give(MemoryStore store, String kind, String text) {
    switch (kind) {
      case "item" -> ItemDraft.fromJson(text);
      case "list" -> store.list(Scope.DEFAULT, Listing.parse(text));
      case "query" -> Query.parse(text).prepare();
      case "ladder" -> MemoryStore.inMemory().ladder(Ladder.parse(text)).build();
      case "import" -> importText(store, "", ImportOptions.parse(text));
      case "line" -> importText(store, text, ImportOptions.DEFAULT);
      default -> fail(kind);
    }
  }

  private static void importText(MemoryStore store, String lines, ImportOptions options) {
    ByteArrayInputStream in = new ByteArrayInputStream(Utf8.encode(lines));
    store.importFrom(in, Scope.DEFAULT, options, Control.NONE);
  }

  @Test
  void searchesFindWhatTheyShouldInThisOrder() {
    for (Document corpus : Vectors.load("search.json", "corpora")) {
      StoreBuilder builder = builder(corpus.string("name") + ".mem");
      if (corpus.has("tokenizer")) {
        builder.tokenizer(Tokenizer.valueOf(corpus.string("tokenizer").toUpperCase(Locale.ROOT)));
      }
      try (MemoryStore store = builder.build()) {
        for (Document item : Vectors.elements(corpus.source("items"))) {
          put(store, Vectors.scopeOf(item.value()), item.text());
        }
        if (corpus.has("spaces")) {
          putVectors(store, corpus);
        }
        if (corpus.has("feedback")) {
          for (Document said : Vectors.elements(corpus.source("feedback"))) {
            double value = ((Number) said.value().get("value")).doubleValue();
            store.feedback(Scope.DEFAULT).add(new Feedback(said.string("id"), value));
          }
        }
        for (Document test : Vectors.elements(corpus.source("cases"))) {
          checkSearch(store, test);
        }
      }
    }
  }

  private static void putVectors(MemoryStore store, Document corpus) {
    for (Document space : Vectors.elements(corpus.source("spaces"))) {
      Map<String, Object> named = space.value();
      String metric = (String) named.getOrDefault("metric", "cosine");
      String storage = (String) named.getOrDefault("storage", "float32");
      store.spaces()
          .create(
              Space.of(space.string("name"), ((Number) named.get("dimension")).intValue())
                  .metric(Space.Metric.valueOf(metric.toUpperCase(Locale.ROOT)))
                  .storage(Space.Storage.valueOf(storage.toUpperCase(Locale.ROOT))));
    }
    for (Document put : Vectors.elements(corpus.source("vectors"))) {
      List<?> components = (List<?>) put.value().get("vector");
      float[] vector = new float[components.size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = ((Number) components.get(i)).floatValue();
      }
      store.spaces().put(Scope.DEFAULT, put.string("space"), put.string("id"), vector);
    }
  }

  private static void checkSearch(MemoryStore store, Document test) {
    Hits hits = store.search(test.scope(), Query.parse(test.document("query")));
    List<String> found = hits.stream().map(hit -> hit.item().id()).toList();
    List<String> expected = test.strings(test.has("ids") ? "ids" : "any_order");
    if (!test.has("ids")) {
      found = found.stream().sorted().toList();
      expected = expected.stream().sorted().toList();
    }
    if (test.has("open")) {
      assertNotEquals(expected, found, "works now: remove \"open\" of " + test);
      return;
    }
    assertEquals(expected, found, test.toString());
    if (test.has("snippet") && !hits.isEmpty()) {
      String snippet = hits.get(0).snippet().orElse("");
      assertTrue(snippet.contains(test.string("snippet")), snippet);
    }
  }
}
