package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import dev.memtier.internal.Callbacks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies and archive rules. */
class PolicyTest {
  private int before;

  @BeforeEach
  void countCallbacks() {
    before = Callbacks.registered();
  }

  @AfterEach
  void everyCallbackWasLetGo() {
    assertEquals(before, Callbacks.registered());
  }

  private static MemoryStore open(Document test) {
    StoreBuilder builder = MemoryStore.inMemory().clock(new ManualClock());
    if (test.has("ladder")) {
      builder = builder.ladder(Ladder.parse(test.string("ladder")));
    }
    MemoryStore store = builder.build();
    for (Document item : Vectors.elements(test.source("items"))) {
      store.put(ItemDraft.fromJson(Vectors.expand(item.text())));
    }
    if (test.has("policies")) {
      Vectors.elements(test.source("policies")).forEach(one -> store.policies().put(policy(one)));
    }
    if (test.has("archive_rules")) {
      Vectors.elements(test.source("archive_rules"))
          .forEach(one -> store.archiveRules().put(rule(one)));
    }
    return store;
  }

  private static Filter condition(Document document) {
    return Filter.parse(document.has("condition") ? document.source("condition") : "{}");
  }

  private static Policy policy(Document document) {
    Map<String, Object> value = document.value();
    return new Policy(
        (String) value.get("name"),
        condition(document),
        Policy.Action.valueOf(document.string("action").toUpperCase(Locale.ROOT)),
        (String) value.getOrDefault("tag", ""),
        (Long) value.getOrDefault("priority", 0L),
        (Boolean) value.getOrDefault("enabled", true));
  }

  private static ArchiveRule rule(Document document) {
    Map<String, Object> value = document.value();
    return new ArchiveRule(
        (String) value.get("name"),
        ArchiveRule.Kind.valueOf(document.string("kind").toUpperCase(Locale.ROOT)),
        condition(document),
        ((Long) value.getOrDefault("level", 6L)).intValue(),
        (Long) value.getOrDefault("priority", 5L),
        (Boolean) value.getOrDefault("enabled", true));
  }

  private static List<MemoryItem> find(MemoryStore store, Filter filter) {
    try (var items = store.stream(Scope.DEFAULT, Listing.of(filter).ascendingBy(Field.ID))) {
      return items.toList();
    }
  }

  @SuppressWarnings("unchecked")
  private static ApplyRequest request(Document step) {
    Map<String, Object> document = step.object("request");
    List<String> names = (List<String>) document.get("names");
    ApplyRequest request = names == null ? ApplyRequest.all() : ApplyRequest.of(names);
    return document.get("dry_run") == Boolean.TRUE ? request.asDryRun() : request;
  }

  private static List<Applied> apply(MemoryStore store, Document step) {
    return step.string("apply").equals("policies")
        ? store.policies().apply(Scope.DEFAULT, request(step))
        : store.archiveRules().apply(Scope.DEFAULT, request(step));
  }

  private static void check(MemoryStore store, Document step) {
    if (step.has("error")) {
      MemtierException refused =
          assertThrows(MemtierException.class, () -> apply(store, step), step::toString);
      assertTrue(refused.getMessage().contains(step.string("error")), refused.getMessage());
      return;
    }
    List<Object> results = new ArrayList<>();
    List<Object> skipped = new ArrayList<>();
    for (Applied one : apply(store, step)) {
      results.add(List.of(one.name(), one.count()));
      one.skipped().ifPresent(why -> skipped.add(one.name()));
    }
    assertEquals(step.value().get("results"), results, step.toString());
    assertEquals(step.strings("skipped"), skipped, step.toString());
    step.object("tiers")
        .forEach((id, tier) -> assertEquals(tier, find(store, Field.ID.eq(id)).get(0).tier(), id));
    step.strings("gone").forEach(id -> assertEquals(List.of(), find(store, Field.ID.eq(id)), id));
    step.object("tagged")
        .forEach(
            (tag, ids) ->
                assertEquals(
                    ids, find(store, Field.TAGS.eq(tag)).stream().map(MemoryItem::id).toList()));
  }

  @Test
  void theyDoWhatTheVectorsSay() {
    List<Document> cases = Vectors.load("policies.json", "cases");
    assertTrue(cases.size() >= 3);
    for (Document test : cases) {
      try (MemoryStore store = open(test)) {
        if (test.has("listed")) {
          assertEquals(
              test.strings("listed"), store.policies().list().stream().map(Policy::name).toList());
        }
        if (test.has("listed_rules")) {
          assertEquals(
              test.strings("listed_rules"),
              store.archiveRules().list().stream().map(ArchiveRule::name).toList());
        }
        Vectors.elements(test.source("steps")).forEach(step -> check(store, step));
      }
    }
  }

  @Test
  void wrongDocumentsAreRefused() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      for (Document test : Vectors.load("policies.json", "refused")) {
        Document document = new Document(test.source("document"), test.object("document"));
        Runnable put;
        try {
          if (test.string("what").equals("policy")) {
            Policy policy = policy(document);
            put = () -> store.policies().put(policy);
          } else if (document.has("condition")) {
            ArchiveRule rule = rule(document);
            put = () -> store.archiveRules().put(rule);
          } else {
            continue;
          }
        } catch (RuntimeException cannotBeSaid) {
          continue;
        }
        if (document.has("unknown")) {
          continue; // neither can this
        }
        MemtierException refused = assertThrows(MemtierException.class, put::run, test::toString);
        assertEquals(Status.INVALID, refused.status());
        assertTrue(refused.getMessage().contains(test.string("error")), refused.getMessage());
      }
    }
  }

  @Test
  void whatIsListedCanBePutAgain() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      List<String> policies = store.policies().list().stream().map(Policy::toJson).toList();
      store.policies().list().forEach(store.policies()::put);
      assertEquals(policies, store.policies().list().stream().map(Policy::toJson).toList());
      List<String> rules = store.archiveRules().list().stream().map(ArchiveRule::toJson).toList();
      store.archiveRules().list().forEach(store.archiveRules()::put);
      assertEquals(
          rules, store.archiveRules().list().stream().map(ArchiveRule::toJson).toList());
      store.archiveRules().delete("unaccessed_old");
      assertThrows(
          NotFoundException.class, () -> store.archiveRules().delete("unaccessed_old"));
    }
  }

  @Test
  void aDeciderChoosesItems() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("drop this").id("a").type("note"));
      store.put(MemoryItem.of("keep this").id("b").type("note"));
      store.put(MemoryItem.of("drop that").id("c").type("fact"));
      List<String> seen = new ArrayList<>();
      PolicyDecider decider =
          (items, dryRun, chosen) -> {
            for (int i = 0; i < items.size(); i++) {
              seen.add(items.get(i).id() + (dryRun ? " dry" : ""));
              chosen[i] = items.get(i).content().startsWith("drop");
            }
          };
      Policy policy = Policy.of("dropper", Field.TYPE.eq("note"), Policy.Action.DELETE);
      store.policies().put(policy, decider);
      assertEquals(before + 1, Callbacks.registered());
      ApplyRequest request = ApplyRequest.of(Set.of("dropper"));
      List<Applied> one =
          List.of(new Applied("dropper", Policy.Action.DELETE, 1, Optional.empty()));
      assertEquals(one, store.policies().apply(Scope.DEFAULT, request.asDryRun()));
      assertEquals(3, store.count(Scope.DEFAULT, Filter.parse("{}")));
      assertEquals(one, store.policies().apply(Scope.DEFAULT, request));
      assertEquals(List.of("a dry", "b dry", "a", "b"), seen);
      assertThrows(AlreadyExistsException.class, () -> store.policies().put(policy));
      store.policies().delete("dropper");
      assertEquals(before, Callbacks.registered());
      store.policies().put(policy, decider);
    }
  }

  @Test
  void aDeciderThatFailsFailsTheCall() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("tea").id("a"));
      IllegalStateException broken = new IllegalStateException("broken");
      store
          .policies()
          .put(
              Policy.of("broken", Filter.parse("{}"), Policy.Action.CALLBACK),
              (items, dryRun, chosen) -> {
                throw broken;
              });
      CallbackException failed =
          assertThrows(
              CallbackException.class,
              () -> store.policies().apply(Scope.DEFAULT, ApplyRequest.of(List.of("broken"))));
      assertSame(broken, failed.getCause());
    }
  }
}
