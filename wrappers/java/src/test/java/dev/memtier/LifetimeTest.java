package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Callbacks;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Closing, the collector, and many threads: an error of Java's own, never a crash. */
class LifetimeTest {
  @TempDir Path folder;

  /** Every method of a store. */
  private Map<String, Executable> calls(MemoryStore store) {
    Map<String, Executable> calls = new TreeMap<>();
    ItemDraft draft = MemoryItem.of("tea").id("a");
    ItemDraft byBuilder = MemoryItem.of("tea").id("a").accessCount(0);
    Filter tea = Field.ID.eq("a");
    Control none = Control.NONE;
    Durability normal = Durability.NORMAL;
    Scope scope = Scope.ofUser("ada");
    calls.put("put", () -> store.put(draft));
    calls.put("put by builder", () -> store.put(byBuilder));
    calls.put("putMany", () -> store.putMany(List.of(draft)));
    calls.put("get", () -> store.get("a"));
    calls.put("get scope", () -> store.get(scope, "a"));
    calls.put("get long", () -> store.get("\u00e9".repeat(500)));
    calls.put("require", () -> store.require(Scope.DEFAULT, "a"));
    calls.put("getMany", () -> store.getMany(scope, List.of("a")));
    calls.put("getLive", () -> store.getLive(Scope.DEFAULT, "a").close());
    calls.put("exists", () -> store.exists(scope, "a"));
    calls.put("update", () -> store.update(Scope.DEFAULT, "a", new ItemChanges().addTag("t")));
    calls.put(
        "updateWhere",
        () -> store.updateWhere(scope, tea, new ItemChanges().addTag("t"), normal, none));
    calls.put("validate", () -> store.validate(Scope.DEFAULT, "a"));
    calls.put("pin", () -> store.pin(Scope.DEFAULT, "a", false));
    calls.put("move", () -> store.move(Scope.DEFAULT, "a", "short_term"));
    calls.put("count", () -> store.count(scope, tea));
    calls.put("list", () -> store.list(scope, Listing.of(tea)).close());
    calls.put("stream", () -> store.stream(scope, Listing.all()).count());
    calls.put("search", () -> store.search(scope, Query.text("tea")));
    calls.put(
        "search prepared, and searchMany",
        () -> {
          try (PreparedQuery query = Query.text("tea").prepare()) {
            store.search(scope, query, none);
            store.searchMany(scope, List.of(query, query));
          }
        });
    calls.put("explain", () -> store.explain(scope, Listing.all()));
    MemoryCalls.add(calls, store, scope);
    calls.put("collections create", () -> store.collections().create("c" + System.nanoTime()));
    calls.put("collections list", () -> store.collections().list(scope, none));
    calls.put("collections drop",
        () -> {
          String name = "drop " + System.nanoTime();
          store.collections().create(name);
          store.collections().drop(name, DropMode.EMPTY);
        });
    calls.put("collections copy", () -> store.collections().copy(scope, tea, "copies"));
    Filter all = Filter.everything();
    calls.put("collections move", () -> store.collections().move(scope, all, "moved"));
    calls.put("indexes create", () -> store.indexes().create("a", Filter.key("a"), none));
    KeyExtractor extractor = (items, keys) -> keys.add(0, "k");
    calls.put(
        "indexes create keys",
        () -> {
          String name = "keys of " + Thread.currentThread().getName();
          store.indexes().create(name, extractor, none);
          store.indexes().drop(name);
        });
    calls.put("feedback add", () -> store.feedback(Scope.DEFAULT).add(Feedback.useful("a")));
    calls.put("feedback preferences", () -> store.feedback(scope).preferences());
    calls.put("feedback clear", () -> store.feedback(Scope.ofUser("none")).clear());
    calls.put("embedding pending", () -> store.embedding().pending());
    calls.put("embedding reembed", () -> store.embedding().reembed(none));
    calls.put("embedding info", () -> store.embedding().info());
    calls.put("embedding embed", () -> store.embedding().embed(List.of("a"), none));
    calls.put("indexes list", () -> store.indexes().list());
    calls.put("indexes drop",
        () -> {
          String name = "dropped by " + Thread.currentThread().getName();
          store.indexes().create(name, Filter.key("d"));
          store.indexes().drop(name, none);
        });
    Policy policy = Policy.of("own", Field.TYPE.eq("none"), Policy.Action.DEMOTE);
    calls.put("policies put", () -> store.policies().put(policy));
    calls.put("policies put decider",
        () -> {
          String name = Thread.currentThread().getName();
          Policy own = Policy.of(name, policy.condition(), policy.action());
          store.policies().put(own, (items, dryRun, chosen) -> {});
        });
    calls.put("policies list", () -> store.policies().list());
    calls.put("policies delete", () -> {
          String name = "deleted by " + Thread.currentThread().getName();
          store.policies().put(Policy.of(name, policy.condition(), policy.action()));
          store.policies().delete(name);
        });
    ApplyRequest dry = ApplyRequest.all().asDryRun();
    calls.put("policies apply", () -> store.policies().apply(scope, dry, none));
    ArchiveRule rule = ArchiveRule.of("own", ArchiveRule.Kind.TIME, Field.TYPE.eq("none"));
    calls.put("archive rules put", () -> store.archiveRules().put(rule));
    calls.put("archive rules list", () -> store.archiveRules().list());
    calls.put("archive rules delete", () -> {
          String name = "deleted by " + Thread.currentThread().getName();
          store.archiveRules().put(ArchiveRule.of(name, rule.kind(), rule.condition()));
          store.archiveRules().delete(name);
        });
    calls.put("forget", () -> store.agent(Scope.ofUser("nobody")).forget(none));
    calls.put("archive pack", () -> store.archive().pack(9, true, none));
    calls.put("archive restore", () -> store.archive().restore(scope, List.of("none")));
    calls.put("archive statistics", () -> store.archive().statistics());
    calls.put("archive rules apply", () -> store.archiveRules().apply(scope, dry, none));
    calls.put("spaces create", () -> store.spaces().create(Space.of("s", 2)));
    calls.put("spaces list", () -> store.spaces().list(none));
    calls.put(
        "spaces drop",
        () -> {
          String name = "dropped by " + Thread.currentThread().getName();
          store.spaces().create(Space.of(name, 2));
          store.spaces().drop(name, none);
        });
    calls.put(
        "spaces measureRecall",
        () -> {
          store.spaces().create(Space.of("s", 2));
          store.spaces().measureRecall(scope, "s", 10, 1, none);
        });
    calls.put(
        "spaces put",
        () -> {
          store.spaces().create(Space.of("s", 2));
          store.put(MemoryItem.of("v").id("v").scope(scope));
          store.spaces().put(scope, "s", "v", 1, 2);
          store.spaces().putMany(scope, "s", Map.of("v", new float[] {1, 2}));
          store.spaces().get(scope, "s", "v");
        });
    calls.put("spaces get", () -> store.spaces().get(scope, "s", "nobody"));
    calls.put("spaces delete", () -> store.spaces().delete(scope, "s", "nobody"));
    calls.put("statistics", store::statistics);
    calls.put("tiers", store::tiers);
    calls.put("ladder", store::ladder);
    calls.put("optimize", () -> store.optimize(scope, none));
    calls.put("clear", () -> store.clear(scope, List.of("archive"), none));
    calls.put(
        "maintenance tick",
        () -> {
          try {
            store.maintenance().tick(Set.of(Job.EXPIRE), Duration.ZERO, none);
          } catch (BusyException another) {
            assertTrue(another.isRetriable()); // another thread's is under way
          }
        });
    calls.put("maintenance pause", () -> store.maintenance().pause());
    calls.put("maintenance resume", () -> store.maintenance().resume());
    calls.put("sweep", () -> store.sweep(none));
    calls.put("transitions", () -> store.transitions(scope, TransitionQuery.newest(5)));
    calls.put("flush", () -> store.flush(Control.of((done, total) -> true)));
    calls.put(
        "export", () -> store.exportTo(OutputStream.nullOutputStream(), scope, tea, none));
    calls.put("export file", () -> store.exportTo(folder.resolve("x.jsonl"), scope, tea, none));
    calls.put(
        "import",
        () ->
            store.importFrom(
                new ByteArrayInputStream(new byte[0]), scope, ImportOptions.DEFAULT, none));
    calls.put("deleteMany", () -> store.deleteMany(scope, List.of("z"), normal));
    calls.put("deleteWhere", () -> store.deleteWhere(scope, Field.ID.eq("z"), normal, none));
    calls.put("delete", () -> store.delete(scope, "z"));
    return calls;
  }

  @TestFactory
  List<DynamicTest> everyCallAfterCloseIsAnIllegalState() {
    MemoryStore store = MemoryStore.inMemory().build();
    store.close();
    store.close();
    assertTrue(store.isClosed());
    List<DynamicTest> tests = new ArrayList<>();
    calls(store)
        .forEach(
            (name, call) ->
                tests.add(
                    DynamicTest.dynamicTest(
                        name,
                        () -> {
                          int before = Callbacks.registered();
                          Exception closed = assertThrows(IllegalStateException.class, call);
                          MemtierException cause = (MemtierException) closed.getCause();
                          assertEquals(Status.CLOSED, cause.status());
                          assertEquals(cause.getMessage(), closed.getMessage());
                          assertTrue(Callbacks.registered() <= before);
                        })));
    return tests;
  }

  @Test
  void whatWasReadOutlivesTheStore() {
    MemoryStore store = MemoryStore.builder(folder.resolve("a.mem")).build();
    for (int i = 0; i < 10; i++) {
      store.put(MemoryItem.of("tea " + i).id("n" + i));
    }
    MemoryItem item = store.require(Scope.DEFAULT, "n1");
    Hits hits = store.search(Query.text("tea"));
    Cursor cursor = store.list(Scope.DEFAULT, Listing.all());
    assertEquals(3, cursor.next(3).size());
    LiveItem live = store.getLive(Scope.DEFAULT, "n1");
    store.close();
    assertEquals("tea 1", item.content());
    assertEquals("working", item.tier());
    assertEquals(10, hits.size());
    assertEquals(7, cursor.next(10).size());
    assertEquals("tea 1", live.snapshot().content());
    cursor.close();
    cursor.close();
    live.close();
    assertThrows(IllegalStateException.class, () -> cursor.next(1));
    assertThrows(IllegalStateException.class, cursor::token);
    CancelToken token = new CancelToken();
    token.close();
    assertThrows(IllegalStateException.class, token::trip);
    int before = Callbacks.registered();
    try (MemoryStore other = MemoryStore.inMemory().build()) {
      Control control = Control.of(token, (done, total) -> true);
      assertThrows(IllegalStateException.class, () -> other.sweep(control));
    }
    assertTrue(Callbacks.registered() <= before);
    assertFalse(token.isTripped());
  }

  @Test
  void theCollectorRunsInsideEveryCall() throws Throwable {
    Runtime runtime = Runtime.getRuntime();
    ManualClock collecting =
        new ManualClock() {
          @Override
          public java.time.Instant instant() {
            runtime.gc();
            return super.instant();
          }
        };
    // Nothing holds the store, scope and control but the call itself.
    int count;
    try (MemoryStore store = MemoryStore.inMemory().clock(collecting).background(false).build()) {
      count = calls(store).size();
    }
    for (int i = 0; i < count; i++) {
      MemoryStore store =
          MemoryStore.inMemory().clock(collecting).background(false).build();
      store.put(MemoryItem.of("tea").id("a"));
      Executable call = new ArrayList<>(calls(store).values()).get(i);
      store = null;
      call.execute();
    }
  }

  @Test
  void aCallOnAStoreThatNobodyHoldsIsNotCutShort() {
    for (int i = 0; i < 20; i++) {
      int number = i;
      ManualClock collecting =
          new ManualClock() {
            @Override
            public java.time.Instant instant() {
              System.gc();
              System.runFinalization();
              return super.instant();
            }
          };
      MemoryItem item =
          MemoryStore.inMemory()
              .clock(collecting)
              .background(false)
              .build()
              .put(MemoryItem.of("n" + number).scope(Scope.ofUser("u" + number)));
      assertEquals("n" + number, item.content());
    }
  }

  @Test
  void theCollectorClosesWhatNobodyClosed() {
    int before = Callbacks.registered();
    WeakReference<MemoryStore> forgotten = forget();
    await(() -> forgotten.get() == null && Callbacks.registered() <= before);
    assertNull(forgotten.get());
    // Its file can be opened, and has what was written.
    try (MemoryStore store = MemoryStore.open(folder.resolve("forgotten.mem"))) {
      assertEquals("tea", store.require(Scope.DEFAULT, "a").content());
    }
  }

  private WeakReference<MemoryStore> forget() {
    MemoryStore store =
        MemoryStore.builder(folder.resolve("forgotten.mem")).clock(new ManualClock()).build();
    store.put(MemoryItem.of("tea").id("a"));
    store.list(Scope.ofUser("x"), Listing.all());
    store.getLive(Scope.DEFAULT, "a");
    store.indexes().create("k", (items, keys) -> keys.add(0, "k"));
    return new WeakReference<>(store);
  }

  private static void await(BooleanSupplier condition) {
    assertDoesNotThrow(
        () -> {
          for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            System.gc();
            Thread.sleep(50);
          }
        });
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void closingWhileOthersCallEndsTheirCallsWell() throws Exception {
    final int before = Callbacks.registered();
    for (int round = 0; round < 10; round++) {
      MemoryStore store = MemoryStore.builder(folder.resolve("c" + round + ".mem")).build();
      store.put(MemoryItem.of("tea").id("a"));
      ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
      CountDownLatch started = new CountDownLatch(8);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        List<Executable> calls = new ArrayList<>(calls(store).values());
        int first = i * 4;
        threads.add(new Thread(() -> callUntilClosed(calls, first, started, wrong)));
      }
      threads.forEach(Thread::start);
      started.await();
      Thread other = new Thread(store::close);
      other.start();
      store.close();
      other.join();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(wrong));
    }
    assertTrue(Callbacks.registered() <= before);
  }

  private static void callUntilClosed(
      List<Executable> calls,
      int first,
      CountDownLatch started,
      ConcurrentLinkedQueue<Throwable> wrong) {
    boolean isFirst = true;
    for (int i = first; ; i++) {
      try {
        calls.get(i % calls.size()).execute();
      } catch (IllegalStateException closed) {
        return;
      } catch (CancelledException stopped) {
        // A long call that close() ended.
      } catch (NotFoundException | BatchException gone) {
        // Another thread has removed it meanwhile.
      } catch (Throwable other) {
        wrong.add(other);
        return;
      } finally {
        if (isFirst) {
          started.countDown();
          isFirst = false;
        }
      }
    }
  }

  @Test
  void aThousandThreadsUseOneStore() throws Exception {
    AtomicInteger done = new AtomicInteger();
    ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    try (MemoryStore store =
        MemoryStore.inMemory().busyTimeout(Duration.ofMinutes(5)).build()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        int number = i;
        Runnable work =
            () -> {
              try {
                Scope scope = Scope.ofUser("u" + number % 10);
                String id = "n" + number;
                String text = ("x" + number).repeat(1 + number % 3 * 3000);
                store.put(MemoryItem.of(text).id(id).scope(scope));
                assertEquals(text, store.get(scope, id).orElseThrow().content());
                assertEquals(id, store.getMany(scope, List.of(id)).get(0).require().id());
                assertFalse(store.get(Scope.ofUser("nobody"), id).isPresent());
                done.incrementAndGet();
              } catch (Throwable thrown) {
                wrong.add(thrown);
              }
            };
        threads.add(new Thread(null, work, "worker", 256 * 1024));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(wrong));
      assertEquals(1000, done.get());
      assertEquals(1000, store.count(Scope.DEFAULT, Filter.everything()));
    }
  }

  @Test
  void oneObjectIsSharedByManyThreads() throws Exception {
    try (MemoryStore store = MemoryStore.inMemory().build();
        PreparedQuery query = Query.text("tea").prepare()) {
      Scope scope = Scope.ofUser("ada");
      MemoryItem item = store.put(MemoryItem.of("tea").id("a").scope(scope));
      LiveItem live = store.getLive(scope, "a");
      Cursor cursor = store.list(scope, Listing.all());
      AtomicBoolean stop = new AtomicBoolean();
      ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Runnable work =
            () -> {
              try {
                for (int n = 0; n < 200 && !stop.get(); n++) {
                  assertEquals("tea", item.content());
                  assertEquals("a", live.id());
                  assertEquals(1, store.search(scope, query, Control.NONE).size());
                  cursor.next(1);
                  cursor.token();
                }
              } catch (Throwable thrown) {
                wrong.add(thrown);
                stop.set(true);
              }
            };
        threads.add(new Thread(work));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(wrong));
      cursor.close();
      live.close();
    }
  }

  /** Its bytes and itself; nothing for the id, the scope or the call. */
  @Test
  void aResidentGetAllocatesTheItemAlone() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Scope scope = Scope.ofUser("ada");
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      MemoryItem item = store.put(MemoryItem.of("x".repeat(100)).id("a").scope(scope));
      int calls = 20_000;
      long size = 0;
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 10; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
          size += store.require(scope, "a").contentSize();
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(10L * calls * 100, size);
      long image = (Image.HEADER + item.sizeBytes() + 7) / 8 * 8;
      assertTrue(least / calls <= image + 16 + 32, least / calls + " bytes for " + image);
    }
  }

  /**
   * Between reading a handle and entering C an owner that nobody holds could be collected, which no
   * test can time: so each method that gives its handle to C must name its owner behind the call.
   */
  @Test
  void everyMethodKeepsTheOwnerOfTheHandleThatItUses() throws Exception {
    Path sources = Path.of(System.getProperty("memtier.source"), "wrappers/java/src/main/java");
    Pattern usesHandle = Pattern.compile("Native\\.\\w+\\(\\s*(store\\.)?handle\\b");
    Pattern keeps =
        Pattern.compile("reachabilityFence\\((this|store)\\)|keep\\(scope\\)|finish\\(store");
    Pattern signature = Pattern.compile("\\n {2,4}[a-z][\\w<>\\[\\], ]* (\\w+)\\(");
    // They run inside a method that keeps the owner, or use it afterwards.
    Set<String> others = Set.of("getLarge", "putImage", "run", "opened", "close", "importFrom");
    int checked = 0;
    for (String name :
        List.of(
            "MemoryStore",
            "ItemCalls",
            "TierCalls",
            "Transfers",
            "Cursor",
            "LiveItem",
            "CancelToken")) {
      String text = Files.readString(sources.resolve("dev/memtier/" + name + ".java"));
      for (String method : text.split("\\n  }\\n")) {
        if (!usesHandle.matcher(method).find() || !method.contains("(")) {
          continue;
        }
        Matcher matcher = signature.matcher(method);
        String called = matcher.find() ? matcher.group(1) : "";
        checked++;
        assertTrue(
            keeps.matcher(method).find() || others.contains(called), name + "." + called);
      }
    }
    assertTrue(checked > 30, checked + " methods");
  }
}
