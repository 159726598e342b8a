using System;
using System.Collections;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>What became of one entry of a batch.</summary>
/// <param name="Status">What the call for this entry alone would have returned.</param>
/// <param name="Item">The item; null where it failed, and where items were deleted.</param>
/// <param name="Error">Why it failed, else null. Not thrown: throw it, or look at it.</param>
public readonly record struct MemoryBatchEntry(MemoryStatus Status, MemoryItem? Item, Exception? Error)
{
    /// <summary>Whether this entry went well.</summary>
    public bool Succeeded => Status == MemoryStatus.Ok;
}

/// <summary>
/// What became of many items, in the order in which they were given. One that fails does not keep the
/// others from being done, and is not thrown: see <see cref="ThrowIfFailed"/>.
/// </summary>
public sealed class MemoryBatch : IReadOnlyList<MemoryBatchEntry>
{
    private readonly MemoryBatchEntry[] _entries;

    private MemoryBatch(MemoryBatchEntry[] entries) => _entries = entries;

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Length;

    /// <summary>The number of entries that went well.</summary>
    public int SucceededCount => Array.FindAll(_entries, entry => entry.Succeeded).Length;

    /// <summary>The items of those entries that have one, in order.</summary>
    public IEnumerable<MemoryItem> Items
    {
        get
        {
            foreach (MemoryBatchEntry entry in _entries)
            {
                if (entry.Item is not null)
                {
                    yield return entry.Item;
                }
            }
        }
    }

    /// <summary>One entry.</summary>
    /// <param name="index">Which, from 0.</param>
    public MemoryBatchEntry this[int index] => _entries[index];

    /// <summary>Throws the error of the first entry that failed, if there is one.</summary>
    public void ThrowIfFailed()
    {
        foreach (MemoryBatchEntry entry in _entries)
        {
            if (entry.Error is not null)
            {
                throw entry.Error;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<MemoryBatchEntry> GetEnumerator() => ((IEnumerable<MemoryBatchEntry>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    /// <summary>Copies a batch of C and releases it.</summary>
    /// <param name="items">Its handle.</param>
    /// <param name="tiers">The names of the store's tiers.</param>
    /// <param name="first">What the call failed with, where it did: the first entry that failed.</param>
    internal static unsafe MemoryBatch Take(nint items, string[] tiers, Exception? first = null)
    {
        try
        {
            byte[][] images = ImageReader.ReadAll(items, Native.ItemsCount(items), &Native.ItemsCopyImages);
            var entries = new MemoryBatchEntry[images.Length];
            for (int i = 0; i < images.Length; i++)
            {
                var status = (MemoryStatus)Image.StatusOf(images[i]);
                if (status != MemoryStatus.Ok)
                {
                    entries[i] = new MemoryBatchEntry(status, null, first ?? Failure(items, i));
                    first = null;
                }
                else
                {
                    bool whole = images[i].Length >= Native.MEMTIER_IMAGE_HEADER_BYTES;
                    entries[i] = new MemoryBatchEntry(status, whole ? new MemoryItem(images[i], tiers) : null, null);
                }
            }
            return new MemoryBatch(entries);
        }
        finally
        {
            Native.ItemsDestroy(items);
        }
    }

    private static unsafe Exception Failure(nint items, int index)
    {
        int status = 0;
        nint error = 0;
        Slice message = default;
        Failures.Check(Native.ItemsReadStatus(items, index, &status, &message, &error), error);
        return Failures.New((MemoryStatus)status, Utf8Text.ToString(message));
    }
}
