using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Pages through a list. Between pages nothing is held open: each shows the store as it is then, and no item
/// that stayed unchanged is missed or shown twice. Works on after its store was closed.
/// </summary>
public sealed unsafe class MemoryCursor : IDisposable
{
    private readonly ObjectHandle _handle;
    private readonly string[] _tiers;
    private readonly object _oneAtATime = new();

    internal MemoryCursor(nint handle, string[] tiers)
    {
        _handle = new ObjectHandle(handle, &Native.CursorDestroy);
        _tiers = tiers;
    }

    /// <summary>The next items; none at the end.</summary>
    /// <param name="maxItems">At most so many, 1 to 100000.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops a page that takes long.</param>
    public MemoryBatch Next(
        int maxItems = 256, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        MemoryBatch.Take(Page(maxItems, progress, cancellationToken), _tiers);

    /// <summary>
    /// The next items as ones that follow the store while they are resident, to be disposed of each; none at
    /// the end. Unlike <see cref="MemoryStore.GetLive"/> it does not count as reading them.
    /// </summary>
    /// <param name="maxItems">At most so many, 1 to 100000.</param>
    /// <param name="cancellationToken">Stops a page that takes long.</param>
    public IReadOnlyList<LiveMemoryItem> NextLive(int maxItems = 256, CancellationToken cancellationToken = default)
    {
        nint items = Page(maxItems, null, cancellationToken);
        var live = new List<LiveMemoryItem>();
        try
        {
            for (long i = 0; i < Native.ItemsCount(items); i++)
            {
                nint item = 0, error = 0;
                Failures.Check(Native.ItemsGet(items, i, &item, &error), error);
                live.Add(new LiveMemoryItem(item, _tiers));
            }
            return live;
        }
        catch
        {
            live.ForEach(item => item.Dispose());
            throw;
        }
        finally
        {
            Native.ItemsDestroy(items);
        }
    }

    /// <summary>
    /// A text that stands for the place, to go on later or elsewhere with
    /// <see cref="MemoryListOptions.After"/>. Empty at the start.
    /// </summary>
    public string GetToken()
    {
        lock (_oneAtATime)
        {
            nint token = 0, error = 0;
            Failures.Check(Native.CursorGetToken(_handle.Value, &token, &error), error);
            GC.KeepAlive(_handle);
            return Utf8Text.ToString(Utf8Text.TakeBytes(token));
        }
    }

    /// <summary>Releases it. Again: nothing.</summary>
    public void Dispose() => _handle.Dispose();

    private nint Page(int maxItems, IProgress<MemoryProgress>? progress, CancellationToken cancellationToken)
    {
        lock (_oneAtATime)
        {
            using var work = new LongWork(progress, cancellationToken);
            nint items = 0, error = 0;
            Control control;
            int status = Native.CursorNext(_handle.Value, maxItems, work.Begin(&control), &items, &error);
            GC.KeepAlive(_handle);
            Failures.Check(status, error, 0, cancellationToken);
            return items;
        }
    }
}
