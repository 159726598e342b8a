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
/// others from being done, and is not thrown: see <see cref="ThrowIfFailed"/>. Nor is what ended the call in
/// the middle, a cancellation above all, since what came before it is done: see <see cref="Failure"/>.
/// </summary>
public sealed class MemoryBatch : IReadOnlyList<MemoryBatchEntry>
{
    private readonly MemoryBatchEntry[] _entries;

    private MemoryBatch(MemoryBatchEntry[] entries, Exception? failure) => (_entries, Failure) = (entries, failure);

    /// <summary>
    /// What ended the call in the middle (<see cref="MemoryCanceledException"/>, an exception of a callback),
    /// which is then the error of all entries that were not reached; else why the first entry failed that did,
    /// where it is not only that there was no such item to get or delete. null: neither.
    /// </summary>
    public Exception? Failure { get; }

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

    /// <summary>
    /// Throws <see cref="Failure"/>, if there is one, else the error of the first entry that failed.
    /// </summary>
    public void ThrowIfFailed()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
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
    /// <param name="code">What the call returned.</param>
    /// <param name="failure">What the call failed with, where it did.</param>
    internal static unsafe MemoryBatch Take(
        nint items, string[] tiers, MemoryStatus code = MemoryStatus.Ok, Exception? failure = null)
    {
        try
        {
            byte[][] images = ImageReader.ReadAll(items, Native.ItemsCount(items), &Native.ItemsCopyImages);
            var entries = new MemoryBatchEntry[images.Length];
            // That of the first entry that failed, or of all that were not reached.
            bool ended = failure is MemoryCanceledException or MemoryCallbackException;
            bool told = false;
            for (int i = 0; i < images.Length; i++)
            {
                var status = (MemoryStatus)Image.StatusOf(images[i]);
                if (status == MemoryStatus.Ok)
                {
                    bool whole = images[i].Length >= Native.MEMTIER_IMAGE_HEADER_BYTES;
                    entries[i] = new MemoryBatchEntry(status, whole ? new MemoryItem(images[i], tiers) : null, null);
                    continue;
                }
                bool same = failure is not null && status == code && (ended || !told);
                told |= same;
                entries[i] = new MemoryBatchEntry(status, null, same ? failure : ReadFailure(items, i));
            }
            return new MemoryBatch(entries, failure);
        }
        finally
        {
            Native.ItemsDestroy(items);
        }
    }

    private static unsafe Exception ReadFailure(nint items, int index)
    {
        int status = 0;
        nint error = 0;
        Slice message = default;
        Failures.Check(Native.ItemsReadStatus(items, index, &status, &message, &error), error);
        return Failures.New((MemoryStatus)status, Utf8Text.ToString(message));
    }
}
