package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists, searches, tiers, options: what concerns more than one item. */
class StoreTest {
  private final ManualClock clock = new ManualClock();
  @TempDir Path folder;
  private MemoryStore store;

  @BeforeEach
  void open() {
    store =
        MemoryStore.builder(folder.resolve("a.mem")).clock(clock).background(false).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void putNumbers(int count) {
    store.putMany(
        IntStream.range(0, count)
            .mapToObj(i -> MemoryItem.of("number " + i).id("n" + i).metadata(Map.of("n", i)))
            .toList());
  }

  private static List<String> ids(List<MemoryItem> items) {
    return items.stream().map(MemoryItem::id).toList();
  }

  @Test
  void aStreamGivesEverythingInOrderOnce() {
    putNumbers(1200);
    Listing byNumber = Listing.all().ascendingBy(Filter.key("n"));
    try (Stream<MemoryItem> items = store.stream(Scope.DEFAULT, byNumber)) {
      assertEquals(
          IntStream.range(0, 1200).mapToObj(i -> "n" + i).toList(),
          items.map(MemoryItem::id).toList());
    }
    Listing few =
        Listing.of(Filter.key("n").gte(10)).descendingBy(Filter.key("n")).skip(2).limit(3);
    try (Stream<MemoryItem> items = store.stream(Scope.DEFAULT, few)) {
      assertEquals(List.of("n1197", "n1196", "n1195"), items.map(MemoryItem::id).toList());
    }
  }

  @Test
  void aCursorGoesOnElsewhereWithItsToken() {
    putNumbers(5);
    Listing byNumber = Listing.all().ascendingBy(Filter.key("n"));
    String token;
    try (Cursor cursor = store.list(Scope.DEFAULT, byNumber)) {
      assertEquals("", cursor.token());
      assertEquals(List.of("n0", "n1"), ids(cursor.next(2)));
      token = cursor.token();
    }
    try (Cursor cursor = store.list(Scope.DEFAULT, byNumber.after(token))) {
      assertEquals(List.of("n2", "n3", "n4"), ids(cursor.next(10, Control.NONE)));
      assertEquals(List.of(), cursor.next(10));
    }
    try (Cursor cursor = store.list(Scope.DEFAULT, Listing.parse("{\"limit\": 2}"))) {
      List<LiveItem> live = cursor.nextLive(10);
      assertEquals(2, live.size());
      live.forEach(LiveItem::close);
      assertThrows(MemtierException.class, () -> cursor.next(0));
    }
    assertThrows(IllegalStateException.class, () -> Listing.parse("{}").limit(1));
  }

  @Test
  void aListingTellsHowItIsDone() {
    store.putMany(
        List.of(
            MemoryItem.of("one").type("fact"),
            MemoryItem.of("two").type("fact"),
            MemoryItem.of("three").type("note")));
    Listing facts = Listing.of(Field.TYPE.eq("fact")).limit(1);
    Map<?, ?> told = (Map<?, ?>) JsonReader.read(store.explain(Scope.DEFAULT, facts));
    Map<?, ?> list = (Map<?, ?>) told.get("list");
    Map<?, ?> count = (Map<?, ?>) told.get("count");
    assertEquals("ix_type", list.get("path"));
    assertEquals("ix_type", count.get("path"));
    assertEquals(1L, list.get("items"));
    assertEquals(2L, count.get("count"));
    String nobody = store.explain(Scope.ofUser("nobody"), facts);
    assertTrue(nobody.contains("\"path\":\"none\""), nobody);
    Listing wrong = Listing.all().descendingBy(Field.CONTENT);
    assertThrows(MemtierException.class, () -> store.explain(Scope.DEFAULT, wrong));
  }

  @Test
  void aSearchFindsByWordsAndFilter() {
    store.putMany(
        List.of(
            MemoryItem.of("Ada likes green tea").id("tea").type("fact").importance(0.9),
            MemoryItem.of("Bob likes black tea").id("black").scope(Scope.ofUser("bob")),
            MemoryItem.of("a bicycle").id("bike").metadata(Map.of("title", "tea time"))));
    Query tea = Query.text("who likes tea?").filter(Field.TYPE.eq("fact"));
    Hits hits = store.search(Scope.DEFAULT, tea.snippets().explain());
    assertEquals(List.of("tea"), ids(hits.items()));
    assertTrue(hits.get(0).score() > 0);
    assertEquals(Optional.of("Ada **likes** green **tea**"), hits.get(0).snippet());
    assertTrue(hits.explanation().startsWith("{\""), hits.explanation());
    assertArrayEquals(new double[] {hits.get(0).score()}, hits.scores());
    assertArrayEquals(new double[] {0.9}, hits.importances());
    assertEquals(3, store.search(Query.text("tea")).size());
    assertEquals(
        List.of("black"), ids(store.search(Scope.ofUser("bob"), Query.text("tea")).items()));
    assertEquals(
        1, store.search(Query.text("tea AND green").syntax(Query.Syntax.BOOLEAN)).size());
    assertEquals(1, store.search(Query.text("black tea").match(Query.Match.ALL)).size());
    assertEquals(2, store.search(Query.text("tea").topK(2)).size());
    assertEquals(1, store.search(Query.text("tea").skip(2)).size());
    assertEquals(
        "bike", store.search(Query.text("tea").weights(0.1, 50, 1)).get(0).item().id());
    assertEquals(0, store.search(Query.newest()).get(0).score());
    assertEquals("{}", store.search(Query.newest()).explanation());
    assertEquals(Optional.empty(), store.search(Query.newest()).get(0).snippet());
    try (PreparedQuery prepared = tea.prepare()) {
      assertEquals(hits.items(), store.search(Scope.DEFAULT, prepared, Control.NONE).items());
      prepared.close();
      assertThrows(
          IllegalStateException.class,
          () -> store.search(Scope.DEFAULT, prepared, Control.NONE));
    }
    assertThrows(UnsupportedOperationException.class, () -> hits.remove(0));
    assertThrows(MemtierException.class, () -> Query.parse("{\"x\": 1}").prepare());
  }

  @Test
  void aLongResultIsCopiedWhole() {
    String text = "tea ".repeat(20_000);
    store.putMany(
        IntStream.range(0, 40).mapToObj(i -> MemoryItem.of(text + i).id("t" + i)).toList());
    Hits hits = store.search(Query.text("tea").topK(100));
    assertEquals(40, hits.size());
    assertEquals(40, ids(hits.items()).stream().distinct().count());
    hits.forEach(hit -> assertTrue(hit.item().content().startsWith(text)));
  }

  @Test
  void filtersChangeAndDeleteMany() {
    putNumbers(20);
    Filter small = Filter.key("n").lt(5);
    ItemChanges mark = new ItemChanges().addTag("small");
    assertEquals(
        5, store.updateWhere(Scope.DEFAULT, small, mark, Durability.DEFAULT, Control.NONE));
    assertEquals(5, store.count(Scope.DEFAULT, Field.TAGS.eq("small")));
    assertEquals(
        5, store.deleteWhere(Scope.DEFAULT, small, Durability.DEFAULT, Control.NONE));
    assertEquals(15, store.count(Scope.DEFAULT, Filter.everything()));
    MemtierException refused =
        assertThrows(
            MemtierException.class,
            () ->
                store.deleteWhere(
                    Scope.DEFAULT, Filter.everything(), Durability.DEFAULT, Control.NONE));
    assertEquals(Status.INVALID, refused.status());
  }

  @Test
  void itemsMoveAlongTheLadderAndTheLogTellsWhy() {
    store.put(MemoryItem.of("tea").id("a"));
    store.move(Scope.DEFAULT, "a", "archive");
    assertEquals("archive", store.require(Scope.DEFAULT, "a").tier());
    clock.advance(Duration.ofMinutes(1));
    store.move(Scope.DEFAULT, "a", "working");
    clock.advance(Duration.ofDays(2));
    store.put(MemoryItem.of("idle").id("b"));
    clock.advance(Duration.ofDays(2));
    OptimizeResult result = store.optimize(Scope.DEFAULT, Control.NONE);
    assertEquals(2, result.total());
    assertEquals(
        Map.of("working", 2L, "short_term", 0L, "long_term", 0L, "archive", 0L), result.demoted());
    List<Transition> rows =
        store.transitions(Scope.DEFAULT, TransitionQuery.newest(10).ofItem("a"));
    assertEquals(
        List.of("idle", "manual", "manual"), rows.stream().map(Transition::reason).toList());
    assertEquals("archive", rows.get(1).fromTier());
    assertEquals(Optional.of("working"), rows.get(1).toTier());
    assertEquals(ManualClock.START.plusSeconds(60), rows.get(1).time());
    assertEquals(
        1,
        store
            .transitions(
                Scope.DEFAULT,
                TransitionQuery.newest(10).ofItem("a").since(ManualClock.START.plusSeconds(61)))
            .size());
    assertEquals(1, store.clear(Scope.DEFAULT, List.of("short_term"), Control.NONE) - 1);
    assertThrows(
        NotFoundException.class, () -> store.move(Scope.DEFAULT, "a", "working"));
  }

  @Test
  void answersAreKept() {
    try (MemoryStore own = MemoryStore.inMemory().queryCacheBytes(1 << 20).build()) {
      own.put(MemoryItem.of("tea").id("a"));
      assertEquals(1, own.search(Scope.DEFAULT, Query.text("tea")).size());
      assertEquals(1, own.search(Scope.DEFAULT, Query.text("tea")).size());
      own.put(MemoryItem.of("tea").id("b"));
      assertEquals(2, own.search(Scope.DEFAULT, Query.text("tea")).size());
      StoreStatistics read = own.statistics();
      assertEquals(1, read.queryCacheHits());
      assertEquals(2, read.queryCacheMisses());
      assertEquals(1, read.queryCacheEntries());
      assertTrue(read.queryCacheBytes() > 0);
    }
  }

  @Test
  void timeRunsOutAndPinnedItemsStay() {
    store.put(MemoryItem.of("short").id("a").ttl(Duration.ofMinutes(1)));
    store.put(MemoryItem.of("pinned").id("b").ttl(Duration.ofMinutes(1)));
    assertTrue(store.pin(Scope.DEFAULT, "b", true).isPinned());
    clock.advance(Duration.ofHours(1));
    assertFalse(store.get("a").isPresent());
    assertTrue(store.get("b").isPresent());
    assertEquals(1, store.statistics().expiredCount());
    assertEquals(1, store.sweep(Control.NONE));
    assertEquals(1, store.statistics().expirations());
    assertEquals(1, store.validate(Scope.DEFAULT, "b"));
    assertThrows(NotFoundException.class, () -> store.validate(Scope.DEFAULT, "a"));
  }

  @Test
  void statisticsCountWhatWasDone() {
    putNumbers(3);
    store.get("n0");
    store.get("no");
    store.search(Query.text("number"));
    store.delete(Scope.DEFAULT, "n2");
    StoreStatistics numbers = store.statistics();
    assertEquals(2, numbers.itemCount());
    assertEquals(3, numbers.puts());
    assertEquals(2, numbers.gets());
    assertEquals(1, numbers.getsMissed());
    assertEquals(1, numbers.searches());
    assertEquals(1, numbers.deletes());
    assertEquals(StoreOption.MEMORY_LIMIT.bounds().defaultValue(), numbers.memoryLimitBytes());
    List<TierStatistics> tiers = store.tiers();
    assertEquals(
        List.of("working", "short_term", "long_term", "archive"),
        tiers.stream().map(TierStatistics::name).toList());
    assertEquals(Medium.RAM, tiers.get(0).medium());
    assertEquals(100, tiers.get(0).capacityItems());
    assertEquals(2, tiers.get(0).itemCount());
    assertEquals(1, tiers.get(0).hits());
    assertEquals(0.02, tiers.get(0).utilization(), 1e-9);
    assertEquals(0.5, tiers.get(0).averageImportance(), 1e-9);
    assertEquals(Duration.ZERO, tiers.get(0).averageAge());
    assertEquals(3, tiers.get(3).number());
  }

  @Test
  void aLadderIsTypedOrADocument() {
    Ladder own =
        Ladder.of(
            Tier.of("near", Medium.RAM)
                .withCapacity(10)
                .withCapacityBytes(1 << 20)
                .withTtl(Duration.ofDays(1))
                .withLatencyBudget(Duration.ofMillis(5))
                .withPromotion(
                    Tier.Promotion.NEVER
                        .reads(2, Duration.ofHours(1))
                        .importance(0.7)
                        .accessCount(9)
                        .validationCount(4))
                .withDemotion(Duration.ofMinutes(90), 2),
            Tier.of("far", Medium.ARCHIVE));
    assertEquals(2, own.tiers().size());
    try (MemoryStore other =
        MemoryStore.builder(folder.resolve("b.mem")).ladder(own).build()) {
      assertEquals(own.tiers(), other.ladder().tiers());
      MemoryItem item = other.put(MemoryItem.of("x").id("x"));
      assertEquals(Optional.of(Duration.ofDays(1)), item.ttl());
      assertEquals(Optional.empty(), other.put(MemoryItem.of("x").noTtl()).ttl());
      assertEquals(Optional.of(Duration.ofMillis(5)), other.tiers().get(0).latencyBudget());
    }
    MemtierException other =
        assertThrows(
            MemtierException.class,
            () -> MemoryStore.builder(folder.resolve("b.mem")).ladder(Ladder.SIX).build());
    assertEquals(Status.MISMATCH, other.status());
    try (MemoryStore changed =
        MemoryStore.builder(folder.resolve("b.mem"))
            .ladder(Ladder.SIX)
            .changeLadder(true)
            .prefetch(4)
            .build()) {
      assertEquals(6, changed.ladder().tiers().size());
      assertEquals(0, changed.statistics().prefetched());
      assertEquals(0, changed.statistics().prefetchHits());
    }
    assertEquals(6, Ladder.SIX.tiers().size());
    assertEquals("external", Ladder.THREE.tiers().get(2).name());
    assertEquals(4, Ladder.LEVELS.tiers().size());
    assertEquals(Ladder.DEFAULT.tiers(), store.ladder().tiers());
    assertEquals(Ladder.parse("six"), Ladder.SIX);
    assertThrows(
        MemtierException.class,
        () -> MemoryStore.inMemory().ladder(Ladder.parse("{\"tiers\": []}")).build());
  }

  private static List<String> found(MemoryStore store, String text) {
    return ids(store.search(Query.text(text)).items());
  }

  @Test
  void aTokenizerIsKeptByItsStore() {
    Path file = folder.resolve("words.mem");
    try (MemoryStore words = MemoryStore.builder(file).tokenizer(Tokenizer.CJK).build()) {
      words.put(MemoryItem.of("\u6211\u559c\u6b22\u7eff\u8336").id("tea"));
      words.put(MemoryItem.of("drinks").id("drinks"));
      assertEquals(List.of("tea"), found(words, "\u7eff\u8336"));
      assertEquals(List.of(), found(words, "drink"), "no stems but with ENGLISH");
    }
    MemtierException other =
        assertThrows(
            MemtierException.class,
            () -> MemoryStore.builder(file).tokenizer(Tokenizer.ENGLISH).build());
    assertEquals(Status.MISMATCH, other.status());
    try (MemoryStore words = MemoryStore.builder(file).build()) {
      assertEquals(List.of("tea"), found(words, "\u7eff\u8336"));
    }
  }

  @Test
  void everyTokenizerIsOneOfTheLibraryAndNoOtherIs() {
    for (Tokenizer tokenizer : Tokenizer.values()) {
      MemoryStore.inMemory().tokenizer(tokenizer).build().close();
    }
    assertThrows(NullPointerException.class, () -> MemoryStore.inMemory().tokenizer(null));
    Call call = new Call();
    call.check(Native.optionsCreate(call.out, call.error));
    long options = call.out[0];
    int key = NativeConstants.MEMTIER_OPTION_TOKENIZER;
    MemtierException unknown =
        assertThrows(
            MemtierException.class,
            () ->
                call.check(
                    Native.optionsSetText(options, key, Utf8.encode("klingon"), call.error)));
    Native.optionsDestroy(options);
    assertEquals(Status.INVALID, unknown.status());
    assertTrue(unknown.getMessage().contains("klingon"), unknown.getMessage());
  }

  @Test
  void everyOptionIsTaken() throws Exception {
    Path file = folder.resolve("c.mem");
    assertThrows(NotFoundException.class, () -> MemoryStore.builder(file).create(false).build());
    try (MemoryStore other =
        MemoryStore.builder(file)
            .create(true)
            .durability(Durability.RELAXED)
            .relaxedInterval(Duration.ofMillis(5))
            .busyTimeout(Duration.ofSeconds(1))
            .journalSize(StoreOption.JOURNAL_SIZE.bounds().minimum())
            .memoryLimit(32 << 20)
            .readerCount(2)
            .background(true)
            .transitionLimit(100)
            .accessInterval(Duration.ofSeconds(1))
            .refreshTtlOnRead(true)
            .evictionOrder(EvictionOrder.LRU)
            .randomSeed(7)
            .build()) {
      other.put(MemoryItem.of("tea"));
      other.flush(Control.NONE);
      assertEquals(32 << 20, other.statistics().memoryLimitBytes());
    }
    assertTrue(Files.size(file) > 0);
    for (StoreOption option : StoreOption.values()) {
      StoreOption.Bounds bounds = option.bounds();
      assertTrue(bounds.minimum() <= bounds.defaultValue(), option.name());
      assertTrue(bounds.defaultValue() <= bounds.maximum(), option.name());
    }
    MemtierException wrong =
        assertThrows(
            MemtierException.class, () -> MemoryStore.inMemory().readerCount(-1).build());
    assertEquals(Status.INVALID, wrong.status());
    for (EvictionOrder order : EvictionOrder.values()) {
      if (order != EvictionOrder.CALLBACK) {
        MemoryStore.inMemory().evictionOrder(order).build().close();
      }
    }
    List<String> first = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (MemoryStore seeded = MemoryStore.inMemory().randomSeed(7).clock(clock).build()) {
        first.add(seeded.put(MemoryItem.of("x")).id());
      }
    }
    assertEquals(first.get(0), first.get(1));
  }

  @Test
  void aPathWithANulIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new StoreBuilder("a\0b").build());
    assertEquals(
        Status.UNSUPPORTED,
        assertThrows(MemtierException.class, () -> new StoreBuilder("http://x").build()).status());
  }

  @Test
  void twoStoresOfOneFileSeeEachOther() {
    try (MemoryStore other = MemoryStore.open(folder.resolve("a.mem"))) {
      other.put(MemoryItem.of("tea").id("a"));
      assertEquals("tea", store.require(Scope.DEFAULT, "a").content());
    }
  }

  @Test
  void theLibraryTellsItsVersion() {
    assertEquals(Memtier.requiredVersion(), Memtier.version());
    assertTrue(Memtier.versionDetails().contains("\"" + Memtier.version() + "\""));
  }

  private static List<String> drinks(MemoryReader memory) {
    return memory.search(Query.text("drinks")).stream().map(hit -> hit.item().id()).toList();
  }

  private static void remember(MemoryWriter memory, String id, String content) {
    memory.put(MemoryItem.of(content).id(id));
  }

  @Test
  void codeCanBeHandedReadingOrWritingAlone() {
    remember(store, "a", "Ada drinks tea");
    assertEquals(List.of("a"), drinks(store));
  }

  @Test
  void shortFormsMeanTheDefaults() {
    putNumbers(6);
    assertTrue(store.exists("n1"));
    assertTrue(store.delete("n1"));
    assertFalse(store.delete("n1"));
    assertFalse(store.exists("n1"));
    assertEquals(Status.OK, store.deleteMany(Scope.DEFAULT, List.of("n2")).get(0).status());
    Filter large = Filter.key("n").gte(4);
    assertEquals(2, store.updateWhere(Scope.DEFAULT, large, new ItemChanges().pinned(true)));
    assertEquals(2, store.deleteWhere(Scope.DEFAULT, Field.PINNED.eq(true)));
    assertEquals(2, store.count(Scope.DEFAULT, Filter.everything()));
    store.put(MemoryItem.of("soon gone").ttl(Duration.ofMinutes(1)));
    clock.advance(Duration.ofHours(25));
    assertEquals(1, store.sweep());
    assertEquals(2, store.optimize().total());
    store.flush();
    assertEquals(0, store.statistics().journalBytes());
  }

  @Test
  void anExternalArchiveLiesBesideTheStore() {
    Ladder ladder = Ladder.of(Tier.of("near", Medium.RAM), Tier.external("far", "cold"));
    Path path = folder.resolve("external.mem");
    try (MemoryStore store = MemoryStore.builder(path).ladder(ladder).build()) {
      store.put(MemoryItem.of("green tea").id("a").tier("far"));
      assertEquals(1, store.archive().pack().items());
      assertEquals(1, folder.resolve("cold").toFile().list().length);
      assertEquals("green tea", store.get("a").orElseThrow().text().orElseThrow());
      assertEquals(ladder.tiers(), store.ladder().tiers());
      assertEquals(Medium.EXTERNAL, store.tiers().get(1).medium());
    }
  }
}
