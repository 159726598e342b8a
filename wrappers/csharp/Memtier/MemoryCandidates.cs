using System;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Scores the items of an overflowing tier: the lowest go first. Runs on the thread that writes, or whose read
/// brings an item up; on several at once. An exception makes the write that needed it fail with
/// <see cref="MemoryCallbackException"/>, and nothing is stored.
/// </summary>
/// <param name="candidates">The items; lent for the length of the call.</param>
/// <param name="scores">To be filled in, one for each item; not NaN.</param>
/// <returns>false: use the retention score, this time.</returns>
public delegate bool MemoryEvictionScorer(MemoryCandidates candidates, Span<double> scores);

/// <summary>
/// Chooses the items that were read and go one tier up, beside those that the ladder brings up. It is not asked about
/// items in the hottest tier and pinned ones. Runs on the thread that reads; on several at once. An exception makes
/// the read fail with <see cref="MemoryCallbackException"/>, and nothing moves.
/// </summary>
/// <param name="read">The items, as they are once their read is counted; lent for the length of the call.</param>
/// <param name="up">All false; one for each item, to be set where it is to go up.</param>
public delegate void MemoryPromoter(MemoryCandidates read, Span<bool> up);

/// <summary>
/// The items of an overflowing tier, or those that were read, by column: number i of each is of the same item. Columns lie in the
/// library's memory and are lent to the callback; the compiler sees to it that they stay inside it.
/// </summary>
public readonly unsafe ref struct MemoryCandidates
{
    private readonly nint _handle;

    internal MemoryCandidates(nint handle) => _handle = handle;

    /// <summary>How many there are.</summary>
    public int Count => checked((int)Native.CandidatesCount(_handle));

    /// <summary>When each was made, in microseconds since 1970.</summary>
    public ReadOnlySpan<long> CreatedMicroseconds => Int64(Native.MEMTIER_FIELD_CREATED_US);

    /// <summary>When each was last read, in microseconds since 1970.</summary>
    public ReadOnlySpan<long> AccessedMicroseconds => Int64(Native.MEMTIER_FIELD_ACCESSED_US);

    /// <summary>When each expires, in microseconds since 1970; 0 never.</summary>
    public ReadOnlySpan<long> ExpiresMicroseconds => Int64(Native.MEMTIER_FIELD_EXPIRES_US);

    /// <summary>How long each was not read, in microseconds.</summary>
    public ReadOnlySpan<long> IdleMicroseconds => Int64(Native.MEMTIER_FIELD_IDLE_US);

    /// <summary>How often each was read.</summary>
    public ReadOnlySpan<long> AccessCount => Int64(Native.MEMTIER_FIELD_ACCESS_COUNT);

    /// <summary>How often each was confirmed.</summary>
    public ReadOnlySpan<long> ValidationCount => Int64(Native.MEMTIER_FIELD_VALIDATION_COUNT);

    /// <summary>The priority of each.</summary>
    public ReadOnlySpan<long> Priority => Int64(Native.MEMTIER_FIELD_PRIORITY);

    /// <summary>The size of each.</summary>
    public ReadOnlySpan<long> SizeBytes => Int64(Native.MEMTIER_FIELD_SIZE_BYTES);

    /// <summary>The importance of each, 0 to 1.</summary>
    public ReadOnlySpan<double> Importance => Double(Native.MEMTIER_FIELD_IMPORTANCE);

    /// <summary>The retention score of each: what decides where there is no callback.</summary>
    public ReadOnlySpan<double> RetentionScore => Double(Native.MEMTIER_FIELD_SCORE);

    /// <summary>An item's id.</summary>
    /// <param name="index">Which, from 0.</param>
    public string GetId(int index) => Text(Native.MEMTIER_FIELD_ID, index);

    /// <summary>An item's type; empty where it was not given.</summary>
    /// <param name="index">Which, from 0.</param>
    public string GetItemType(int index) => Text(Native.MEMTIER_FIELD_TYPE, index);

    /// <summary>An item's session; empty where it was not given.</summary>
    /// <param name="index">Which, from 0.</param>
    public string GetSession(int index) => Text(Native.MEMTIER_FIELD_SESSION, index);

    /// <summary>An item's user; empty where it was not given.</summary>
    /// <param name="index">Which, from 0.</param>
    public string GetUser(int index) => Text(Native.MEMTIER_FIELD_USER, index);

    private ReadOnlySpan<long> Int64(int field)
    {
        long* values = null;
        nint error = 0;
        Failures.Check(Native.CandidatesColumnInt64(_handle, field, &values, &error), error);
        return new ReadOnlySpan<long>(values, Count);
    }

    private ReadOnlySpan<double> Double(int field)
    {
        double* values = null;
        nint error = 0;
        Failures.Check(Native.CandidatesColumnDouble(_handle, field, &values, &error), error);
        return new ReadOnlySpan<double>(values, Count);
    }

    private string Text(int field, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        Slice* values = null;
        nint error = 0;
        Failures.Check(Native.CandidatesColumnText(_handle, field, &values, &error), error);
        return Utf8Text.ToString(values[index]);
    }
}
