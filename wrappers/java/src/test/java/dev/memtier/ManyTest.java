package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Callbacks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls for many at a time: watched, stopped before they begin and in the middle; many queries. */
class ManyTest {
  /** A batch is done in parts; this is several of them. */
  private static final int LARGE = 20_000;

  private final AskedClock clock = new AskedClock();
  private MemoryStore store;
  private int callbacks;

  /** A clock that is asked in each part of a batch, and does something then. */
  private static final class AskedClock extends ManualClock {
    private Runnable then = () -> {};
    private int left;

    /** Has something done when it is asked for the time the given number of times. */
    void at(int times, Runnable what) {
      left = times;
      then = what;
    }

    @Override
    public Instant instant() {
      if (--left == 0) {
        then.run();
      }
      return super.instant();
    }
  }

  @BeforeEach
  void open() {
    callbacks = Callbacks.registered();
    store = MemoryStore.inMemory().clock(clock).background(false).build();
  }

  @AfterEach
  void close() {
    store.close();
    assertEquals(callbacks, Callbacks.registered());
  }

  private static List<ItemDraft> drafts(int count) {
    return IntStream.range(0, count).mapToObj(i -> MemoryItem.of("x").id("item " + i)).toList();
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "item " + i).toList();
  }

  private long count() {
    return store.count(Scope.EVERYTHING, Filter.everything());
  }

  private List<MemoryItem> put(List<ItemDraft> drafts, Control control) {
    return store.putMany(drafts, PutMode.REPLACE, Durability.DEFAULT, control);
  }

  /** How many entries are done: those up to some place in the middle; the others failed. */
  private static int assertCut(List<ItemResult> results, MemtierException failure) {
    assertEquals(LARGE, results.size());
    int done = 0;
    while (done < LARGE && results.get(done).isOk()) {
      done++;
    }
    assertTrue(0 < done && done < LARGE, "stopped after " + done);
    for (ItemResult rest : results.subList(done, LARGE)) {
      assertEquals(failure.status(), rest.status());
      assertSame(failure, rest.failure().orElseThrow());
    }
    return done;
  }

  @Test
  void aPutThatIsCancelledInTheMiddleTellsWhatItHasStored() {
    // Drafts that no image can say go another way.
    List<ItemDraft> built = drafts(LARGE).stream().map(draft -> draft.accessCount(0)).toList();
    for (List<ItemDraft> drafts : List.of(drafts(LARGE), built)) {
      store.clear(Scope.EVERYTHING, List.of("*"), Control.NONE);
      try (CancelToken token = new CancelToken()) {
        clock.at(2, token::trip);
        BatchException failed =
            assertThrows(BatchException.class, () -> put(drafts, Control.of(token)));
        assertEquals(Status.CANCELLED, failed.status());
        CancelledException cause = assertInstanceOf(CancelledException.class, failed.getCause());
        assertEquals(assertCut(failed.results(), cause), count());
        assertEquals(OptionalLong.of(count()), failed.completed());
      }
    }
  }

  @Test
  void aPutWhoseClockFailsInTheMiddleTellsWhatItHasStored() {
    IllegalStateException broken = new IllegalStateException("broken");
    clock.at(
        3,
        () -> {
          throw broken;
        });
    BatchException failed =
        assertThrows(BatchException.class, () -> put(drafts(LARGE), Control.NONE));
    CallbackException cause = assertInstanceOf(CallbackException.class, failed.getCause());
    assertSame(broken, cause.getCause());
    assertEquals(assertCut(failed.results(), cause), count());
  }

  @Test
  void aCancelledPutDoesNotBeginItsNextPiece() {
    List<ItemDraft> drafts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ItemDraft draft = MemoryItem.of("x").scope(Scope.ofUser("user " + i / 4));
      drafts.add(i % 2 == 0 ? draft : draft.accessCount(0));
    }
    try (CancelToken token = new CancelToken()) {
      clock.at(3, token::trip);
      BatchException failed =
          assertThrows(BatchException.class, () -> put(drafts, Control.of(token)));
      assertEquals(
          List.of(true, true, true, false, false, false),
          failed.results().stream().map(ItemResult::isOk).toList());
      assertEquals(3, count());
    }
    assertEquals(6, put(drafts, Control.NONE).size());
  }

  @Test
  void aDeleteThatIsCancelledInTheMiddleTellsWhatItHasDeleted() {
    store.putMany(drafts(LARGE));
    try (CancelToken token = new CancelToken()) {
      clock.at(2, token::trip);
      BatchException failed =
          assertThrows(
              BatchException.class,
              () ->
                  store.deleteMany(
                      Scope.DEFAULT, ids(LARGE), Durability.DEFAULT, Control.of(token)));
      CancelledException cause = assertInstanceOf(CancelledException.class, failed.getCause());
      assertEquals(LARGE - assertCut(failed.results(), cause), count());
    }
  }

  @Test
  void aGetThatIsCancelledInTheMiddleGivesNothing() {
    store.putMany(drafts(LARGE));
    try (CancelToken token = new CancelToken()) {
      clock.at(2, token::trip);
      assertThrows(
          CancelledException.class,
          () -> store.getMany(Scope.DEFAULT, ids(LARGE), Control.of(token)));
    }
  }

  /** Every call for many, and how much its progress counts in the end. */
  private Map<String, Map.Entry<Long, Consumer<Control>>> calls(PreparedQuery query) {
    Map<String, Map.Entry<Long, Consumer<Control>>> calls = new LinkedHashMap<>();
    Scope scope = Scope.DEFAULT;
    calls.put("putMany", Map.entry(2L, control -> put(drafts(2), control)));
    List<ItemDraft> mixed = List.of(MemoryItem.of("x"), MemoryItem.of("y").accessCount(0));
    calls.put("putMany, mixed", Map.entry(2L, control -> put(mixed, control)));
    calls.put("getMany", Map.entry(3L, control -> store.getMany(scope, ids(3), control)));
    calls.put(
        "deleteMany",
        Map.entry(
            1L,
            control ->
                store.deleteMany(scope, List.of("nobody"), Durability.DEFAULT, control)));
    calls.put(
        "count", Map.entry(2L, control -> store.count(scope, Field.ID.in(ids(2)), control)));
    calls.put("explain", Map.entry(1L, control -> store.explain(scope, Listing.all(), control)));
    calls.put(
        "searchMany",
        Map.entry(2L, control -> store.searchMany(scope, List.of(query, query), control)));
    return calls;
  }

  @Test
  void progressIsToldAndCanStopOrFail() {
    store.putMany(drafts(2));
    IllegalStateException broken = new IllegalStateException("broken");
    try (PreparedQuery query = Query.text("x").prepare()) {
      calls(query)
          .forEach(
              (name, call) -> {
                List<Long> told = new ArrayList<>();
                Progress watch = (done, total) -> Collections.addAll(told, done, total);
                call.getValue().accept(Control.of(watch));
                long total = call.getKey();
                List<Long> last = told.subList(told.size() - 2, told.size());
                assertEquals(List.of(total, total), last, name);
                Progress stop = (done, of) -> false;
                assertThrows(
                    CancelledException.class,
                    () -> call.getValue().accept(Control.of(stop)),
                    name);
                Progress fail =
                    (done, of) -> {
                      throw broken;
                    };
                CallbackException failed =
                    assertThrows(
                        CallbackException.class,
                        () -> call.getValue().accept(Control.of(fail)),
                        name);
                assertSame(broken, failed.getCause(), name);
              });
    }
  }

  @Test
  void nothingIsBegunWithATrippedToken() {
    store.putMany(drafts(2));
    try (PreparedQuery query = Query.text("x").prepare();
        CancelToken token = new CancelToken()) {
      token.trip();
      calls(query)
          .forEach(
              (name, call) ->
                  assertThrows(
                      CancelledException.class,
                      () -> call.getValue().accept(Control.of(token)),
                      name));
    }
    assertEquals(2, count());
  }

  @Test
  void manyQueriesAreOneCall() {
    store.putMany(
        List.of(
            MemoryItem.of("Ada likes green tea").id("tea"),
            MemoryItem.of("Ada is allergic to hazelnuts").id("nuts")));
    try (PreparedQuery tea = Query.text("tea").explain().prepare();
        PreparedQuery nothing = Query.text("xyzzy").prepare();
        PreparedQuery nuts = Query.text("hazelnuts").snippets().prepare()) {
      List<Hits> found = store.searchMany(Scope.DEFAULT, List.of(tea, nothing, nuts, tea));
      assertEquals(
          List.of(List.of("tea"), List.of(), List.of("nuts"), List.of("tea")),
          found.stream()
              .map(hits -> hits.items().stream().map(MemoryItem::id).toList())
              .toList());
      assertTrue(found.get(0).get(0).score() > 0);
      assertTrue(found.get(0).get(0).snippet().isEmpty());
      assertTrue(found.get(2).get(0).snippet().orElseThrow().contains("**hazelnuts**"));
      assertEquals(
          List.of(true, false, false, true),
          found.stream()
              .map(hits -> !JsonReader.readObject(hits.explanation()).isEmpty())
              .toList());
      assertEquals(
          List.of(List.of()), store.searchMany(Scope.ofUser("bob"), List.of(tea)));
      assertEquals(List.of(), store.searchMany(Scope.DEFAULT, List.of()));
    }
  }

  @Test
  void aWrongQueryAmongManyIsNamed() {
    try (PreparedQuery tea = Query.text("tea").prepare();
        PreparedQuery closed = Query.text("tea").prepare()) {
      closed.close();
      Exception failed =
          assertThrows(
              IllegalStateException.class,
              () -> store.searchMany(Scope.DEFAULT, List.of(tea, closed)));
      assertTrue(failed.getMessage().contains("queries[1]"), failed.getMessage());
      List<PreparedQuery> missing = Collections.singletonList(null);
      failed =
          assertThrows(
              NullPointerException.class, () -> store.searchMany(Scope.DEFAULT, missing));
      assertEquals("queries[0]", failed.getMessage());
      List<PreparedQuery> most = Stream.generate(() -> tea).limit(Memtier.MAX_QUERIES).toList();
      assertEquals(Memtier.MAX_QUERIES, store.searchMany(Scope.DEFAULT, most).size());
      List<PreparedQuery> more = new ArrayList<>(most);
      more.add(tea);
      assertThrows(MemtierException.class, () -> store.searchMany(Scope.DEFAULT, more));
    }
  }

  @Test
  void elementsOfAListAreReadAsTheyAreWritten() {
    assertEquals(
        List.of("{\"a\": [1, \"],\\\"\"]}", "1.0", "[]"),
        JsonReader.elements(" [{\"a\": [1, \"],\\\"\"]}, 1.0 ,[]] "));
    assertEquals(List.of(), JsonReader.elements("[]"));
    assertFalse(JsonReader.elements("[null]").isEmpty());
  }
}
