package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Runs the steps of one case: its stores, their clock, and what one step leaves to the next. */
final class Machine implements AutoCloseable {
  /** What callbacks of the vectors fail with. */
  private static final RuntimeException OWN = new RuntimeException("a failure of the test's own");

  private final Path folder;
  private final boolean isFile;
  private final String ladder;
  private final String order;
  private final boolean refresh;
  private final Map<String, MemoryStore> stores = new HashMap<>();
  private final OwnClock clock = new OwnClock();
  private byte[] exported = {};
  private String token = "";

  // Of the step that is run.
  Keys step;
  private String name;
  MemoryStore store;
  Scope scope;
  Control control;

  private static final class OwnClock extends ManualClock {
    Runnable beside;

    @Override
    public Instant instant() {
      if (beside != null) {
        beside.run();
      }
      return super.instant();
    }
  }

  Machine(Keys test, Path folder) {
    this.folder = folder;
    isFile = test.flag("file", false);
    ladder = test.source("ladder");
    Keys options = Keys.of(test.has("options") ? test.source("options") : "{}");
    order = options.text("eviction_order");
    refresh = options.flag("ttl_refresh_on_read", false);
    options.finish();
  }

  @Override
  public void close() {
    stores.values().forEach(MemoryStore::close);
  }

  void run(Keys given) throws Exception {
    step = given;
    name = step.get("store", "main");
    step.has("about");
    String status = step.get("status", "MEMTIER_OK");
    String words = step.text("error");
    String call = step.text("do");
    if (!stores.containsKey(name)) {
      open(path(), ladder, "", true);
    }
    store = stores.get(name);
    String[] inside = prepareClock(step.text("clock"));
    RuntimeException failure = null;
    try (CancelToken token = new CancelToken()) {
      prepareControl(token);
      scope = step.has("scope") ? Vectors.scopeOf(step.object("scope")) : Scope.DEFAULT;
      act(call);
    } catch (MemtierException | IllegalStateException | IllegalArgumentException thrown) {
      failure = thrown;
    } finally {
      clock.beside = null;
    }
    String message = failure == null ? "" : failure.getMessage();
    assertEquals(status, statusOf(failure), message);
    assertTrue(message.contains(words), message);
    if (inside != null) {
      assertEquals(step.text("clock"), inside[0]);
    }
    step.finish();
  }

  /** The status that an exception stands for, which must be the one that this language promises. */
  static String statusOf(RuntimeException failure) {
    if (failure == null) {
      return Status.OK.nativeName();
    }
    if (failure instanceof IllegalArgumentException) { // found before anything is called
      return Status.INVALID.nativeName();
    }
    if (failure instanceof IllegalStateException) {
      MemtierException cause = assertInstanceOf(MemtierException.class, failure.getCause());
      assertEquals(Status.CLOSED, cause.status());
      return cause.status().nativeName();
    }
    MemtierException known = (MemtierException) failure;
    Map<Status, Class<?>> classes =
        Map.of(
            Status.NOT_FOUND, NotFoundException.class,
            Status.EXISTS, AlreadyExistsException.class,
            Status.CONFLICT, ConflictException.class,
            Status.CANCELLED, CancelledException.class,
            Status.CALLBACK, CallbackException.class);
    if (!(known instanceof BatchException)) {
      assertInstanceOf(classes.getOrDefault(known.status(), MemtierException.class), known);
    }
    if (known instanceof CallbackException) {
      assertSame(OWN, known.getCause());
    }
    assertEquals(known.status().code(), known.code());
    return known.status().nativeName();
  }

  /** What a call from inside the clock gave, once it was made. */
  private String[] prepareClock(String what) {
    if (what.isEmpty()) {
      return null;
    }
    if (what.equals("fails")) {
      clock.beside =
          () -> {
            throw OWN;
          };
      return null;
    }
    String[] inside = {"no call"};
    clock.beside =
        () -> {
          try {
            store.exists("x");
            inside[0] = statusOf(null);
          } catch (MemtierException refused) {
            inside[0] = statusOf(refused);
          }
        };
    return inside;
  }

  private void prepareControl(CancelToken token) {
    control = Control.NONE;
    if (step.flag("cancel", false)) {
      token.trip();
      control = Control.of(token);
    }
    if (step.has("progress")) {
      assertEquals("fails", step.text("progress"));
      control =
          Control.of(
              (done, total) -> {
                throw OWN;
              });
    }
  }

  private Path path() {
    return isFile ? folder.resolve(name + ".mem") : null;
  }

  private void open(Path path, String ladder, String tokenizer, boolean create) {
    StoreBuilder builder = path == null ? MemoryStore.inMemory() : MemoryStore.builder(path);
    builder.clock(clock).create(create).refreshTtlOnRead(refresh);
    if (!order.isEmpty()) {
      builder.evictionOrder(EvictionOrder.valueOf(order.toUpperCase(Locale.ROOT)));
    }
    if (!tokenizer.isEmpty()) {
      builder.tokenizer(Tokenizer.valueOf(tokenizer.toUpperCase(Locale.ROOT)));
    }
    if (ladder.startsWith("\"")) {
      String preset = (String) JsonReader.read(ladder);
      builder.ladder(
          Map.of("default", Ladder.DEFAULT, "six", Ladder.SIX, "three", Ladder.THREE, "levels", Ladder.LEVELS)
              .get(preset));
    } else if (!ladder.isEmpty()) {
      builder.ladder(Ladder.parse(ladder));
    }
    stores.put(name, builder.build());
  }

  private ItemDraft draft(String json) {
    Keys keys = Keys.of(json);
    ItemDraft draft = new ItemDraft().scope(scope);
    if (keys.has("id")) draft.id(keys.text("id"));
    if (keys.has("type")) draft.type(keys.text("type"));
    if (keys.has("content")) draft.content(keys.text("content"));
    if (keys.has("content_type")) draft.contentType(keys.text("content_type"));
    if (keys.has("metadata")) draft.metadata(keys.source("metadata"));
    if (keys.has("tags")) draft.tags(keys.texts("tags").toArray(String[]::new));
    if (keys.has("tier")) draft.tier(keys.text("tier"));
    if (keys.has("importance")) draft.importance(keys.fraction("importance"));
    if (keys.has("priority")) draft.priority(keys.number("priority", 0));
    if (keys.has("pinned")) draft.pinned(keys.flag("pinned", false));
    if (keys.has("created_us")) draft.createdAt(instant(keys.number("created_us", 0)));
    if (keys.has("expires_us")) draft.expiresAt(instant(keys.number("expires_us", 0)));
    if (keys.has("access_count")) draft.accessCount(keys.number("access_count", 0));
    if (keys.has("validation_count")) draft.validationCount(keys.number("validation_count", 0));
    long ttl = keys.number("ttl_us", 0);
    if (ttl > 0) draft.ttl(Duration.of(ttl, ChronoUnit.MICROS));
    if (ttl < 0) draft.noTtl();
    keys.finish();
    return draft;
  }

  private ItemChanges changes() {
    Keys set = Keys.of(step.has("set") ? step.source("set") : "{}");
    List<String> added = step.texts("add_tags");
    List<String> removed = step.texts("remove_tags");
    long version = step.number("version", 0);
    ItemChanges changes = new ItemChanges();
    if (set.has("type")) changes.type(set.text("type"));
    if (set.has("content")) changes.content(set.text("content"));
    if (set.has("metadata")) changes.metadata(set.source("metadata"));
    if (set.has("tier")) changes.tier(set.text("tier"));
    if (set.has("importance")) changes.importance(set.fraction("importance"));
    if (set.has("priority")) changes.priority(set.number("priority", 0));
    if (set.has("pinned")) changes.pinned(set.flag("pinned", false));
    long ttl = set.number("ttl_us", 0);
    if (ttl > 0) changes.ttl(Duration.of(ttl, ChronoUnit.MICROS));
    if (ttl < 0) changes.noTtl();
    set.finish();
    added.forEach(changes::addTag);
    removed.forEach(changes::removeTag);
    return version == 0 ? changes : changes.expectedVersion(version);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  Durability durability() {
    return Durability.valueOf(step.get("durability", "default").toUpperCase(Locale.ROOT));
  }

  PutMode mode() {
    return PutMode.valueOf(step.get("mode", "replace").toUpperCase(Locale.ROOT));
  }

  Filter filter() {
    return step.has("filter") ? Filter.parse(step.source("filter")) : Filter.everything();
  }

  /** "gives": keys of the item's document with their values, metadata byte for byte; "absent". */
  void expectItem(MemoryItem item) {
    Map<String, Object> actual = JsonReader.readObject(item.toJson());
    Map<String, Object> gives = step.object("gives");
    for (String key : gives.keySet()) {
      if (key.equals("metadata")) {
        String source = Vectors.memberSource(step.source("gives"), key);
        assertEquals(source, item.metadata().orElse(""));
      } else if (gives.get(key) instanceof Number number && actual.get(key) instanceof Number found) {
        assertEquals(number.doubleValue(), found.doubleValue(), key);
        assertEquals(number.longValue(), found.longValue(), key);
      } else {
        assertEquals(gives.get(key), actual.get(key), key);
      }
    }
    step.texts("absent").forEach(key -> assertFalse(actual.containsKey(key), key));
  }

  void expect(String key, Object actual) {
    if (step.has(key)) {
      Object expected = step.get(key, null);
      assertEquals(expected, actual, key);
    }
  }

  /** Those of the numbers that the step names. */
  private void expectNumbers(String key, Map<String, Long> actual) {
    step.object(key).forEach((number, value) -> assertEquals(value, actual.get(number), number));
  }

  /** "statuses"; a result with an item has the id that was asked for. */
  private void expectStatuses(List<ItemResult> results, List<String> ids) {
    List<String> statuses = new ArrayList<>();
    for (ItemResult result : results) {
      result.item().ifPresent(item -> assertEquals(ids.get(statuses.size()), item.id()));
      assertEquals(result.status().nativeName(), statusOf(result.failure().orElse(null)));
      statuses.add(result.status().nativeName());
    }
    expect("statuses", statuses);
  }

  private void act(String call) throws Exception {
    switch (call) {
      case "advance" -> clock.advance(
          Duration.of(Math.round(step.fraction("seconds") * 1e6), ChronoUnit.MICROS));
      case "open" -> reopen();
      case "close" -> store.close();
      case "flush" -> store.flush(control);
      case "put" -> {
        ItemDraft draft = draft(step.source("item"));
        long version = step.number("version", 0);
        draft = version == 0 ? draft : draft.expectedVersion(version);
        expectItem(store.put(draft, mode(), durability()));
      }
      case "put_many" -> putMany();
      case "get" -> expectItem(store.require(scope, step.text("id")));
      case "get_many" -> {
        List<String> ids = step.texts("ids");
        expectStatuses(store.getMany(scope, ids, control), ids);
      }
      case "update" -> {
        String id = step.text("id");
        expectItem(store.update(scope, id, changes(), durability()));
      }
      case "delete" -> {
        long version = step.number("version", 0);
        if (!store.delete(scope, step.text("id"), version, durability())) {
          throw new NotFoundException(""); // an answer here, and no failure
        }
      }
      case "delete_many" -> expectStatuses(
          store.deleteMany(scope, step.texts("ids"), durability(), control), List.of());
      case "exists" -> expect("exists", store.exists(scope, step.text("id")));
      case "validate" -> expect("count", store.validate(scope, step.text("id")));
      case "move" -> {
        String id = step.text("id");
        store.move(scope, id, step.text("tier"));
      }
      case "count" -> expect("count", store.count(scope, filter(), control));
      case "list" -> list();
      case "update_where" -> expect(
          "count", store.updateWhere(scope, filter(), changes(), durability(), control));
      case "delete_where" -> expect(
          "count", store.deleteWhere(scope, filter(), durability(), control));
      case "search" -> {
        Hits hits = store.search(scope, Query.parse(step.source("query")), control);
        expect("ids", hits.stream().map(hit -> hit.item().id()).toList());
      }
      case "sweep" -> expect("count", store.sweep(control));
      case "optimize" -> {
        OptimizeResult result = store.optimize(scope, control);
        expect("count", result.total());
        expect("demoted", result.demoted());
      }
      case "tier_clear" -> expect("count", store.clear(scope, step.texts("tiers"), control));
      case "transitions" -> transitions();
      case "tiers" -> expect(
          "items",
          store.tiers().stream()
              .collect(Collectors.toMap(TierStatistics::name, TierStatistics::itemCount)));
      case "statistics" -> statistics();
      case "export" -> export();
      case "import" -> importLines();
      default -> new MemorySteps(this).act(call);
    }
  }

  private void reopen() throws Exception {
    String other = step.text("path");
    Path path = other.isEmpty() ? path() : folder.resolve(other);
    if (step.has("bytes")) {
      Files.writeString(path, step.text("bytes"));
    }
    String tiers = step.has("ladder") ? step.source("ladder") : ladder;
    store.close();
    open(path, tiers, step.text("tokenizer"), step.flag("create", true));
  }

  private void putMany() {
    Collection<ItemDraft> drafts = new ArrayList<>();
    for (Document item : step.elements("items")) {
      drafts.add(draft(item.text()));
    }
    try {
      List<MemoryItem> items = store.putMany(drafts, mode(), durability(), control);
      expect("statuses", items.stream().map(item -> Status.OK.nativeName()).toList());
    } catch (BatchException some) {
      expect("statuses", some.results().stream().map(one -> one.status().nativeName()).toList());
      throw some;
    }
  }

  private void list() {
    Listing listing = step.has("filter") ? Listing.of(filter()) : Listing.all();
    if (step.has("order_by") || step.has("descending")) {
      String field = step.get("order_by", "created_us");
      FilterKey key =
          Arrays.stream(Field.values()).filter(each -> each.path().equals(field)).findFirst().orElseThrow();
      boolean descending = step.flag("descending", true);
      listing = descending ? listing.descendingBy(key) : listing.ascendingBy(key);
    }
    if (step.has("skip")) listing = listing.skip(step.number("skip", 0));
    if (step.has("limit")) listing = listing.limit(step.number("limit", 0));
    if (step.flag("after", false)) listing = listing.after(token);
    int size = (int) step.number("page", 100);
    long pages = step.number("pages", Long.MAX_VALUE);
    List<String> ids = new ArrayList<>();
    try (Cursor cursor = store.list(scope, listing)) {
      for (long read = 0; read < pages; read++) {
        List<MemoryItem> page = cursor.next(size);
        if (page.isEmpty()) {
          break;
        }
        page.forEach(item -> ids.add(item.id()));
      }
      token = cursor.token();
    }
    expect("ids", ids);
  }

  private void transitions() {
    TransitionQuery query = TransitionQuery.newest((int) step.number("limit", 100));
    if (step.has("id")) {
      query = query.ofItem(step.text("id"));
    }
    List<List<String>> rows = new ArrayList<>();
    for (Transition row : store.transitions(scope, query)) {
      rows.add(List.of(row.id(), row.fromTier(), row.toTier().orElse(""), row.reason()));
    }
    expect("rows", rows);
  }

  private void statistics() {
    StoreStatistics read = store.statistics();
    Map<String, Long> actual = new TreeMap<>();
    actual.put("item_count", read.itemCount());
    actual.put("expired_count", read.expiredCount());
    actual.put("gets", read.gets());
    actual.put("gets_missed", read.getsMissed());
    actual.put("puts", read.puts());
    actual.put("deletes", read.deletes());
    actual.put("searches", read.searches());
    actual.put("promotions", read.promotions());
    actual.put("demotions", read.demotions());
    actual.put("evictions", read.evictions());
    actual.put("expirations", read.expirations());
    expectNumbers("values", actual);
  }

  private void export() {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    expect("count", store.exportTo(lines, scope, filter(), control));
    if (step.flag("same", false)) {
      assertEquals(new String(exported, StandardCharsets.UTF_8), lines.toString(StandardCharsets.UTF_8));
    }
    exported = lines.toByteArray();
  }

  private void importLines() {
    StringBuilder lines = new StringBuilder();
    if (step.flag("exported", false)) {
      lines.append(new String(exported, StandardCharsets.UTF_8));
    }
    step.elements("lines").forEach(line -> lines.append(line.text()).append('\n'));
    ImportOptions options =
        step.has("options") ? ImportOptions.parse(step.source("options")) : ImportOptions.DEFAULT;
    ByteArrayInputStream in =
        new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8));
    ImportReport report = store.importFrom(in, scope, options, control);
    expectNumbers(
        "report",
        Map.of(
            "lines", report.lines(),
            "stored", report.stored(),
            "replaced", report.replaced(),
            "skipped", report.skipped(),
            "failed", report.failed(),
            "first_failed_line", report.firstFailedLine()));
  }
}
