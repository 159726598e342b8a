namespace Memtier;

/// <summary>Why a call failed, as a number that never changes.</summary>
public enum MemoryStatus
{
    /// <summary>All went well.</summary>
    Ok = 0,

    /// <summary>An argument is malformed, too long or out of range.</summary>
    Invalid = -10,

    /// <summary>A buffer is too small. Handled inside this library; users do not see it.</summary>
    TooSmall = -11,

    /// <summary>The object was disposed of: users see <see cref="System.ObjectDisposedException"/>.</summary>
    Closed = -12,

    /// <summary>This build, file system or tier cannot do it.</summary>
    Unsupported = -13,

    /// <summary>A store was used from inside a callback.</summary>
    Reentrant = -14,

    /// <summary>A line that is imported is not what it should be.</summary>
    Malformed = -15,

    /// <summary>No such item, tier or file.</summary>
    NotFound = -30,

    /// <summary>There is such an item already.</summary>
    Exists = -31,

    /// <summary>The version has moved on.</summary>
    Conflict = -32,

    /// <summary>Several items of this id lie in the given scope: narrow it.</summary>
    Ambiguous = -33,

    /// <summary>The store was made with other settings, such as another ladder.</summary>
    Mismatch = -34,

    /// <summary>Another writer held the store for the whole busy timeout.</summary>
    Busy = -50,

    /// <summary>The work was cancelled.</summary>
    Cancelled = -51,

    /// <summary>A callback threw; what it threw is the inner exception.</summary>
    Callback = -52,

    /// <summary>A limit was reached, such as too many open objects.</summary>
    Limit = -53,

    /// <summary>The operating system reported an error.</summary>
    Io = -70,

    /// <summary>The disk, or the quota, is full.</summary>
    Full = -71,

    /// <summary>The file is damaged, or is no store.</summary>
    Corrupt = -72,

    /// <summary>The file or its folder cannot be written.</summary>
    ReadOnly = -73,

    /// <summary>The file was written by a newer memtier than this one.</summary>
    NewerFormat = -74,

    /// <summary>No permission.</summary>
    Denied = -75,

    /// <summary>Native memory ran out.</summary>
    NoMemory = -90,

    /// <summary>A defect of memtier: please report it.</summary>
    Internal = -110,
}

/// <summary>What an acknowledged write has survived.</summary>
public enum MemoryDurability
{
    /// <summary>As an argument: the store's own.</summary>
    Default = 0,

    /// <summary>Acknowledged now, committed within <see cref="MemoryStoreOptions.RelaxedInterval"/>.</summary>
    Relaxed = 1,

    /// <summary>Survives a crash of the process, and every process sees it.</summary>
    Normal = 2,

    /// <summary>Survives loss of power as well.</summary>
    Full = 3,
}

/// <summary>What a put does with an item that is there, or is not.</summary>
public enum MemoryPutMode
{
    /// <summary>Make it, or replace it.</summary>
    Replace = 0,

    /// <summary>Only make it: otherwise <see cref="MemoryExistsException"/>.</summary>
    Create = 1,

    /// <summary>Only replace it: otherwise <see cref="MemoryNotFoundException"/>.</summary>
    Update = 2,
}

/// <summary>Which items of an overflowing tier go first.</summary>
public enum MemoryEvictionOrder
{
    /// <summary>Those with the lowest retention score (importance, idle time, reads).</summary>
    Retention = 1,

    /// <summary>Those that were read longest ago.</summary>
    LeastRecentlyUsed = 2,

    /// <summary>Those that were read least often; among equals, longest ago.</summary>
    LeastFrequentlyUsed = 3,

    /// <summary>Those that expire first; then by retention score.</summary>
    Expiry = 4,

    /// <summary>Those with the lowest priority; then by retention score.</summary>
    Priority = 5,

    /// <summary>Those that <see cref="MemoryStoreOptions.EvictionScorer"/> scores lowest.</summary>
    Callback = 6,
}

/// <summary>How text is split into words, in what is stored and in queries.</summary>
public enum MemoryTokenizer
{
    /// <summary>As <see cref="Cjk"/>, but stemmed, and stop words are left out of questions.</summary>
    English,

    /// <summary>Words, without regard to case and diacritics.</summary>
    Unicode,

    /// <summary>Words; runs of Chinese, Japanese or Korean characters in overlapping pairs.</summary>
    Cjk,

    /// <summary>What stands between white space, exactly.</summary>
    Plain,
}

/// <summary>Where the items of a tier lie.</summary>
public enum MemoryMedium
{
    /// <summary>Resident in RAM, once used.</summary>
    Ram = 1,

    /// <summary>In the database.</summary>
    Database = 2,

    /// <summary>In the compressed archive.</summary>
    Archive = 3,

    /// <summary>
    /// Compressed, in files of <see cref="MemoryTier.Target"/>; of the last tier, and then the only archive.
    /// </summary>
    External = 4,
}

/// <summary>How talkative a line of log is.</summary>
public enum MemoryLogLevel
{
    /// <summary>Something failed.</summary>
    Error = 1,

    /// <summary>Something is odd.</summary>
    Warning = 2,

    /// <summary>What happens.</summary>
    Info = 3,

    /// <summary>What happens, in detail.</summary>
    Debug = 4,
}

/// <summary>How the words of a query are written.</summary>
public enum MemoryQuerySyntax
{
    /// <summary>As people write; an error only beyond its limits. "A phrase", a prefix*, -without.</summary>
    Natural,

    /// <summary>AND OR NOT ( ) "phrase" prefix*; an error names its place.</summary>
    Boolean,
}

/// <summary>How many of the words of a query an item must have.</summary>
public enum MemoryQueryMatch
{
    /// <summary>One is enough, more are better.</summary>
    Any,

    /// <summary>Every one.</summary>
    All,
}

/// <summary>How the lines of an import are read.</summary>
public enum MemoryImportFormat
{
    /// <summary>Each line tells.</summary>
    Auto,

    /// <summary>Items, as an export writes them.</summary>
    Items,

    /// <summary>A conversation, one turn on each line.</summary>
    Conversation,
}

/// <summary>An option that is a whole number, to be asked for its bounds.</summary>
public enum MemoryOption
{
    /// <summary><see cref="MemoryStoreOptions.CreateIfMissing"/>, 0 or 1.</summary>
    Create = 1,

    /// <summary><see cref="MemoryStoreOptions.Durability"/>.</summary>
    Durability = 10,

    /// <summary><see cref="MemoryStoreOptions.RelaxedInterval"/> in milliseconds.</summary>
    RelaxedIntervalMilliseconds = 11,

    /// <summary><see cref="MemoryStoreOptions.BusyTimeout"/> in milliseconds.</summary>
    BusyTimeoutMilliseconds = 12,

    /// <summary><see cref="MemoryStoreOptions.JournalBytes"/>.</summary>
    JournalBytes = 13,

    /// <summary><see cref="MemoryStoreOptions.MemoryLimitBytes"/>.</summary>
    MemoryLimitBytes = 20,

    /// <summary><see cref="MemoryStoreOptions.ReaderCount"/>.</summary>
    ReaderCount = 21,

    /// <summary><see cref="MemoryStoreOptions.Background"/>, 0 or 1.</summary>
    Background = 22,

    /// <summary><see cref="MemoryStoreOptions.TransitionLimit"/>.</summary>
    TransitionLimit = 23,

    /// <summary><see cref="MemoryStoreOptions.CompressThresholdBytes"/>.</summary>
    CompressThresholdBytes = 40,

    /// <summary><see cref="MemoryStoreOptions.AccessInterval"/> in milliseconds.</summary>
    AccessIntervalMilliseconds = 24,

    /// <summary><see cref="MemoryStoreOptions.RefreshTimeToLiveOnRead"/>, 0 or 1.</summary>
    RefreshTimeToLiveOnRead = 25,

    /// <summary><see cref="MemoryStoreOptions.EvictionOrder"/>.</summary>
    EvictionOrder = 26,

    /// <summary><see cref="MemoryStoreOptions.RandomSeed"/>.</summary>
    RandomSeed = 27,

    /// <summary><see cref="MemoryStoreOptions.LinkHalfLife"/>.</summary>
    LinkHalfLifeSeconds = 28,

    /// <summary><see cref="MemoryStoreOptions.LearnLinks"/>.</summary>
    LearnLinks = 29,
    /// <summary><see cref="MemoryStoreOptions.EmbedBatch"/>.</summary>
    EmbedBatch = 30,

    /// <summary><see cref="MemoryStoreOptions.MaintenanceInterval"/> in milliseconds.</summary>
    MaintenanceIntervalMilliseconds = 44,

    /// <summary><see cref="MemoryStoreOptions.MaintenanceBudget"/> in milliseconds.</summary>
    MaintenanceBudgetMilliseconds = 45,

    /// <summary><see cref="MemoryStoreOptions.ChangeLadder"/>.</summary>
    ChangeLadder = 2,

    /// <summary><see cref="MemoryStoreOptions.Prefetch"/>.</summary>
    Prefetch = 31,

    /// <summary><see cref="MemoryStoreOptions.QueryCacheBytes"/>.</summary>
    QueryCacheBytes = 50,

    /// <summary><see cref="MemoryStoreOptions.Ladder"/>: a text, which has no bounds.</summary>
    Ladder = 100,

    /// <summary><see cref="MemoryStoreOptions.Tokenizer"/>: a text, which has no bounds.</summary>
    Tokenizer = 101,

    /// <summary><see cref="MemoryStoreOptions.EmbedderKind"/>: a text, which has no bounds.</summary>
    Embedder = 110,

    /// <summary><see cref="MemoryStoreOptions.ModelPath"/>: a text, which has no bounds.</summary>
    ModelPath = 111,

    /// <summary><see cref="MemoryTextEmbedder.Name"/>: a text, which has no bounds.</summary>
    EmbedderName = 112,

    /// <summary><see cref="MemoryStoreOptions.Consolidation"/>: a text, which has no bounds.</summary>
    Consolidation = 120,
}
