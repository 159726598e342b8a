package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Callbacks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clock, log, eviction score and progress: from the caller's thread and from a native one. */
class CallbackTest {
  private static final Ladder SMALL =
      Ladder.of(Tier.of("near", Medium.RAM).withCapacity(2), Tier.of("far", Medium.DATABASE));

  @TempDir Path folder;
  private int before;

  @BeforeEach
  void countCallbacks() {
    before = Callbacks.registered();
  }

  @AfterEach
  void everyCallbackWasLetGo() {
    assertTrue(Callbacks.registered() <= before);
  }

  /** A clock made of a function. */
  private static final class FunctionClock extends Clock {
    volatile java.util.function.Supplier<Instant> now;

    FunctionClock(java.util.function.Supplier<Instant> now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void theClockIsAskedFromTheCallersThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    FunctionClock clock =
        new FunctionClock(
            () -> {
              threads.add(Thread.currentThread());
              return ManualClock.START;
            });
    try (MemoryStore store = MemoryStore.inMemory().clock(clock).background(false).build()) {
      assertEquals(ManualClock.START, store.put(MemoryItem.of("x")).createdAt());
    }
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  @Test
  void clockAndScorerAreCalledFromANativeThread() {
    Thread caller = Thread.currentThread();
    Set<String> foreign = ConcurrentHashMap.newKeySet();
    List<Boolean> daemons = new CopyOnWriteArrayList<>();
    AtomicReference<RuntimeException> broken = new AtomicReference<>();
    FunctionClock clock =
        new FunctionClock(
            () -> {
              if (Thread.currentThread() != caller) {
                daemons.add(Thread.currentThread().isDaemon());
                foreign.add("clock");
                System.gc();
              }
              return ManualClock.START;
            });
    EvictionScorer scorer =
        (candidates, scores) -> {
          if (Thread.currentThread() != caller) {
            foreign.add("scorer");
          }
          if (broken.get() != null) {
            throw broken.get();
          }
          return false;
        };
    try (MemoryStore store =
        MemoryStore.inMemory().clock(clock).ladder(SMALL).evictionScorer(scorer).build()) {
      int[] code = new int[1];
      for (int i = 0; i < 20; i++) {
        assertEquals(0, ForeignThread.put(store.handle, i, code));
      }
      assertEquals(Set.of("clock", "scorer"), foreign);
      assertFalse(daemons.contains(false));
      broken.set(new IllegalStateException("cannot decide"));
      long items = store.count(Scope.DEFAULT, Filter.everything());
      int status = 0;
      for (int i = 20; status == 0; i++) {
        items = store.count(Scope.DEFAULT, Filter.everything());
        status = ForeignThread.put(store.handle, i, code);
      }
      assertEquals(Status.CALLBACK, Status.of(status));
      assertSame(broken.get(), Callbacks.takeFailure(code[0]));
      assertEquals(items, store.count(Scope.DEFAULT, Filter.everything()));
    }
    // Those threads have ended, and Java has let them go.
    long attached =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("Thread-") && thread.isDaemon())
            .count();
    assertEquals(0, attached);
  }

  @Test
  void aClockThatThrowsIsTheCauseAndNothingIsStored() {
    RuntimeException broken = new IllegalStateException("no time");
    FunctionClock clock = new FunctionClock(() -> ManualClock.START);
    try (MemoryStore store = MemoryStore.inMemory().clock(clock).background(false).build()) {
      store.put(MemoryItem.of("tea").id("a"));
      clock.now =
          () -> {
            throw broken;
          };
      CallbackException failed =
          assertThrows(CallbackException.class, () -> store.put(MemoryItem.of("x").id("b")));
      assertSame(broken, failed.getCause());
      assertEquals(Status.CALLBACK, failed.status());
      assertSame(broken, assertThrows(CallbackException.class, () -> store.get("a")).getCause());
      clock.now = () -> Instant.MAX;
      assertTrue(
          assertThrows(CallbackException.class, () -> store.get("a")).getCause()
              instanceof ArithmeticException);
      clock.now = () -> ManualClock.START;
      assertFalse(store.exists(Scope.DEFAULT, "b"));
      assertEquals("tea", store.require(Scope.DEFAULT, "a").content());
    }
  }

  @Test
  void theScorerDecidesWhoGoes() {
    EvictionScorer longestFirst =
        (candidates, scores) -> {
          assertEquals(candidates.size(), scores.length);
          assertEquals(scores.length, candidates.ids().size());
          assertEquals(Collections.nCopies(scores.length, "fact"), candidates.types());
          assertEquals(Collections.nCopies(scores.length, "ada"), candidates.users());
          assertEquals(Collections.nCopies(scores.length, ""), candidates.sessions());
          for (long[] column :
              List.of(
                  candidates.createdMicros(),
                  candidates.accessedMicros(),
                  candidates.expiresMicros(),
                  candidates.idleMicros(),
                  candidates.accessCounts(),
                  candidates.validationCounts(),
                  candidates.priorities())) {
            assertEquals(scores.length, column.length);
          }
          assertEquals(0.5, candidates.importances()[0]);
          assertTrue(candidates.retentionScores()[0] > 0);
          long[] sizes = candidates.sizes();
          for (int i = 0; i < scores.length; i++) {
            scores[i] = -sizes[i];
          }
          return true;
        };
    try (MemoryStore store =
        MemoryStore.inMemory().ladder(SMALL).evictionScorer(longestFirst).build()) {
      for (String text : List.of("tea", "a long story about tea", "ink")) {
        store.put(MemoryItem.of(text).id(text).type("fact").scope(Scope.ofUser("ada")));
      }
      assertEquals("far", store.require(Scope.DEFAULT, "a long story about tea").tier());
      assertEquals("near", store.require(Scope.DEFAULT, "tea").tier());
    }
  }

  @Test
  void aScorerThatThrowsFailsTheWriteAndNothingIsStored() {
    Exception broken = new IOException("cannot decide");
    AtomicReference<Candidates> kept = new AtomicReference<>();
    AtomicBoolean fails = new AtomicBoolean(true);
    EvictionScorer scorer =
        (candidates, scores) -> {
          kept.set(candidates);
          if (fails.get()) {
            throw broken;
          }
          return false;
        };
    try (MemoryStore store =
        MemoryStore.inMemory().ladder(SMALL).evictionScorer(scorer).background(false).build()) {
      store.put(MemoryItem.of("1").id("1"));
      store.put(MemoryItem.of("2").id("2"));
      CallbackException failed =
          assertThrows(CallbackException.class, () -> store.put(MemoryItem.of("3").id("bad")));
      assertSame(broken, failed.getCause());
      assertFalse(store.exists(Scope.DEFAULT, "bad"));
      assertEquals(2, store.count(Scope.DEFAULT, Field.TIER.eq("near")));
      fails.set(false);
      store.put(MemoryItem.of("3").id("good"));
      assertEquals(3, store.count(Scope.DEFAULT, Filter.everything()));
      assertThrows(IllegalStateException.class, () -> kept.get().ids());
    }
  }

  @Test
  void insideACallbackAStoreIsRefusedAndNothingIsOverwritten() {
    AtomicReference<MemoryStore> opened = new AtomicReference<>();
    List<Status> seen = new CopyOnWriteArrayList<>();
    FunctionClock clock =
        new FunctionClock(
            () -> {
              MemoryStore store = opened.get();
              if (store != null) {
                seen.add(status(() -> store.get("another id")));
                seen.add(status(() -> store.put(MemoryItem.of("x".repeat(50_000)))));
                seen.add(status(store::close));
              }
              return ManualClock.START;
            });
    try (MemoryStore store = MemoryStore.inMemory().clock(clock).background(false).build()) {
      store.put(MemoryItem.of("tea").id("a"));
      opened.set(store);
      assertEquals("a", store.get("a").orElseThrow().id());
      assertEquals("coffee", store.put(MemoryItem.of("coffee").id("b")).content());
      opened.set(null);
      assertFalse(store.isClosed());
    }
    assertTrue(seen.size() >= 6);
    assertEquals(Set.of(Status.REENTRANT), Set.copyOf(seen));
  }

  private static Status status(Runnable call) {
    return assertThrows(MemtierException.class, call::run).status();
  }

  private static MemoryStore filled() {
    MemoryStore store = MemoryStore.inMemory().background(false).build();
    store.putMany(
        IntStream.range(0, 500).mapToObj(i -> MemoryItem.of("n" + i).id("n" + i)).toList());
    return store;
  }

  @Test
  void progressIsToldAndCanEndTheWork() {
    try (MemoryStore store = filled()) {
      AtomicReference<Long> last = new AtomicReference<>();
      Progress watch =
          (done, total) -> {
            last.set(done);
            return true;
          };
      OutputStream nowhere = OutputStream.nullOutputStream();
      Filter all = Filter.everything();
      assertEquals(500, store.exportTo(nowhere, Scope.DEFAULT, all, Control.of(watch)));
      assertEquals(500, last.get());
      Control stop = Control.of((done, total) -> false);
      assertThrows(
          CancelledException.class, () -> store.exportTo(nowhere, Scope.DEFAULT, all, stop));
      Exception broken = new IOException("the window is closed");
      Control bad =
          Control.of(
              (done, total) -> {
                throw broken;
              });
      Filter some = Field.ID.startsWith("n1");
      CallbackException failed =
          assertThrows(
              CallbackException.class,
              () -> store.deleteWhere(Scope.DEFAULT, some, Durability.DEFAULT, bad));
      assertSame(broken, failed.getCause());
      assertEquals(
          500 - failed.completed().orElseThrow(), store.count(Scope.DEFAULT, all));
    }
  }

  @Test
  void aTokenStopsWork() {
    try (MemoryStore store = filled();
        CancelToken token = new CancelToken()) {
      assertFalse(token.isTripped());
      token.trip();
      assertTrue(token.isTripped());
      Control control = Control.of(token, (done, total) -> true);
      assertThrows(CancelledException.class, () -> store.sweep(control));
      assertThrows(CancelledException.class, () -> store.optimize(Scope.DEFAULT, control));
      assertThrows(
          CancelledException.class, () -> store.search(Scope.DEFAULT, Query.newest(), control));
      assertThrows(
          CancelledException.class,
          () -> store.clear(Scope.DEFAULT, List.of("*"), Control.of(token)));
      MemtierException stopped =
          assertThrows(
              CancelledException.class,
              () ->
                  store.importFrom(
                      new ByteArrayInputStream("{\"text\": \"x\"}\n".getBytes()),
                      Scope.DEFAULT,
                      ImportOptions.DEFAULT,
                      control));
      assertEquals(0, stopped.importReport().orElseThrow().stored());
      assertEquals(500, store.count(Scope.DEFAULT, Filter.everything()));
    }
  }

  @Test
  void theLogGoesToTheSystemsLogger() {
    List<String> lines = new CopyOnWriteArrayList<>();
    System.Logger logger =
        new System.Logger() {
          @Override
          public String getName() {
            return "test";
          }

          @Override
          public boolean isLoggable(Level level) {
            return true;
          }

          @Override
          public void log(
              Level level, java.util.ResourceBundle bundle, String message, Throwable thrown) {
            lines.add(level + " " + message);
          }

          @Override
          public void log(
              Level level, java.util.ResourceBundle bundle, String format, Object... arguments) {
            lines.add(level + " " + format);
          }
        };
    LogListener listener = LogListener.to(logger);
    for (LogLevel level : LogLevel.values()) {
      listener.log(level, "line");
    }
    assertEquals(List.of("ERROR line", "WARNING line", "INFO line", "DEBUG line"), lines);
  }

  /** A scorer that fails when room is made after a write, which is told to the log alone. */
  private static EvictionScorer failingAfterTheWrite(AtomicInteger calls) {
    return (candidates, scores) -> {
      if (calls.incrementAndGet() % 2 == 0) {
        throw new IllegalStateException("not now");
      }
      return false;
    };
  }

  @Test
  void theLogIsWrittenFromTheCallersThreadAndFromANativeOne() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    LogListener log =
        (level, line) -> {
          lines.add(level + " " + line);
          threads.add(Thread.currentThread());
        };
    AtomicInteger calls = new AtomicInteger();
    try (MemoryStore store =
        MemoryStore.inMemory()
            .ladder(SMALL)
            .evictionScorer(failingAfterTheWrite(calls))
            .log(LogLevel.WARNING, log)
            .background(false)
            .build()) {
      for (int i = 0; lines.isEmpty(); i++) {
        store.put(MemoryItem.of("x").id("n" + i));
      }
      assertTrue(lines.get(0).startsWith("WARNING making room in a tier"), lines.get(0));
      int[] code = new int[1];
      for (int i = 0; threads.size() < 2; i++) {
        assertEquals(0, ForeignThread.put(store.handle, i, code));
      }
    }
  }

  @Test
  void aLogThatThrowsHarmsNothing() {
    AtomicInteger lines = new AtomicInteger();
    LogListener broken =
        (level, line) -> {
          lines.incrementAndGet();
          throw new IllegalStateException("the log is full");
        };
    AtomicInteger calls = new AtomicInteger();
    try (MemoryStore store =
        MemoryStore.inMemory()
            .ladder(SMALL)
            .evictionScorer(failingAfterTheWrite(calls))
            .log(LogLevel.DEBUG, broken)
            .background(false)
            .build()) {
      for (int i = 0; lines.get() == 0; i++) {
        assertEquals("tea", store.put(MemoryItem.of("tea").id("n" + i)).content());
      }
    }
  }
}
