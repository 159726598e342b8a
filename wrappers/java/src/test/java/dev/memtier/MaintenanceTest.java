package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Ticks. */
class MaintenanceTest {
  private static Ticked tick(MemoryStore store, Document step) {
    if (!step.has("jobs")) {
      return store.maintenance().tick();
    }
    List<Job> jobs = step.strings("jobs").stream().map(Job::of).toList();
    return store.maintenance().tick(jobs, Duration.ofHours(1), Control.NONE);
  }

  private static void check(MemoryStore store, Document step) {
    Ticked ticked = tick(store, step);
    assertTrue(ticked.isComplete());
    List<Object> did = new ArrayList<>();
    List<Object> results = new ArrayList<>();
    for (Ticked.Done done : ticked.jobs()) {
      assertTrue(done.complete());
      did.add(List.of(done.job().name().toLowerCase(Locale.ROOT), done.count()));
      done.results().forEach(one -> results.add(List.of(one.name(), one.count())));
    }
    assertEquals(step.value().get("did"), did);
    if (step.has("results")) {
      assertEquals(step.value().get("results"), results);
    }
    step.object("tiers")
        .forEach(
            (id, tier) ->
                assertEquals(
                    1,
                    store.count(
                        Scope.DEFAULT, Field.ID.eq(id).and(Field.TIER.eq((String) tier))),
                    id));
  }

  @Test
  void ticksDoWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("maintenance.json", "cases");
    assertTrue(cases.size() >= 1);
    for (Document test : cases) {
      try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
        for (Document item : Vectors.elements(test.source("items"))) {
          store.put(ItemDraft.fromJson(item.text()));
        }
        Vectors.elements(test.source("steps")).forEach(step -> check(store, step));
      }
    }
  }

  private static Consolidation consolidation(Document request) {
    Consolidation made = new Consolidation();
    for (Map.Entry<String, Object> entry : request.value().entrySet()) {
      Object value = entry.getValue();
      made =
          switch (entry.getKey()) {
            case "from" -> made.from((String) value);
            case "filter" -> made.filter(Filter.parse(request.source("filter")));
            case "min_score" -> made.minScore(((Number) value).doubleValue());
            case "min_fill" -> made.minFill(((Number) value).doubleValue());
            case "batch_size" -> made.batchSize(((Number) value).intValue());
            case "max_items" -> made.maxItems(((Number) value).intValue());
            case "retries" -> made.retries(((Number) value).intValue());
            case "compress_above_bytes" -> made.compressAbove(((Number) value).longValue());
            case "dry_run" -> made.dryRun();
            default -> throw new AssertionError(entry.getKey());
          };
    }
    return made;
  }

  private static void check(MemoryStore store, Document test, Consolidated told) {
    Map<String, Object> report = new HashMap<>();
    report.put("from", told.from());
    report.put("to", told.to());
    report.put("triggered", told.triggered());
    report.put("selected", told.selected());
    report.put("below_score", told.belowScore());
    report.put("chosen", told.chosen());
    report.put("batches", told.batches());
    report.put("moved", told.moved());
    report.put("retries", told.retries());
    report.put("failed", told.failed());
    report.put("compressed", told.compressed());
    test.object("report").forEach((key, value) -> assertEquals(value, report.get(key), key));
    test.object("tiers")
        .forEach(
            (id, tier) ->
                assertEquals(
                    1,
                    store.count(Scope.DEFAULT, Field.ID.eq(id).and(Field.TIER.eq((String) tier))),
                    id));
  }

  @Test
  void consolidatingDoesWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("maintenance.json", "consolidations");
    assertTrue(cases.size() >= 9);
    for (Document test : cases) {
      try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
        for (Document item : Vectors.elements(test.source("items"))) {
          store.put(ItemDraft.fromJson(item.text()));
        }
        String request = test.source("request");
        Consolidation asked =
            consolidation(new Document(request, JsonReader.readObject(request)));
        if (!test.has("status")) {
          check(store, test, store.maintenance().consolidate(Scope.DEFAULT, asked, Control.NONE));
          continue;
        }
        MemtierException refused =
            assertThrows(
                MemtierException.class,
                () -> store.maintenance().consolidate(Scope.DEFAULT, asked, Control.NONE));
        assertEquals(test.string("status"), "MEMTIER_" + refused.status().name());
        assertTrue(refused.getMessage().contains(test.string("error")), refused.getMessage());
      }
    }
  }

  private static void runArchiveStep(MemoryStore store, Document step) {
    if (step.has("pack")) {
      int level = ((Number) step.object("pack").get("level")).intValue();
      assertEquals(
          step.value().get("packed"), store.archive().pack(level, false, Control.NONE).items());
      return;
    }
    Document request =
        new Document(step.source("restore"), JsonReader.readObject(step.source("restore")));
    Archive.Restored told =
        request.has("ids")
            ? store.archive().restore(Scope.DEFAULT, request.strings("ids"))
            : store
                .archive()
                .restore(
                    Scope.DEFAULT,
                    Filter.parse(request.source("filter")),
                    request.string("tier"),
                    Control.NONE);
    assertEquals(step.value().get("restored"), told.items());
    assertEquals(step.string("tier"), told.tier());
  }

  @Test
  void theArchiveDoesWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("maintenance.json", "archives");
    assertTrue(cases.size() >= 1);
    for (Document test : cases) {
      try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
        for (Document item : Vectors.elements(test.source("items"))) {
          store.put(ItemDraft.fromJson(item.text()));
        }
        for (Document step : Vectors.elements(test.source("steps"))) {
          if (step.has("status")) {
            MemtierException refused =
                assertThrows(MemtierException.class, () -> runArchiveStep(store, step));
            assertEquals(step.string("status"), "MEMTIER_" + refused.status().name());
            assertTrue(refused.getMessage().contains(step.string("error")), refused.getMessage());
            continue;
          }
          runArchiveStep(store, step);
          if (step.has("blocks")) {
            assertEquals(step.value().get("blocks"), store.archive().statistics().blocks());
          }
          step.object("tiers")
              .forEach(
                  (id, tier) ->
                      assertEquals(
                          1,
                          store.count(
                              Scope.DEFAULT, Field.ID.eq(id).and(Field.TIER.eq((String) tier))),
                          id));
        }
        test.object("contents")
            .forEach((id, content) -> assertEquals(content, store.get(id).orElseThrow().text().orElseThrow()));
      }
    }
  }

  /** Whether a call failed, as a vector says that it must. */
  private static boolean isRefused(Document test, Runnable call) {
    if (!test.has("status")) {
      return false;
    }
    MemtierException refused = assertThrows(MemtierException.class, call::run);
    assertEquals(test.string("status"), "MEMTIER_" + refused.status().name());
    assertTrue(refused.getMessage().contains(test.string("error")), refused.getMessage());
    return true;
  }

  @Test
  void compressingDoesWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("maintenance.json", "compressions");
    assertTrue(cases.size() >= 1);
    for (Document test : cases) {
      try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
        for (Document item : Vectors.elements(test.source("items"))) {
          store.put(ItemDraft.fromJson(item.text()));
        }
        for (Document step : Vectors.elements(test.source("steps"))) {
          Filter filter = Filter.parse(step.source("filter"));
          long above = (Long) step.value().get("above_bytes");
          Supplier<Maintenance.Compressed> call =
              () -> store.maintenance().compressWhere(Scope.DEFAULT, filter, above, Control.NONE);
          if (!isRefused(step, call::get)) {
            Maintenance.Compressed told = call.get();
            assertEquals(step.value().get("matched"), told.matched());
            assertEquals(step.value().get("compressed"), told.items());
          }
        }
        test.object("contents")
            .forEach(
                (id, content) ->
                    assertEquals(content, store.get(id).orElseThrow().text().orElseThrow()));
      }
    }
  }

  @Test
  void forgettingDoesWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("maintenance.json", "forgettings");
    assertTrue(cases.size() >= 6);
    for (Document test : cases) {
      try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
        for (Document item : Vectors.elements(test.source("items"))) {
          store.put(ItemDraft.fromJson(item.text()).scope(Vectors.scopeOf(item.value())));
        }
        Supplier<Receipt> call = () -> Receipt.of(store, test.scope(), Control.NONE);
        if (!isRefused(test, call::get)) {
          assertEquals(test.value().get("forgotten"), call.get().items());
        }
        Scope everything = Vectors.scopeOf(Map.of("collection", "*"));
        for (String id : test.strings("left")) {
          assertEquals(1, store.count(everything, Field.ID.eq(id)), id);
        }
        assertEquals(test.strings("left").size(), store.count(everything, Filter.everything()));
      }
    }
  }

  @Test
  void whatWasDoneBeforeAStopIsTold() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("text").id("a"));
      store.put(MemoryItem.of("text").id("b"));
      Control stop = Control.of((done, total) -> false);
      CancelledException stopped =
          assertThrows(
              CancelledException.class,
              () ->
                  store
                      .maintenance()
                      .consolidate(Scope.DEFAULT, new Consolidation().batchSize(1), stop));
      Consolidated told = stopped.report(Consolidated.class).orElseThrow();
      assertEquals(1, told.moved());
      assertEquals(2, told.chosen());
      assertTrue(stopped.report(Ticked.class).isEmpty());
      stopped =
          assertThrows(
              CancelledException.class,
              () -> store.maintenance().tick(Set.of(Job.POLICIES), Duration.ZERO, stop));
      Ticked ticked = stopped.report(Ticked.class).orElseThrow();
      assertEquals(1, ticked.jobs().get(0).results().size());
      stopped =
          assertThrows(
              CancelledException.class,
              () -> store.policies().apply(Scope.DEFAULT, ApplyRequest.all(), stop));
      assertEquals(1, stopped.report(List.class).orElseThrow().size());
      MemtierException refused =
          assertThrows(MemtierException.class, () -> Receipt.of(store, Scope.DEFAULT, stop));
      assertTrue(refused.report(Receipt.class).isEmpty());
    }
  }

  @Test
  void ticksConsolidateWhereTheStoreIsOpenedSo() {
    try (MemoryStore store =
        MemoryStore.inMemory().consolidation(new Consolidation(), Duration.ofHours(1)).build()) {
      store.put(MemoryItem.of("text").id("a"));
      Set<Job> job = Set.of(Job.CONSOLIDATE);
      Ticked ticked = store.maintenance().tick(job, Duration.ZERO, Control.NONE);
      assertEquals(1, ticked.jobs().get(0).consolidated().orElseThrow().moved());
      ticked = store.maintenance().tick(job, Duration.ZERO, Control.NONE);
      assertTrue(ticked.jobs().get(0).consolidated().isEmpty());
    }
  }

  @Test
  void longContentsAreCompressedWhereTheyStand() {
    try (MemoryStore store = MemoryStore.inMemory().compressAbove(0).build()) {
      store.put(MemoryItem.of("tea ".repeat(1000)).id("a"));
      store.put(MemoryItem.of("tea").id("b"));
      Maintenance.Compressed told =
          store
              .maintenance()
              .compressWhere(Scope.DEFAULT, Filter.everything(), 100, Control.NONE);
      assertEquals(2, told.matched());
      assertEquals(1, told.items());
      assertEquals(4000, told.originalBytes());
      assertTrue(told.compressedBytes() < 400);
    }
  }

  @Test
  void wrongBudgetsAreRefused() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      MemtierException refused =
          assertThrows(
              MemtierException.class,
              () ->
                  store
                      .maintenance()
                      .tick(Set.of(Job.EXPIRE), Duration.ofMillis(-1), Control.NONE));
      assertTrue(refused.getMessage().contains("budget_ms"), refused.getMessage());
    }
  }

  @Test
  void aStoreTendsItself() {
    try (MemoryStore store =
        MemoryStore.inMemory().maintenance(Duration.ofMillis(1), Duration.ZERO).build()) {
      store.maintenance().pause();
      store.put(MemoryItem.of("gone").id("a").ttl(Duration.ofNanos(1000)));
      store.maintenance().resume();
      while (store.statistics().expirations() == 0) {
        Thread.onSpinWait();
      }
    }
  }
}
