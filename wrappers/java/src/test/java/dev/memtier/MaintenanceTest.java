package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
