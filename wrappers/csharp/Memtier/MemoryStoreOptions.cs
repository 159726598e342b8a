using System;
using System.Text;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// How a store is opened: what is null has the library's default (<see cref="GetBounds"/>). Changing them
/// after a store was opened changes nothing; they can open any number of stores.
/// </summary>
public sealed class MemoryStoreOptions
{
    /// <summary>Whether a missing file is made; else <see cref="MemoryNotFoundException"/>. Default true.</summary>
    public bool? CreateIfMissing { get; set; }

    /// <summary>What writes survive that do not say it. Default <see cref="MemoryDurability.Normal"/>.</summary>
    public MemoryDurability? Durability { get; set; }

    /// <summary>Within which time relaxed writes are committed. Default 10 ms.</summary>
    public TimeSpan? RelaxedInterval { get; set; }

    /// <summary>The longest wait for another writer. Default 10 s.</summary>
    public TimeSpan? BusyTimeout { get; set; }

    /// <summary>The size of the journal, set when the store is made. Default 16 MiB.</summary>
    public long? JournalBytes { get; set; }

    /// <summary>RAM for items and caches. Default 256 MiB.</summary>
    public long? MemoryLimitBytes { get; set; }

    /// <summary>How many reads of the file go on at once. Default 4.</summary>
    public int? ReaderCount { get; set; }

    /// <summary>Whether the store has a thread of its own. Default true.</summary>
    public bool? Background { get; set; }

    /// <summary>How many rows the transition log keeps. Default 10000.</summary>
    public long? TransitionLimit { get; set; }

    /// <summary>Longer content is compressed where that saves a fifth. Default 1024 bytes; 0: never.</summary>
    public long? CompressThresholdBytes { get; set; }

    /// <summary>Within which time access statistics are written. Default 5 s.</summary>
    public TimeSpan? AccessInterval { get; set; }

    /// <summary>Whether a read starts an item's time to live anew. Default false.</summary>
    public bool? RefreshTimeToLiveOnRead { get; set; }

    /// <summary>Which items go first. Default <see cref="MemoryEvictionOrder.Retention"/>.</summary>
    public MemoryEvictionOrder? EvictionOrder { get; set; }

    /// <summary>Seeds the ids that are generated, for tests; 0 (the default) is unpredictable.</summary>
    public long? RandomSeed { get; set; }

    /// <summary>In which time a link loses half of its strength; zero: never. Default 30 days.</summary>
    public TimeSpan? LinkHalfLife { get; set; }

    /// <summary>Links what is read by id with so many items read before it, 0 (default: off) to 16.</summary>
    public int? LearnLinks { get; set; }

    /// <summary>
    /// How many items a read by id that has to look into the file may bring with it into RAM, of those that were read
    /// behind its item before; 0 (the default, off) to 16.
    /// </summary>
    public int? Prefetch { get; set; }

    /// <summary>
    /// Whether <see cref="Ladder"/> gives a store that exists another ladder. Items whose tier is not in it go into the
    /// hottest tier of the same medium, or of the next colder one.
    /// </summary>
    public bool ChangeLadder { get; set; }

    /// <summary>RAM for answers of searches, which are never out of date; 0 (the default): none are kept.</summary>
    public long? QueryCacheBytes { get; set; }

    /// <summary>
    /// Time between ticks of maintenance that the store does itself, on a thread of its own; zero (the default):
    /// none. The clock and the eviction scorer are then called on that thread too; policies with a decider are left
    /// to <see cref="MemoryStore.Tick"/>.
    /// </summary>
    public TimeSpan? MaintenanceInterval { get; set; }

    /// <summary>How long such a tick takes, about; zero: no limit. Default 100 ms.</summary>
    public TimeSpan? MaintenanceBudget { get; set; }

    /// <summary>What ticks consolidate; null (the default): nothing.</summary>
    public MemoryConsolidation? Consolidation { get; set; }

    /// <summary>The least time between two consolidations by ticks; zero (the default): each tick does one.</summary>
    public TimeSpan ConsolidationInterval { get; set; }

    /// <summary>
    /// The tiers. For a store that exists: null, its own; else it must be the same, or
    /// <see cref="MemoryMismatchException"/>.
    /// </summary>
    public MemoryLadder? Ladder { get; set; }

    /// <summary>
    /// How text is split into words; of a new store <see cref="MemoryTokenizer.English"/>. For a store that
    /// exists: null, its own; else it must be the same, or <see cref="MemoryMismatchException"/>.
    /// </summary>
    public MemoryTokenizer? Tokenizer { get; set; }

    /// <summary>
    /// The store's clock: every age, time to live and idle time follows it. Called on any thread that calls
    /// the store. Null: the system's time, which costs nothing to ask.
    /// </summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>
    /// Receives lines of log, from any thread. Without it the library is silent. What it throws is ignored.
    /// </summary>
    public Action<MemoryLogLevel, string>? Log { get; set; }

    /// <summary>The most talkative level that <see cref="Log"/> receives.</summary>
    public MemoryLogLevel LogLevel { get; set; } = MemoryLogLevel.Info;

    /// <summary>
    /// What makes vectors of texts. Default <see cref="MemoryEmbedderKind.Builtin"/>, whose model's file must be
    /// found, or <see cref="MemoryEmbedderKind.Callback"/> where there is an <see cref="Embedder"/>.
    /// </summary>
    public MemoryEmbedderKind? EmbedderKind { get; set; }

    /// <summary>Makes vectors of texts in place of the built-in embedder.</summary>
    public MemoryTextEmbedder? Embedder { get; set; }

    /// <summary>How many texts an <see cref="Embedder"/> gets at once, at most. Default 64.</summary>
    public int? EmbedBatch { get; set; }

    /// <summary>
    /// The file of the built-in embedder, or its folder. Null: what the environment variable
    /// <c>MEMTIER_MODEL_PATH</c> names, or else the one beside the library or installed with it.
    /// </summary>
    public string? ModelPath { get; set; }

    /// <summary>Decides which items leave an overflowing tier.</summary>
    public MemoryEvictionScorer? EvictionScorer { get; set; }

    /// <summary>Decides which items that were read go one tier up, beside those that the ladder brings up.</summary>
    public MemoryPromoter? Promoter { get; set; }

    /// <summary>Counts the tokens of texts for the budget of a context; null: four bytes are a token.</summary>
    public MemoryTokenCounter? TokenCounter { get; set; }

    /// <summary>The smallest, largest and default value of an option that is a whole number.</summary>
    /// <param name="option">Which.</param>
    public static unsafe MemoryOptionBounds GetBounds(MemoryOption option)
    {
        long minimum = 0, maximum = 0, standard = 0;
        nint error = 0;
        Failures.Check(
            Native.OptionGetBounds((int)option, &minimum, &maximum, &standard, &error), error);
        return new MemoryOptionBounds(minimum, maximum, standard);
    }

    /// <summary>Options of C. To be destroyed.</summary>
    internal unsafe nint NewHandle()
    {
        nint options = 0, error = 0;
        Failures.Check(Native.OptionsCreate(&options, &error), error);
        try
        {
            SetNumbers(options);
            SetCallbacks(options);
            SetTexts(options);
        }
        catch
        {
            Native.OptionsDestroy(options);
            throw;
        }
        return options;
    }

    private void SetNumbers(nint options)
    {
        Set(options, MemoryOption.Create, Number(CreateIfMissing));
        Set(options, MemoryOption.Durability, (long?)Durability);
        Set(options, MemoryOption.RelaxedIntervalMilliseconds, Milliseconds(RelaxedInterval));
        Set(options, MemoryOption.BusyTimeoutMilliseconds, Milliseconds(BusyTimeout));
        Set(options, MemoryOption.JournalBytes, JournalBytes);
        Set(options, MemoryOption.MemoryLimitBytes, MemoryLimitBytes);
        Set(options, MemoryOption.ReaderCount, ReaderCount);
        Set(options, MemoryOption.Background, Number(Background));
        Set(options, MemoryOption.TransitionLimit, TransitionLimit);
        Set(options, MemoryOption.CompressThresholdBytes, CompressThresholdBytes);
        Set(options, MemoryOption.AccessIntervalMilliseconds, Milliseconds(AccessInterval));
        Set(options, MemoryOption.RefreshTimeToLiveOnRead, Number(RefreshTimeToLiveOnRead));
        Set(options, MemoryOption.EvictionOrder, (long?)EvictionOrder);
        Set(options, MemoryOption.RandomSeed, RandomSeed);
        Set(options, MemoryOption.LinkHalfLifeSeconds, LinkHalfLife?.Ticks / TimeSpan.TicksPerSecond);
        Set(options, MemoryOption.LearnLinks, LearnLinks);
        Set(options, MemoryOption.EmbedBatch, EmbedBatch);
        Set(options, MemoryOption.MaintenanceIntervalMilliseconds, Milliseconds(MaintenanceInterval));
        Set(options, MemoryOption.MaintenanceBudgetMilliseconds, Milliseconds(MaintenanceBudget));
        Set(options, MemoryOption.QueryCacheBytes, QueryCacheBytes);
        Set(options, MemoryOption.Prefetch, Prefetch);
        Set(options, MemoryOption.ChangeLadder, Number(ChangeLadder));
    }

    private static long? Number(bool? value) => value is bool known ? (known ? 1 : 0) : null;

    private static long? Milliseconds(TimeSpan? span) => span?.Ticks / TimeSpan.TicksPerMillisecond;

    private static unsafe void Set(nint options, MemoryOption key, long? value)
    {
        nint error = 0;
        if (value is long number)
        {
            Failures.Check(Native.OptionsSetInt64(options, (int)key, number, &error), error);
        }
    }

    private void SetTexts(nint options)
    {
        if (Ladder is not null)
        {
            SetText(options, MemoryOption.Ladder, Ladder.Text);
        }
        if (Tokenizer is MemoryTokenizer tokenizer)
        {
            // What is none of them becomes its number, which the library refuses.
            string name = tokenizer.ToString().ToLowerInvariant();
            SetText(options, MemoryOption.Tokenizer, Encoding.UTF8.GetBytes(name));
        }
        if (Embedder is not null)
        {
            SetText(options, MemoryOption.EmbedderName, Utf8Text.ToArray(Embedder.Name));
        }
        if (EmbedderKind is MemoryEmbedderKind kind)
        {
            SetText(options, MemoryOption.Embedder, Encoding.UTF8.GetBytes(kind.ToString().ToLowerInvariant()));
        }
        if (Consolidation is not null)
        {
            SetText(options, MemoryOption.Consolidation, Consolidation.ToUtf8(ConsolidationInterval));
        }
        if (ModelPath is not null)
        {
            SetText(options, MemoryOption.ModelPath, Utf8Text.ToArray(ModelPath));
        }
    }

    private static unsafe void SetText(nint options, MemoryOption key, ReadOnlySpan<byte> text)
    {
        nint error = 0;
        fixed (byte* start = text)
        {
            Failures.Check(
                Native.OptionsSetText(options, (int)key, start, (nuint)text.Length, &error), error);
        }
    }

    private unsafe void SetCallbacks(nint options)
    {
        nint error = 0;
        if (TimeProvider is { } time)
        {
            Clock clock = Callbacks.NewClock(() => Times.ToUs(time.GetUtcNow()));
            Failures.Check(Native.OptionsSetClock(options, &clock, &error), error);
        }
        if (Log is { } log)
        {
            Interop.Log lines = Callbacks.NewLog(
                (level, message) => log((MemoryLogLevel)level, Utf8Text.ToString(message)), (int)LogLevel);
            Failures.Check(Native.OptionsSetLog(options, &lines, &error), error);
        }
        if (EvictionScorer is { } scorer)
        {
            Eviction eviction = Callbacks.NewEviction((candidates, scores) =>
            {
                scores.Clear(); // what the scorer leaves out is 0, and not what lies there
                return scorer(new MemoryCandidates(candidates), scores)
                    ? Native.MEMTIER_CALLBACK_OK
                    : Native.MEMTIER_CALLBACK_DEFAULT;
            });
            Failures.Check(Native.OptionsSetEviction(options, &eviction, &error), error);
        }
        if (Promoter is { } promoter)
        {
            Promotion promotion = Callbacks.NewPromotion((read, chosen) =>
            {
                bool[] up = new bool[chosen.Length];
                promoter(new MemoryCandidates(read), up);
                for (int i = 0; i < up.Length; i++)
                {
                    chosen[i] = up[i] ? 1 : 0;
                }
            });
            Failures.Check(Native.OptionsSetPromotion(options, &promotion, &error), error);
        }
        if (TokenCounter is { } counter)
        {
            Interop.TokenCounter tokens = Callbacks.NewTokenCounter((texts, counts) =>
            {
                counts.Clear();
                return counter(texts, counts) ? Native.MEMTIER_CALLBACK_OK : Native.MEMTIER_CALLBACK_DEFAULT;
            });
            Failures.Check(Native.OptionsSetTokenCounter(options, &tokens, &error), error);
        }
        if (Embedder is { } embedder)
        {
            Interop.Embedder table = Callbacks.NewEmbedder(embedder.NewCallback(), embedder.Dimension);
            Failures.Check(Native.OptionsSetEmbedder(options, &table, &error), error);
        }
    }
}
