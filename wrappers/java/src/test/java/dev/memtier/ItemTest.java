package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items are written and read as they are. */
class ItemTest {
  private static final Scope ADA = Scope.ofUser("ada").withSession("s1");

  private final ManualClock clock = new ManualClock();
  private MemoryStore store;

  @BeforeEach
  void open() {
    store = MemoryStore.inMemory().clock(clock).background(false).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void anItemComesBackAsItWasPut() {
    Instant made = Instant.parse("2026-01-02T03:04:05.123456Z");
    MemoryItem put =
        store.put(
            MemoryItem.of("green tea")
                .id("tea")
                .scope(ADA.withApp("app").withAgent("bot").withCollection("notes"))
                .type("fact")
                .contentType("text/markdown")
                .metadata(Map.of("cups", Long.MAX_VALUE))
                .tags("drink", "warm")
                .tier("long_term")
                .importance(0.25)
                .priority(Long.MIN_VALUE)
                .pinned(true)
                .ttl(Duration.ofDays(30))
                .createdAt(made)
                .updatedAt(made.plusSeconds(1))
                .accessedAt(made.plusSeconds(2))
                .accessCount(7)
                .validationCount(3));
    MemoryItem item = store.require(ADA.withCollection("notes"), "tea");
    assertEquals("tea", item.id());
    assertEquals(put.scope(), item.scope());
    assertEquals(Optional.of("bot"), item.scope().agent());
    assertEquals("notes", item.collection());
    assertEquals(Optional.of("fact"), item.type());
    assertEquals("text/markdown", item.contentType());
    assertEquals("green tea", item.content());
    assertEquals(Optional.of("{\"cups\":9223372036854775807}"), item.metadata());
    assertEquals(Map.of("cups", Long.MAX_VALUE), item.metadataMap());
    assertEquals(List.of("drink", "warm"), item.tags());
    assertEquals("long_term", item.tier());
    assertEquals(2, item.tierNumber());
    assertEquals(0.25, item.importance());
    assertEquals(Long.MIN_VALUE, item.priority());
    assertTrue(item.isPinned());
    assertEquals(Optional.of(Duration.ofDays(30)), item.ttl());
    assertEquals(Optional.of(ManualClock.START.plus(Duration.ofDays(30))), item.expiresAt());
    assertEquals(made, item.createdAt());
    assertEquals(made.plusSeconds(1), item.updatedAt());
    assertEquals(1, item.version());
    assertEquals(7, put.accessCount());
    assertEquals(3, item.validationCount());
    assertTrue(item.changeSequence() > 0);
    assertTrue(item.sizeBytes() > item.contentSize());
  }

  @Test
  void whatIsNotSetHasItsDefault() {
    MemoryItem item = store.put(new ItemDraft());
    assertFalse(item.id().isEmpty());
    assertEquals("", item.content());
    assertEquals("text/plain", item.contentType());
    assertEquals(Optional.empty(), item.type());
    assertEquals(Optional.empty(), item.metadata());
    assertEquals(Map.of(), item.metadataMap());
    assertEquals(List.of(), item.tags());
    assertEquals(0.5, item.importance());
    assertEquals("working", item.tier());
    assertEquals(Optional.empty(), item.ttl());
    assertEquals(Optional.empty(), item.expiresAt());
    assertEquals(ManualClock.START, item.createdAt());
    assertFalse(item.isPinned());
  }

  @Test
  void anImageAndABuilderStoreTheSame() {
    ItemDraft draft =
        MemoryItem.of("x").id("a").type("t").tags("1", "2").importance(0.3).metadata("{\"a\":1}");
    MemoryItem byImage = store.put(draft);
    store.delete(Scope.DEFAULT, "a");
    // A counter that is explicitly 0 is something that an image cannot say.
    MemoryItem byBuilder = store.put(draft.accessCount(0));
    assertEquals(
        byImage.toJson().replaceFirst("\"version\":\\d+", ""),
        byBuilder.toJson().replaceFirst("\"version\":\\d+", ""));
  }

  @Test
  void zeroCanBeSaid() {
    store.put(MemoryItem.of("x").id("a").accessCount(5).createdAt(Instant.now()));
    MemoryItem item = store.put(MemoryItem.of("y").id("a").accessCount(0).createdAt(Instant.EPOCH));
    assertEquals(0, item.accessCount());
    assertEquals(Instant.EPOCH, item.createdAt());
    assertEquals(5, store.put(MemoryItem.of("z").id("b").accessCount(5)).accessCount());
    assertEquals(5, store.put(MemoryItem.of("z").id("b")).accessCount());
  }

  @Test
  void textIsExact() {
    String text = "tea \uD83C\uDF75 \uD83D\uDC69\u200D\uD83D\uDE80, a NUL\0, \u00e9\u0416\u6f22";
    for (String id : List.of(text.replace("\0", ""), "plain", "\u00e9", "x".repeat(1024))) {
      MemoryItem put = store.put(MemoryItem.of(text).id(id).type("t\u00e9").tag("\uD83C\uDF75"));
      MemoryItem got = store.get(id).orElseThrow();
      assertEquals(id, put.id());
      assertEquals(id, got.id());
      assertEquals(text, got.content());
      assertEquals(List.of("\uD83C\uDF75"), got.tags());
      assertTrue(store.exists(Scope.DEFAULT, id));
    }
    store.put(MemoryItem.of("x").id("a"));
    assertFalse(store.get("a\0b").isPresent(), "an id does not end at a NUL");
  }

  @Test
  void halfACharacterIsRefusedAndNotReplaced() {
    String half = "tea \uD83C";
    assertThrows(IllegalArgumentException.class, () -> store.put(MemoryItem.of(half)));
    assertThrows(IllegalArgumentException.class, () -> store.put(MemoryItem.of("x").id(half)));
    assertThrows(IllegalArgumentException.class, () -> store.get(half));
    assertThrows(
        IllegalArgumentException.class, () -> store.count(Scope.DEFAULT, Field.ID.eq(half)));
    assertThrows(IllegalArgumentException.class, () -> store.search(Query.text(half)));
    assertThrows(IllegalArgumentException.class, () -> store.get(Scope.ofUser(half), "x"));
  }

  @Test
  void bytesAreExactAndNotTakenForText() {
    byte[] bytes = {(byte) 0xFF, 0, (byte) 0xC3, 10};
    MemoryItem item = store.put(MemoryItem.of(bytes).id("b"));
    assertArrayEquals(bytes, item.contentBytes());
    assertEquals("application/octet-stream", item.contentType());
    assertEquals(Optional.empty(), item.text());
    assertThrows(IllegalStateException.class, item::content);
    assertEquals("\uFFFD", store.put(MemoryItem.of("\uFFFD")).content());
  }

  @Test
  void whatIsReadIsACopy() {
    MemoryItem item = store.put(MemoryItem.of("tea").id("tea"));
    item.contentBytes()[0] = 'X';
    byte[] mine = {1, 2, 3};
    ItemDraft draft = MemoryItem.of(mine);
    mine[0] = 9;
    assertEquals("tea", item.content());
    assertEquals(1, store.put(draft).contentBytes()[0]);
  }

  @Test
  void contentOfAnySizeGoesThroughEveryWay() {
    Random random = new Random(42);
    for (int size : new int[] {0, 1, 7, 15_000, 16_384, 17_000, 1 << 20, (1 << 20) + 1, 5 << 20}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      String id = "size-" + size;
      assertArrayEquals(content, store.put(MemoryItem.of(content).id(id)).contentBytes());
      assertArrayEquals(content, store.get(id).orElseThrow().contentBytes());
      List<ItemResult> many = store.getMany(Scope.DEFAULT, List.of(id, "size-0", id));
      assertArrayEquals(content, many.get(2).require().contentBytes());
      MemoryItem changed =
          store.update(Scope.DEFAULT, id, new ItemChanges().content(content).addTag("t"));
      assertArrayEquals(content, changed.contentBytes());
      try (LiveItem live = store.getLive(Scope.DEFAULT, id)) {
        assertArrayEquals(content, live.snapshot().contentBytes());
      }
    }
  }

  @Test
  void integersInMetadataAreExact() {
    BigInteger largest = new BigInteger("18446744073709551615");
    store.put(MemoryItem.of("").id("n").metadata(Map.of("n", largest)));
    assertEquals(largest, store.get("n").orElseThrow().metadataMap().get("n"));
    assertEquals(1, store.count(Scope.DEFAULT, Filter.key("n").eq(largest)));
    BigInteger other = largest.subtract(BigInteger.ONE);
    assertEquals(0, store.count(Scope.DEFAULT, Filter.key("n").eq(other)));
    store.put(MemoryItem.of("").id("m").metadata("{\"n\": 9007199254740993, \"x\":[1.5,null]}"));
    Map<String, Object> read = store.get("m").orElseThrow().metadataMap();
    assertEquals(9007199254740993L, read.get("n"));
    assertEquals(Arrays.asList(1.5, null), read.get("x"));
  }

  @Test
  void anUpdateChangesWhatItSaysAndNothingElse() {
    store.put(MemoryItem.of("tea").id("a").tags("x", "y").type("t").priority(5));
    MemoryItem item =
        store.update(
            Scope.DEFAULT,
            "a",
            new ItemChanges()
                .content("coffee")
                .addTag("z")
                .removeTag("x")
                .importance(1)
                .metadata(Map.of("k", "v"))
                .noTtl()
                .expectedVersion(1));
    assertEquals("coffee", item.content());
    assertEquals(List.of("y", "z"), item.tags());
    assertEquals(Optional.of("t"), item.type());
    assertEquals(5, item.priority());
    assertEquals(2, item.version());
    ItemChanges all =
        new ItemChanges()
            .json("{\"priority\": 6}")
            .type("u")
            .content(new byte[] {1})
            .contentType("image/png")
            .tier("archive")
            .pinned(true)
            .ttl(Duration.ofHours(1))
            .expiresAt(ManualClock.START.plusSeconds(60))
            .createdAt(ManualClock.START)
            .accessCount(2)
            .validationCount(4);
    item = store.update(Scope.DEFAULT, "a", all, Durability.FULL);
    assertEquals(6, item.priority());
    assertEquals("archive", item.tier());
    assertEquals(Optional.of(ManualClock.START.plusSeconds(60)), item.expiresAt());
    assertEquals(4, item.validationCount());
    assertThrows(
        ConflictException.class,
        () -> store.update(Scope.DEFAULT, "a", new ItemChanges().priority(1).expectedVersion(1)));
    assertThrows(
        NotFoundException.class, () -> store.update(Scope.DEFAULT, "b", new ItemChanges()));
    assertThrows(IllegalArgumentException.class, () -> new ItemChanges().ttl(Duration.ZERO));
  }

  @Test
  void modesVersionsAndScopesAreKept() {
    store.put(MemoryItem.of("1").id("a").scope(ADA), PutMode.CREATE, Durability.NORMAL);
    ItemDraft again = MemoryItem.of("2").id("a").scope(ADA);
    assertThrows(
        AlreadyExistsException.class, () -> store.put(again, PutMode.CREATE, Durability.DEFAULT));
    assertEquals(2, store.put(again.expectedVersion(1)).version());
    assertThrows(ConflictException.class, () -> store.put(again));
    ItemDraft other = MemoryItem.of("3").id("b");
    assertThrows(
        NotFoundException.class, () -> store.put(other, PutMode.UPDATE, Durability.DEFAULT));
    assertFalse(store.get(Scope.ofUser("bob"), "a").isPresent());
    assertTrue(store.get(Scope.ofUser("ada"), "a").isPresent());
    store.put(MemoryItem.of("4").id("a").scope(Scope.ofUser("ada").withSession("s2")));
    MemtierException several =
        assertThrows(MemtierException.class, () -> store.get(Scope.ofUser("ada"), "a"));
    assertEquals(Status.AMBIGUOUS, several.status());
    assertThrows(
        ConflictException.class, () -> store.delete(ADA, "a", 7, Durability.DEFAULT));
    assertTrue(store.delete(ADA, "a", 2, Durability.DEFAULT));
    assertFalse(store.delete(ADA, "a"));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ItemDraft().importance(-0.1));
    assertThrows(IllegalArgumentException.class, () -> new ItemDraft().importance(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new ItemDraft().tag("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> new ItemDraft().tag(""));
    assertThrows(IllegalArgumentException.class, () -> new ItemDraft().ttl(Duration.ZERO));
    assertThrows(NullPointerException.class, () -> new ItemDraft().id(null));
    assertInvalid(MemoryItem.of("x").id("x".repeat(1025)));
    assertInvalid(MemoryItem.of("x").metadata("[]"));
    assertInvalid(MemoryItem.of("x").tag("a\tb"));
    assertInvalid(MemoryItem.of("x").expectedVersion(-1));
    assertInvalid(MemoryItem.of("x").scope(Scope.EVERYTHING));
    assertInvalid(MemoryItem.of("x").scope(Scope.ofUser("a\nb")));
    assertThrows(NotFoundException.class, () -> store.put(MemoryItem.of("x").tier("no such")));
    assertEquals(0, store.count(Scope.EVERYTHING, Filter.everything()));
    MemtierException tooLong =
        assertThrows(MemtierException.class, () -> store.get("x".repeat(1025)));
    assertEquals(Status.INVALID, tooLong.status());
  }

  private void assertInvalid(ItemDraft draft) {
    MemtierException invalid = assertThrows(MemtierException.class, () -> store.put(draft));
    assertEquals(Status.INVALID, invalid.status());
  }

  @Test
  void manyAreStoredReadAndDeletedInOneCall() {
    List<ItemDraft> drafts =
        List.of(
            MemoryItem.of("1").id("a"),
            ItemDraft.fromJson("{\"id\": \"b\", \"content\": \"2\"}"),
            MemoryItem.of("3").id("c").scope(ADA));
    List<MemoryItem> stored = store.putMany(drafts);
    assertEquals(List.of("a", "b", "c"), stored.stream().map(MemoryItem::id).toList());
    List<ItemResult> got = store.getMany(Scope.DEFAULT, List.of("c", "x", "a"));
    assertEquals("3", got.get(0).require().content());
    assertEquals(Status.NOT_FOUND, got.get(1).status());
    assertFalse(got.get(1).isOk());
    assertThrows(NotFoundException.class, () -> got.get(1).require());
    assertEquals(Optional.of("1"), got.get(2).item().map(MemoryItem::content));
    List<ItemResult> deleted =
        store.deleteMany(Scope.DEFAULT, List.of("a", "x"), Durability.DEFAULT);
    assertTrue(deleted.get(0).isOk());
    assertEquals(Status.NOT_FOUND, deleted.get(1).status());
    assertEquals(List.of(), store.getMany(Scope.DEFAULT, List.of()));
    assertEquals(List.of(), store.putMany(List.of()));
  }

  @Test
  void aBatchTellsWhichItemsFailedAndKeepsTheOthers() {
    store.put(MemoryItem.of("old").id("b"));
    List<ItemDraft> drafts = List.of(MemoryItem.of("1").id("a"), MemoryItem.of("2").id("b"),
        MemoryItem.of("3").id("c").tier("nowhere"), MemoryItem.of("4").id("d"));
    BatchException failed =
        assertThrows(
            BatchException.class, () -> store.putMany(drafts, PutMode.CREATE, Durability.DEFAULT));
    assertEquals(Status.EXISTS, failed.status());
    assertEquals(
        List.of(Status.OK, Status.EXISTS, Status.NOT_FOUND, Status.OK),
        failed.results().stream().map(ItemResult::status).toList());
    assertTrue(failed.getCause() instanceof AlreadyExistsException);
    assertTrue(store.exists(Scope.DEFAULT, "d"));
    List<ItemDraft> tooMany = java.util.Collections.nCopies(100_001, MemoryItem.of("x"));
    assertThrows(IllegalArgumentException.class, () -> store.putMany(tooMany));
  }

  @Test
  void aLiveItemFollowsTheStoreAndOutlivesIt() {
    store.put(MemoryItem.of("tea").id("a").tags("x", "y").importance(0.4));
    LiveItem live = store.getLive(Scope.DEFAULT, "a");
    final LiveItem second = live.share();
    long reads = live.accessCount();
    store.get("a");
    assertEquals(reads + 1, live.accessCount());
    store.validate(Scope.DEFAULT, "a");
    assertEquals(1, live.validationCount());
    assertEquals("working", live.tier());
    assertEquals(List.of("x", "y"), live.tags());
    assertEquals(0.4, live.importance());
    assertEquals(ManualClock.START, live.accessedAt());
    assertTrue(live.matches(Field.TAGS.eq("x")));
    assertFalse(live.matches(Field.TAGS.eq("z")));
    store.close();
    live.close();
    live.close();
    assertEquals("a", second.id());
    assertEquals(1, second.version());
    assertTrue(second.sizeBytes() > 0);
    assertEquals("tea", second.snapshot().content());
    assertThrows(IllegalStateException.class, live::id);
    second.close();
    assertThrows(NotFoundException.class, () -> {
      try (MemoryStore other = MemoryStore.inMemory().build()) {
        other.getLive(Scope.DEFAULT, "a");
      }
    });
  }

  @Test
  void anItemMatchesWithoutItsStore() {
    MemoryItem item = store.put(MemoryItem.of("tea").id("a").tags("x", "y").importance(0.4));
    Hit hit = store.search(Query.text("tea")).get(0);
    store.close();
    Filter both = Field.TAGS.eq("x").and(Field.TIER.eq("working"));
    assertTrue(item.matches(both));
    assertTrue(hit.item().matches(both));
    assertFalse(item.matches(both.negate()));
    assertTrue(item.matches(Filter.everything()));
    MemtierException refused =
        assertThrows(
            MemtierException.class, () -> item.matches(Filter.parse("{\"colour\": 1}")));
    assertEquals(Status.INVALID, refused.status());
    assertTrue(refused.getMessage().contains("$.colour"), refused.getMessage());
  }

  @Test
  void aLargeItemMatchesAndHasADocument() {
    String content = "tea ".repeat(200_000);
    MemoryItem item = store.put(MemoryItem.of(content).id("a"));
    assertTrue(item.matches(Field.CONTENT.contains("tea")));
    assertEquals(content, JsonReader.readObject(item.toJson()).get("content"));
  }

  @Test
  void anEmptyNameOfAScopeIsRefused() {
    List<Function<String, Scope>> ways =
        List.of(
            Scope::ofUser,
            Scope::ofCollection,
            Scope.DEFAULT::withApp,
            Scope.DEFAULT::withUser,
            Scope.DEFAULT::withAgent,
            Scope.DEFAULT::withSession,
            Scope.DEFAULT::withCollection);
    for (Function<String, Scope> way : ways) {
      assertThrows(IllegalArgumentException.class, () -> way.apply(""));
      assertThrows(NullPointerException.class, () -> way.apply(null));
      assertNotEquals(Scope.DEFAULT, way.apply("x"));
    }
  }

  @Test
  void itemsAndScopesAreValues() {
    MemoryItem put = store.put(MemoryItem.of("tea").id("a"));
    List<ItemResult> twice = store.getMany(Scope.DEFAULT, List.of("a", "a"));
    store.put(MemoryItem.of("coffee").id("a"));
    assertNotEquals(put, store.require(Scope.DEFAULT, "a"));
    assertEquals(put.id(), twice.get(0).require().id());
    assertEquals(put, put);
    assertEquals(Scope.ofUser("a").withSession("b"), Scope.DEFAULT.withSession("b").withUser("a"));
    assertEquals(
        Scope.ofUser("a").withSession("b").hashCode(),
        Scope.DEFAULT.withSession("b").withUser("a").hashCode());
    assertEquals(Optional.of("*"), Scope.EVERYTHING.collection());
    assertEquals(Optional.empty(), Scope.DEFAULT.app());
    assertTrue(put.toString().contains("id=a"));
  }
}
