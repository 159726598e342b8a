using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Tiers, and what moves and removes items.
public sealed unsafe partial class MemoryStore
{
    /// <summary>The number of tiers.</summary>
    public int TierCount
    {
        get
        {
            long count = 0;
            nint error = 0;
            int status = Native.TierCount(_handle.Value, &count, &error);
            GC.KeepAlive(this);
            Failures.Check(status, error);
            return (int)count;
        }
    }

    /// <summary>Numbers about every tier, the hottest first.</summary>
    public IReadOnlyList<MemoryTierStatistics> GetTiers()
    {
        var tiers = new MemoryTierStatistics[TierCount];
        for (int i = 0; i < tiers.Length; i++)
        {
            tiers[i] = GetTier(i);
        }
        return tiers;
    }

    /// <summary>Numbers about one tier.</summary>
    /// <param name="index">Its number, 0 the hottest.</param>
    public MemoryTierStatistics GetTier(int index)
    {
        var statistics = new TierStatistics { StructSize = (uint)sizeof(TierStatistics) };
        nint error = 0;
        int status = Native.TierGetStatistics(_handle.Value, index, &statistics, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return MemoryTierStatistics.From(statistics);
    }

    /// <summary>Moves an item to a tier by hand.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tier">The tier's name.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <exception cref="MemoryNotFoundException">There is no such item, or no such tier.</exception>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    public void Move(string id, string tier, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        using var name = new Utf8Text(tier, stackalloc byte[Utf8Text.StackBytes]);
        nint error = 0;
        int status;
        fixed (byte* start = bytes.Bytes, to = name.Bytes)
        {
            status = Native.ItemMove(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)bytes.Bytes.Length, to,
                (nuint)name.Bytes.Length, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
    }

    /// <summary>Takes what lies idle one tier down, by each tier's rule; an item moves once.</summary>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it; the exception tells how many were moved.</param>
    public MemoryOptimization Optimize(
        MemoryScope? scope = null, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        long[] demoted = new long[_tiers.Length];
        long total = CountLong(
            [], scope, progress, cancellationToken,
            (names, _, _, control, count, error) =>
            {
                fixed (long* numbers = demoted)
                {
                    return Native.TierOptimize(
                        _handle.Value, names, control, numbers, demoted.Length, count, error);
                }
            });
        return new MemoryOptimization(total, Array.AsReadOnly(demoted));
    }

    /// <summary>Deletes every item that lies in one of these tiers, pinned ones too.</summary>
    /// <param name="tiers">Names of tiers; "*" for all.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it; the exception tells how many were deleted.</param>
    /// <returns>How many were deleted.</returns>
    public long ClearTiers(
        IEnumerable<string> tiers, MemoryScope? scope = null, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        byte[] json = Documents.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (string tier in tiers)
            {
                Documents.WriteText(writer, tier);
            }
            writer.WriteEndArray();
        });
        return CountLong(
            json, scope, progress, cancellationToken,
            (names, start, size, control, count, error) =>
                Native.TierClear(_handle.Value, names, start, size, control, count, error));
    }

    /// <summary>Removes the items whose time is over, in every scope. (They are invisible already.)</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it; the exception tells how many were removed.</param>
    /// <returns>How many were removed.</returns>
    public long Sweep(IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CountLong(
            [], null, progress, cancellationToken,
            (_, _, _, control, count, error) => Native.StoreSweep(_handle.Value, control, count, error));

    /// <summary>Reads the log of transitions, the newest first.</summary>
    /// <param name="id">Only this item's; null: all of the scope.</param>
    /// <param name="since">Only later ones; null: all.</param>
    /// <param name="limit">At most so many, 1 to 100000.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    public IReadOnlyList<MemoryTransition> GetTransitions(
        string? id = null, DateTimeOffset? since = null, int limit = 1000, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id ?? "", stackalloc byte[Utf8Text.StackBytes], nameof(id));
        long sinceUs = since is DateTimeOffset time ? Times.ToUs(time) : 0;
        nint rows = 0, error = 0;
        int status;
        fixed (byte* start = bytes.Bytes)
        {
            status = Native.TransitionList(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)bytes.Bytes.Length, sinceUs, limit, &rows,
                &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        try
        {
            return Transitions(rows);
        }
        finally
        {
            Native.TransitionsDestroy(rows);
        }
    }

    private static MemoryTransition[] Transitions(nint rows)
    {
        var transitions = new MemoryTransition[checked((int)Native.TransitionsCount(rows))];
        Slice* ids = Column(rows, Native.MEMTIER_FIELD_ID);
        Slice* from = Column(rows, Native.MEMTIER_FIELD_FROM_TIER);
        Slice* to = Column(rows, Native.MEMTIER_FIELD_TO_TIER);
        Slice* reasons = Column(rows, Native.MEMTIER_FIELD_REASON);
        long* times = null;
        nint error = 0;
        Failures.Check(
            Native.TransitionsColumnInt64(rows, Native.MEMTIER_FIELD_TIME_US, &times, &error), error);
        for (int i = 0; i < transitions.Length; i++)
        {
            transitions[i] = new MemoryTransition(
                Utf8Text.ToString(ids[i]), Utf8Text.ToString(from[i]),
                to[i].Size == 0 ? null : Utf8Text.ToString(to[i]), Utf8Text.ToString(reasons[i]),
                Times.ToTime(times[i]));
        }
        return transitions;
    }

    private static Slice* Column(nint rows, int field)
    {
        Slice* values = null;
        nint error = 0;
        Failures.Check(Native.TransitionsColumnText(rows, field, &values, &error), error);
        return values;
    }
}
