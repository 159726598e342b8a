using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Numbers about a store. Counters start at 0 when this process opens it; the others are of the store.
/// </summary>
public sealed record MemoryStoreStatistics
{
    /// <summary>Items that a read can find.</summary>
    public long ItemCount { get; init; }

    /// <summary>Their content, metadata and names.</summary>
    public long ItemBytes { get; init; }

    /// <summary>Expired, invisible, not yet swept.</summary>
    public long ExpiredCount { get; init; }

    /// <summary>Items in this process's RAM.</summary>
    public long ResidentCount { get; init; }

    /// <summary>What they take.</summary>
    public long ResidentBytes { get; init; }

    /// <summary><see cref="MemoryStoreOptions.MemoryLimitBytes"/>.</summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>Resident items, pending changes, caches of the database.</summary>
    public long MemoryUsedBytes { get; init; }

    /// <summary>The file and its write-ahead log.</summary>
    public long FileBytes { get; init; }

    /// <summary>Changes in the journal, not yet folded into the file.</summary>
    public long JournalBytes { get; init; }

    /// <summary>The number of the newest change.</summary>
    public long Sequence { get; init; }

    /// <summary>Reads by id.</summary>
    public long Gets { get; init; }

    /// <summary>Of them, answered from RAM.</summary>
    public long GetsResident { get; init; }

    /// <summary>Of them, answered from the file.</summary>
    public long GetsStored { get; init; }

    /// <summary>Of them, not found.</summary>
    public long GetsMissed { get; init; }

    /// <summary>Items written, updates included.</summary>
    public long Puts { get; init; }

    /// <summary>Items deleted by call.</summary>
    public long Deletes { get; init; }

    /// <summary>Searches.</summary>
    public long Searches { get; init; }

    /// <summary>Items moved one or more tiers up.</summary>
    public long Promotions { get; init; }

    /// <summary>Items moved down.</summary>
    public long Demotions { get; init; }

    /// <summary>Items removed because the last tier was full.</summary>
    public long Evictions { get; init; }

    /// <summary>Items removed because their time was over.</summary>
    public long Expirations { get; init; }

    /// <summary>Access statistics given up because the file could not keep up.</summary>
    public long AccessDropped { get; init; }

    /// <summary>Over the last hour of the store's clock.</summary>
    public double PromotionsPerHour { get; init; }

    /// <summary>Over the last hour of the store's clock.</summary>
    public double DemotionsPerHour { get; init; }

    /// <summary>Searches answered from the query cache.</summary>
    public long QueryCacheHits { get; init; }

    /// <summary>Searches whose answer it might have had.</summary>
    public long QueryCacheMisses { get; init; }

    /// <summary>Answers in it now.</summary>
    public long QueryCacheEntries { get; init; }

    /// <summary>What they take.</summary>
    public long QueryCacheBytes { get; init; }

    /// <summary>Items brought into RAM with others (<see cref="MemoryStoreOptions.Prefetch"/>).</summary>
    public long Prefetched { get; init; }

    /// <summary>Of them those that were then read there.</summary>
    public long PrefetchHits { get; init; }

    internal static MemoryStoreStatistics From(in StoreStatistics s) => new()
    {
        ItemCount = s.ItemCount,
        ItemBytes = s.ItemBytes,
        ExpiredCount = s.ExpiredCount,
        ResidentCount = s.ResidentCount,
        ResidentBytes = s.ResidentBytes,
        MemoryLimitBytes = s.MemoryLimitBytes,
        MemoryUsedBytes = s.MemoryUsedBytes,
        FileBytes = s.FileBytes,
        JournalBytes = s.JournalBytes,
        Sequence = s.Sequence,
        Gets = s.Gets,
        GetsResident = s.GetsResident,
        GetsStored = s.GetsStored,
        GetsMissed = s.GetsMissed,
        Puts = s.Puts,
        Deletes = s.Deletes,
        Searches = s.Searches,
        Promotions = s.Promotions,
        Demotions = s.Demotions,
        Evictions = s.Evictions,
        Expirations = s.Expirations,
        AccessDropped = s.AccessDropped,
        PromotionsPerHour = s.PromotionsPerHour,
        DemotionsPerHour = s.DemotionsPerHour,
        QueryCacheHits = s.QueryCacheHits,
        QueryCacheMisses = s.QueryCacheMisses,
        QueryCacheEntries = s.QueryCacheEntries,
        QueryCacheBytes = s.QueryCacheBytes,
        Prefetched = s.Prefetched,
        PrefetchHits = s.PrefetchHits,
    };
}

/// <summary>Numbers about one tier.</summary>
public sealed record MemoryTierStatistics
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its items lie.</summary>
    public MemoryMedium Medium { get; init; }

    /// <summary>Items that a read can find.</summary>
    public long ItemCount { get; init; }

    /// <summary>Their content, metadata and names.</summary>
    public long ItemBytes { get; init; }

    /// <summary>How many items it holds; 0 is unbounded.</summary>
    public long CapacityItems { get; init; }

    /// <summary>How many bytes it holds; 0 is unbounded.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Its items that are in this process's RAM.</summary>
    public long ResidentCount { get; init; }

    /// <summary>Reads by id that found their item here, in this process.</summary>
    public long Hits { get; init; }

    /// <summary>What a read should take at most; zero is none.</summary>
    public TimeSpan LatencyBudget { get; init; }

    /// <summary>Of the fuller of its two capacities, 0 to 1; 0 where it is unbounded.</summary>
    public double Utilization { get; init; }

    /// <summary>The average importance of its items.</summary>
    public double AverageImportance { get; init; }

    /// <summary>The average age of its items, since they were made.</summary>
    public TimeSpan AverageAge { get; init; }

    /// <summary>Hits here by reads that found an item anywhere, in this process.</summary>
    public double HitRate { get; init; }

    internal static MemoryTierStatistics From(in TierStatistics s) => new()
    {
        Name = s.Name.ToString(),
        Medium = (MemoryMedium)s.Medium,
        ItemCount = s.ItemCount,
        ItemBytes = s.ItemBytes,
        CapacityItems = s.CapacityItems,
        CapacityBytes = s.CapacityBytes,
        ResidentCount = s.ResidentCount,
        Hits = s.Hits,
        LatencyBudget = Times.ToSpan(s.LatencyBudgetUs),
        Utilization = s.Utilization,
        AverageImportance = s.AverageImportance,
        AverageAge = TimeSpan.FromSeconds(
            Math.Clamp(s.AverageAgeSeconds, 0, 1e11)),
        HitRate = s.HitRate,
    };
}

/// <summary>What an import did.</summary>
public sealed record MemoryImportStatistics
{
    /// <summary>Lines that were read, empty ones not counted.</summary>
    public long Lines { get; init; }

    /// <summary>New items.</summary>
    public long Stored { get; init; }

    /// <summary>New versions of items that were there.</summary>
    public long Replaced { get; init; }

    /// <summary>There already (<see cref="MemoryImportOptions.KeepExisting"/>).</summary>
    public long Skipped { get; init; }

    /// <summary>Lines that could not be imported (<see cref="MemoryImportOptions.SkipBadLines"/>).</summary>
    public long Failed { get; init; }

    /// <summary>The first of them, from 1; null none.</summary>
    public long? FirstFailedLine { get; init; }

    internal static MemoryImportStatistics From(in ImportStatistics s) => new()
    {
        Lines = s.Lines,
        Stored = s.Stored,
        Replaced = s.Replaced,
        Skipped = s.Skipped,
        Failed = s.Failed,
        FirstFailedLine = s.FirstFailedLine == 0 ? null : s.FirstFailedLine,
    };
}

/// <summary>What an optimization did.</summary>
/// <param name="Total">How many items went one tier down.</param>
/// <param name="DemotedByTier">How many left each tier, by its number.</param>
public sealed record MemoryOptimization(long Total, IReadOnlyList<long> DemotedByTier);

/// <summary>One row of the transition log: an item went from one tier to another.</summary>
/// <param name="Id">The item.</param>
/// <param name="FromTier">Where it was.</param>
/// <param name="ToTier">Where it went; null: it was removed.</param>
/// <param name="Reason">
/// "capacity", "reads", "importance", "access_count", "validation", "idle", "manual", "evicted" or "expired".
/// </param>
/// <param name="Time">When.</param>
public sealed record MemoryTransition(
    string Id, string FromTier, string? ToTier, string Reason, DateTimeOffset Time);

/// <summary>The smallest, largest and default value of an option.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Default">What holds where it is not set.</param>
public readonly record struct MemoryOptionBounds(long Minimum, long Maximum, long Default);
