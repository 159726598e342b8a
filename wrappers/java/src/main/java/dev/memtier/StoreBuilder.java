package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Model;
import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How to open a store. What is not set has its default. Opens any number of stores; one thread at a
 * time.
 */
public final class StoreBuilder {
  private final String path;
  private final Map<StoreOption, Long> numbers = new LinkedHashMap<>();
  private Ladder ladder;
  private Tokenizer tokenizer;
  private Clock clock;
  private LogListener log;
  private LogLevel logLevel;
  private EvictionScorer scorer;
  private Promoter promoter;
  private TokenCounter counter;
  private EmbedderKind embedderKind = EmbedderKind.BUILTIN;
  private Path modelPath;
  private String embedderName = "";
  private String consolidation = "";
  private int embedderDimension;
  private Embedder embedder;

  StoreBuilder(String path) {
    this.path = Objects.requireNonNull(path, "path");
  }

  private StoreBuilder set(StoreOption option, long value) {
    numbers.put(option, value);
    return this;
  }

  /**
   * Says whether a missing file is made.
   *
   * @param create default true; else {@link NotFoundException}
   * @return this
   */
  public StoreBuilder create(boolean create) {
    return set(StoreOption.CREATE, create ? 1 : 0);
  }

  /**
   * Sets what an acknowledged write has survived.
   *
   * @param durability default {@link Durability#NORMAL}
   * @return this
   */
  public StoreBuilder durability(Durability durability) {
    if (durability == Durability.DEFAULT) {
      numbers.remove(StoreOption.DURABILITY);
      return this;
    }
    return set(StoreOption.DURABILITY, durability.code);
  }

  /**
   * Sets in which time relaxed writes are committed.
   *
   * @param interval default 10 ms
   * @return this
   */
  public StoreBuilder relaxedInterval(Duration interval) {
    return set(StoreOption.RELAXED_INTERVAL, Times.millis(interval));
  }

  /**
   * Sets the longest wait for another writer.
   *
   * @param timeout default 10 s
   * @return this
   */
  public StoreBuilder busyTimeout(Duration timeout) {
    return set(StoreOption.BUSY_TIMEOUT, Times.millis(timeout));
  }

  /**
   * Sets the size of the journal; when the store is made.
   *
   * @param bytes default 16 MiB
   * @return this
   */
  public StoreBuilder journalSize(long bytes) {
    return set(StoreOption.JOURNAL_SIZE, bytes);
  }

  /**
   * Bounds the RAM for items and caches.
   *
   * @param bytes default 256 MiB
   * @return this
   */
  public StoreBuilder memoryLimit(long bytes) {
    return set(StoreOption.MEMORY_LIMIT, bytes);
  }

  /**
   * Sets how many connections read at once.
   *
   * @param count default 4
   * @return this
   */
  public StoreBuilder readerCount(int count) {
    return set(StoreOption.READER_COUNT, count);
  }

  /**
   * Says whether the store has a thread of its own.
   *
   * @param background default true
   * @return this
   */
  public StoreBuilder background(boolean background) {
    return set(StoreOption.BACKGROUND, background ? 1 : 0);
  }

  /**
   * Bounds the transition log.
   *
   * @param rows default 10000
   * @return this
   */
  public StoreBuilder transitionLimit(long rows) {
    return set(StoreOption.TRANSITION_LIMIT, rows);
  }

  /**
   * Compresses longer content where that saves a fifth.
   *
   * @param bytes 1024 where it is not set; 0: never
   * @return this builder
   */
  public StoreBuilder compressAbove(long bytes) {
    return set(StoreOption.COMPRESS_THRESHOLD, bytes);
  }

  /**
   * Sets in which time access statistics are written.
   *
   * @param interval default 5 s
   * @return this
   */
  public StoreBuilder accessInterval(Duration interval) {
    return set(StoreOption.ACCESS_INTERVAL, Times.millis(interval));
  }

  /**
   * Says whether a read starts an item's time to live anew.
   *
   * @param refresh default false
   * @return this
   */
  public StoreBuilder refreshTtlOnRead(boolean refresh) {
    return set(StoreOption.TTL_REFRESH_ON_READ, refresh ? 1 : 0);
  }

  /**
   * Says which items of an overflowing tier go first.
   *
   * @param order default {@link EvictionOrder#RETENTION}; for CALLBACK see {@link #evictionScorer}
   * @return this
   */
  public StoreBuilder evictionOrder(EvictionOrder order) {
    return set(StoreOption.EVICTION_ORDER, order.code);
  }

  /**
   * Lets the caller say which items of an overflowing tier go first.
   *
   * @param scorer in place of any {@link #evictionOrder}
   * @return this
   */
  public StoreBuilder evictionScorer(EvictionScorer scorer) {
    this.scorer = Objects.requireNonNull(scorer, "scorer");
    return this;
  }

  /**
   * Lets the caller say which items that were read go one tier up.
   *
   * @param promoter beside the rules of the ladder
   * @return this
   */
  public StoreBuilder promoter(Promoter promoter) {
    this.promoter = Objects.requireNonNull(promoter, "promoter");
    return this;
  }

  /**
   * Says how the tokens of texts are counted for the budget of a context.
   *
   * @param counter default: four bytes are a token
   * @return this
   */
  public StoreBuilder tokenCounter(TokenCounter counter) {
    this.counter = Objects.requireNonNull(counter, "counter");
    return this;
  }

  /**
   * Seeds generated ids, for tests.
   *
   * @param seed 0 (the default) is unpredictable
   * @return this
   */
  public StoreBuilder randomSeed(long seed) {
    return set(StoreOption.RANDOM_SEED, seed);
  }

  /**
   * Sets in which time a link loses half of its strength.
   *
   * @param halfLife default 30 days; zero: never
   * @return this
   */
  public StoreBuilder linkHalfLife(Duration halfLife) {
    return set(StoreOption.LINK_HALF_LIFE_SECONDS, Times.seconds(halfLife));
  }

  /**
   * Links what is read by id with what was read before it.
   *
   * @param window with how many of these: 0 (the default, off) to 16
   * @return this
   */
  public StoreBuilder learnLinks(int window) {
    return set(StoreOption.LEARN_LINKS, window);
  }

  /**
   * Lets the store do its maintenance itself, on a thread of its own. The clock and the eviction scorer are
   * then called on that thread too; policies with a {@link PolicyDecider} are left to {@link
   * Maintenance#tick()}.
   *
   * @param interval between two ticks; zero, the default: none
   * @param budget how long a tick takes, about; zero: no limit
   * @return this
   */
  public StoreBuilder maintenance(Duration interval, Duration budget) {
    return set(StoreOption.MAINTENANCE_INTERVAL, Times.millis(interval))
        .set(StoreOption.MAINTENANCE_BUDGET, Times.millis(budget));
  }

  /**
   * Lets ticks consolidate.
   *
   * @param consolidation what goes; a dry run has no meaning here
   * @param every at most once in this time, in whole seconds; zero: in each tick
   * @return this
   */
  public StoreBuilder consolidation(Consolidation consolidation, Duration every) {
    this.consolidation = Json.write(consolidation.option(every));
    return this;
  }

  /**
   * Keeps what searches found; no answer is ever out of date.
   *
   * @param bytes of RAM for it; 0 (the default): nothing is kept
   * @return this
   */
  public StoreBuilder queryCacheBytes(long bytes) {
    return set(StoreOption.QUERY_CACHE_BYTES, bytes);
  }

  /**
   * Lets a read by id that has to look into the file bring items with it, into RAM: those that were read
   * behind its item before.
   *
   * @param items at most so many; 0 (the default, off) to 16
   * @return this
   */
  public StoreBuilder prefetch(int items) {
    return set(StoreOption.PREFETCH, items);
  }

  /**
   * Lets {@link #ladder} give a store that exists another ladder. Items whose tier is not in it go into the
   * hottest tier of the same medium, or of the next colder one. {@link Status#BUSY} while others have the
   * store open, {@link Status#LIMIT} where the last tier has no room for what there is.
   *
   * @param change default false
   * @return this
   */
  public StoreBuilder changeLadder(boolean change) {
    return set(StoreOption.CHANGE_LADDER, change ? 1 : 0);
  }

  /**
   * Sets the tiers. For a store that exists it must be its own, or {@link Status#MISMATCH}; but see {@link
   * #changeLadder}.
   *
   * @param ladder default: the store's own; of a new one {@link Ladder#DEFAULT}
   * @return this
   */
  public StoreBuilder ladder(Ladder ladder) {
    this.ladder = Objects.requireNonNull(ladder, "ladder");
    return this;
  }

  /**
   * Says how text is split into words. For a store that exists it must be its own, or {@link
   * Status#MISMATCH}.
   *
   * @param tokenizer default: the store's own; of a new one {@link Tokenizer#ENGLISH}
   * @return this
   */
  public StoreBuilder tokenizer(Tokenizer tokenizer) {
    this.tokenizer = Objects.requireNonNull(tokenizer, "tokenizer");
    return this;
  }

  /**
   * Says what makes vectors of texts.
   *
   * @param kind default {@link EmbedderKind#BUILTIN}, whose model's file must be found; for CALLBACK
   *     see {@link #embedder(String, int, Embedder)}
   * @return this
   */
  public StoreBuilder embedder(EmbedderKind kind) {
    embedderKind = Objects.requireNonNull(kind, "kind");
    return this;
  }

  /**
   * Gives the store an embedder of the caller's.
   *
   * @param name of its model, its version too: vectors of one name are never compared with those of
   *     another
   * @param dimension components of its vectors
   * @param embedder makes the vectors
   * @return this
   */
  public StoreBuilder embedder(String name, int dimension, Embedder embedder) {
    this.embedder = Objects.requireNonNull(embedder, "embedder");
    embedderName = Objects.requireNonNull(name, "name");
    embedderDimension = dimension;
    return embedder(EmbedderKind.CALLBACK);
  }

  /**
   * Sets how many texts an {@link Embedder} gets at once, at most.
   *
   * @param texts default 64
   * @return this
   */
  public StoreBuilder embedBatch(int texts) {
    return set(StoreOption.EMBED_BATCH, texts);
  }

  /**
   * Names the file of the built-in embedder, or its folder.
   *
   * @param path default: the one that the environment variable {@code MEMTIER_MODEL_PATH} names, or
   *     else the one beside the library, installed with it, or in the jar
   * @return this
   */
  public StoreBuilder modelPath(Path path) {
    modelPath = Objects.requireNonNull(path, "path");
    return this;
  }

  /**
   * Gives the store a clock: every age, time to live and idle time follows it. It is asked at the
   * start of each operation, from any thread, so it must be quick and thread-safe.
   *
   * @param clock default: the system's
   * @return this
   */
  public StoreBuilder clock(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Sends the store's log somewhere. Without, the library is silent.
   *
   * @param level the most talkative level that is wanted
   * @param listener receives the lines
   * @return this
   */
  public StoreBuilder log(LogLevel level, LogListener listener) {
    logLevel = Objects.requireNonNull(level, "level");
    log = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Opens the store.
   *
   * @return the store, to be closed
   * @throws MemtierException with {@link Status#NOT_FOUND}, {@link Status#CORRUPT}, {@link
   *     Status#NEWER_FORMAT}, {@link Status#MISMATCH}, {@link Status#READ_ONLY}, {@link
   *     Status#DENIED} or {@link Status#INVALID}; with {@link Status#UNSUPPORTED} or {@link
   *     Status#CORRUPT} where the built-in embedder has no sound file
   */
  public MemoryStore build() {
    byte[] file = Utf8.encodePath(path);
    Call call = new Call();
    call.check(Native.optionsCreate(call.out, call.error));
    long options = call.out[0];
    try {
      fill(options);
      call.check(Native.storeOpen(file, options, call.out, call.error));
    } finally {
      Native.optionsDestroy(options);
    }
    return MemoryStore.opened(call.out[0]);
  }

  private void fill(long options) {
    Call call = new Call();
    numbers.forEach(
        (option, value) ->
            call.check(Native.optionsSetInt64(options, option.code, value, call.error)));
    if (ladder != null) {
      byte[] text = Utf8.encode(ladder.toJson());
      int key = NativeConstants.MEMTIER_OPTION_LADDER;
      call.check(Native.optionsSetText(options, key, text, call.error));
    }
    if (tokenizer != null) {
      byte[] text = Utf8.encode(tokenizer.nativeName);
      int key = NativeConstants.MEMTIER_OPTION_TOKENIZER;
      call.check(Native.optionsSetText(options, key, text, call.error));
    }
    if (clock != null) {
      Clock given = clock;
      Callbacks.Clock now = () -> Times.micros(given.instant());
      call.check(Native.optionsSetClock(options, Callbacks.register(now), call.error));
    }
    if (log != null) {
      LogListener given = log;
      Callbacks.Log line = (level, text) -> given.log(LogLevel.of(level), Utf8.decode(text));
      long[] table = {Callbacks.register(line), logLevel.code};
      call.check(Native.optionsSetLog(options, table, call.error));
    }
    if (scorer != null) {
      long number = Callbacks.register(scoring(scorer));
      call.check(Native.optionsSetEviction(options, number, call.error));
    }
    if (promoter != null) {
      long number = Callbacks.register(promoting(promoter));
      call.check(Native.optionsSetPromotion(options, number, call.error));
    }
    if (counter != null) {
      long number = Callbacks.register(counting(counter));
      call.check(Native.optionsSetTokenCounter(options, number, call.error));
    }
    byte[] document = Utf8.encode(consolidation);
    int key = NativeConstants.MEMTIER_OPTION_CONSOLIDATION;
    call.check(Native.optionsSetText(options, key, document, call.error));
    fillEmbedder(options);
  }

  private void fillEmbedder(long options) {
    Call call = new Call();
    if (embedder != null) {
      long[] table = {Callbacks.register(Embedding.callback(embedder)), embedderDimension};
      call.check(Native.optionsSetEmbedder(options, table, call.error));
      byte[] name = Utf8.encode(embedderName);
      int key = NativeConstants.MEMTIER_OPTION_EMBEDDER_NAME;
      call.check(Native.optionsSetText(options, key, name, call.error));
    }
    byte[] kind = Utf8.encode(embedderKind.nativeName);
    int key = NativeConstants.MEMTIER_OPTION_EMBEDDER;
    call.check(Native.optionsSetText(options, key, kind, call.error));
    Path model = modelPath;
    if (model == null && embedderKind == EmbedderKind.BUILTIN) {
      model = Model.ofJar();
    }
    if (model != null) {
      byte[] file = Utf8.encode(model.toString());
      int path = NativeConstants.MEMTIER_OPTION_MODEL_PATH;
      call.check(Native.optionsSetText(options, path, file, call.error));
    }
  }

  private static Callbacks.Count counting(TokenCounter counter) {
    return (texts, tokens) -> {
      long[] given = counter.count(Arrays.stream(texts).map(Utf8::decode).toList());
      if (given.length != tokens.length) {
        throw new IllegalStateException(
            "a TokenCounter gave " + given.length + " numbers for " + tokens.length + " texts");
      }
      System.arraycopy(given, 0, tokens, 0, tokens.length);
    };
  }

  private static Callbacks.Score scoring(EvictionScorer scorer) {
    return (handle, scores) -> {
      Candidates candidates = new Candidates(handle);
      try {
        return scorer.score(candidates, scores)
            ? NativeConstants.MEMTIER_CALLBACK_OK
            : NativeConstants.MEMTIER_CALLBACK_DEFAULT;
      } finally {
        candidates.takeBack();
      }
    };
  }

  private static Callbacks.Promote promoting(Promoter promoter) {
    return (handle, chosen) -> {
      boolean[] up = new boolean[chosen.length];
      Candidates read = new Candidates(handle);
      try {
        promoter.promote(read, up);
      } finally {
        read.takeBack();
      }
      for (int i = 0; i < up.length; i++) {
        chosen[i] = up[i] ? 1 : 0;
      }
    };
  }
}
