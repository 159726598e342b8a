using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Many items at a time: batches, lists, and what a filter matches.
public sealed unsafe partial class MemoryStore
{
    /// <summary>
    /// Stores many items at once, in order and in as few commits as possible. Each has its own status; those
    /// that can be stored are.
    /// </summary>
    /// <param name="drafts">At most 100000.</param>
    /// <param name="scope">The names that they are filed under; null: none, default collection.</param>
    /// <param name="mode">What happens with items that are there, or are not.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>The items as stored, and what kept others from being stored.</returns>
    public MemoryBatch PutMany(
        IEnumerable<MemoryDraft> drafts, MemoryScope? scope = null, MemoryPutMode mode = MemoryPutMode.Replace,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        MemoryDraft[] all = [.. drafts];
        bool fit = true;
        long size = 0;
        foreach (MemoryDraft draft in all)
        {
            ArgumentNullException.ThrowIfNull(draft, nameof(drafts));
            fit &= draft.FitsImage(_tiers);
            size += draft.MaxImageSize();
        }
        return fit && size < Array.MaxLength
            ? PutImages(all, (int)size, scope, mode, durability)
            : PutBuilders(all, scope, mode, durability);
    }

    /// <summary>Gets many items by id, each with a status. Counts as reads.</summary>
    /// <param name="ids">At most 100000.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public MemoryBatch GetMany(IEnumerable<string> ids, MemoryScope? scope = null)
    {
        using var packed = new PackedIds(ids);
        nint items = 0, error = 0;
        int status;
        fixed (byte* bytes = packed.Bytes)
        fixed (long* ends = packed.Ends)
        {
            status = Native.ItemGetMany(
                _handle.Value, MemoryScope.Handle(scope), bytes, ends, packed.Ends.Length, null, &items, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return MemoryBatch.Take(items, _tiers);
    }

    /// <summary>Deletes many items by id, each with a status, in as few commits as possible.</summary>
    /// <param name="ids">At most 100000.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    public MemoryBatch DeleteMany(
        IEnumerable<string> ids, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        using var packed = new PackedIds(ids);
        nint items = 0, error = 0;
        int status;
        fixed (byte* bytes = packed.Bytes)
        fixed (long* ends = packed.Ends)
        {
            status = Native.ItemDeleteMany(
                _handle.Value, MemoryScope.Handle(scope), bytes, ends, packed.Ends.Length, (int)durability, null,
                &items, &error);
        }
        Kept(scope);
        return Batch(status, error, items);
    }

    /// <summary>Counts the items that a filter matches.</summary>
    /// <param name="filter">null: all.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public long Count(MemoryFilter? filter = null, MemoryScope? scope = null) =>
        CountLong(
            MemoryFilter.ToUtf8(filter), scope, null, default,
            (names, start, size, control, count, error) => Native.ItemCount(
                _handle.Value, names, start, size, control, count, error));

    /// <summary>
    /// Lists items, page by page while they are gone through; each time anew. Does not count as reading them.
    /// </summary>
    /// <param name="options">Which, and in which order; a filter alone will do; null: all, newest first.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops a page that takes long.</param>
    public IEnumerable<MemoryItem> List(
        MemoryListOptions? options = null, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        byte[] json = options?.ToUtf8() ?? [];
        OpenCursor(json, scope).Dispose(); // what is wrong with the list is told here, not later
        return Pages(json, options?.PageSize ?? 256, scope, cancellationToken);
    }

    /// <summary>Begins a list that is paged through by hand.</summary>
    /// <param name="options">Which, and in which order; null: all, newest first.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public MemoryCursor OpenCursor(MemoryListOptions? options = null, MemoryScope? scope = null) =>
        OpenCursor(options?.ToUtf8() ?? [], scope);

    /// <summary>
    /// Tells how <see cref="List"/> and <see cref="Count"/> go about a list and its filter: reads the first
    /// page, and counts. <c>memtier_item_explain</c> in <c>memtier.h</c> says what is in the document; of a
    /// search it is <see cref="MemoryQuery.Explain"/> that asks.
    /// </summary>
    /// <param name="options">Which items, and in which order; a filter alone will do; null: all.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <returns>A JSON object with the members "list" and "count".</returns>
    public string Explain(MemoryListOptions? options = null, MemoryScope? scope = null) =>
        Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            options?.ToUtf8() ?? [], scope, default,
            (names, start, size, control, json, error) => Native.ItemExplain(
                _handle.Value, names, start, size, control, json, error))));

    /// <summary>
    /// Changes every item that a filter matches. Done in batches: where it fails or is cancelled in the middle,
    /// the exception tells how many were changed.
    /// </summary>
    /// <param name="filter">Which items.</param>
    /// <param name="changes">What is changed.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it between two batches.</param>
    /// <returns>How many were changed.</returns>
    public long UpdateWhere(
        MemoryFilter filter, MemoryChanges changes, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(changes);
        byte[] json = MemoryFilter.ToUtf8(filter);
        nint builder = changes.NewBuilder();
        try
        {
            return CountLong(
                json, scope, progress, cancellationToken,
                (names, start, size, control, count, error) => Native.ItemUpdateWhere(
                    _handle.Value, names, start, size, builder, (int)durability, control, count, error));
        }
        finally
        {
            Native.ItemBuilderDestroy(builder);
        }
    }

    /// <summary>
    /// Deletes every item that a filter matches. Done in batches: where it fails or is cancelled in the middle,
    /// the exception tells how many were deleted.
    /// </summary>
    /// <param name="filter">
    /// Which items; not an empty one. To delete all: <see cref="ClearTiers"/> with "*".
    /// </param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it between two batches.</param>
    /// <returns>How many were deleted.</returns>
    public long DeleteWhere(
        MemoryFilter filter, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return CountLong(
            MemoryFilter.ToUtf8(filter), scope, progress, cancellationToken,
            (names, start, size, control, count, error) => Native.ItemDeleteWhere(
                _handle.Value, names, start, size, (int)durability, control, count, error));
    }

    private MemoryCursor OpenCursor(byte[] json, MemoryScope? scope) =>
        new(Ask<nint>(&Native.ItemList, json, scope), _tiers);

    private MemoryBatch PutImages(
        MemoryDraft[] drafts, int size, MemoryScope? scope, MemoryPutMode mode, MemoryDurability durability)
    {
        var writer = new ImageWriter(size);
        try
        {
            foreach (MemoryDraft draft in drafts)
            {
                draft.Write(ref writer, _tiers);
            }
            nint items = 0, error = 0;
            int status;
            fixed (byte* start = writer.Bytes)
            {
                status = Native.ItemPutImages(
                    _handle.Value, MemoryScope.Handle(scope), start, (nuint)writer.Bytes.Length, (int)mode,
                    (int)durability, null, &items, &error);
            }
            Kept(scope);
            return Batch(status, error, items);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private MemoryBatch PutBuilders(
        MemoryDraft[] drafts, MemoryScope? scope, MemoryPutMode mode, MemoryDurability durability)
    {
        nint[] builders = new nint[drafts.Length];
        try
        {
            for (int i = 0; i < drafts.Length; i++)
            {
                builders[i] = drafts[i].NewBuilder();
            }
            nint items = 0, error = 0;
            int status;
            fixed (nint* start = builders)
            {
                status = Native.ItemPutMany(
                    _handle.Value, MemoryScope.Handle(scope), start, builders.Length, (int)mode, (int)durability,
                    null, &items, &error);
            }
            Kept(scope);
            return Batch(status, error, items);
        }
        finally
        {
            foreach (nint builder in builders)
            {
                Native.ItemBuilderDestroy(builder);
            }
        }
    }

    // With items, a failure is that of the first entry that failed, and no exception of the whole call.
    private MemoryBatch Batch(int status, nint error, nint items)
    {
        if (items == 0)
        {
            Failures.Check(status, error);
        }
        Exception? first = status == Native.MEMTIER_OK ? null : Failures.Take(status, error);
        return MemoryBatch.Take(items, _tiers, first);
    }

    private IEnumerable<MemoryItem> Pages(
        byte[] json, int pageSize, MemoryScope? scope, CancellationToken cancellationToken)
    {
        using MemoryCursor cursor = OpenCursor(json, scope);
        while (true)
        {
            MemoryBatch page = cursor.Next(pageSize, null, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }
            foreach (MemoryBatchEntry entry in page)
            {
                yield return entry.Item ?? throw entry.Error!;
            }
        }
    }

    /// <summary>Ids one behind the other, and where each ends.</summary>
    private ref struct PackedIds
    {
        private byte[] _bytes;
        private int _used;

        internal PackedIds(IEnumerable<string> ids)
        {
            ArgumentNullException.ThrowIfNull(ids);
            _bytes = ArrayPool<byte>.Shared.Rent(4096);
            var ends = new List<long>();
            try
            {
                foreach (string id in ids)
                {
                    Append(id);
                    ends.Add(_used);
                }
            }
            catch
            {
                Dispose();
                throw;
            }
            Ends = [.. ends];
        }

        internal readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

        internal long[] Ends { get; } = [];

        public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

        private void Append(string id)
        {
            using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes], "ids");
            if (_bytes.Length - _used < bytes.Bytes.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(checked(2 * _bytes.Length + bytes.Bytes.Length));
                Bytes.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }
            bytes.Bytes.CopyTo(_bytes.AsSpan(_used));
            _used += bytes.Bytes.Length;
        }
    }
}
