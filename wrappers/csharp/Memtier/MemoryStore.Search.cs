using System;
using System.IO;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Search, export and import.
public sealed unsafe partial class MemoryStore
{
    /// <summary>
    /// Searches. Sees every write acknowledged before it starts. Finding an item does not count as reading it.
    /// </summary>
    /// <param name="query">What is searched for; words alone will do.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops a search that takes long.</param>
    public MemorySearchResult Search(
        MemoryQuery query, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        byte[] json = query.ToUtf8();
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(null, cancellationToken);
        nint hits = 0, error = 0;
        Control control;
        int status;
        fixed (byte* start = json)
        {
            status = Native.StoreSearch(
                _handle.Value, names, start, (nuint)json.Length, work.Begin(&control), &hits, &error);
        }
        Kept(scope);
        Failures.Check(status, error, 0, cancellationToken);
        return MemorySearchResult.Take(hits, _tiers);
    }

    /// <summary>Runs a query that was checked before.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops a search that takes long.</param>
    public MemorySearchResult Search(
        MemoryPreparedQuery query, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(null, cancellationToken);
        nint hits = 0, error = 0;
        Control control;
        int status = Native.QueryRun(
            _handle.Value, names, query.Handle, work.Begin(&control), &hits, &error);
        Kept(scope);
        GC.KeepAlive(query);
        Failures.Check(status, error, 0, cancellationToken);
        return MemorySearchResult.Take(hits, _tiers);
    }

    /// <summary>Writes items as JSON Lines, lossless, the oldest first.</summary>
    /// <param name="stream">Where to; written on this thread, not closed.</param>
    /// <param name="filter">Which items; null: all.</param>
    /// <param name="scope">Who may be seen; <see cref="MemoryScope.AllCollections"/>: everything.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many items were written.</returns>
    public long Export(
        Stream stream, MemoryFilter? filter = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] json = MemoryFilter.ToUtf8(filter);
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(progress, cancellationToken);
        long count = 0;
        nint error = 0;
        Control control;
        int status;
        fixed (byte* start = json)
        {
            Writer writer = Callbacks.NewWriter(stream.Write);
            status = Native.StoreExport(
                _handle.Value, names, start, (nuint)json.Length, &writer, work.Begin(&control), &count, &error);
        }
        Kept(scope);
        Failures.Check(status, error, count, cancellationToken);
        return count;
    }

    /// <summary>
    /// Writes items into a file that is made new; a name ending in .gz is compressed. A file half written is
    /// removed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="filter">Which items; null: all.</param>
    /// <param name="scope">Who may be seen; <see cref="MemoryScope.AllCollections"/>: everything.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many items were written.</returns>
    public long ExportFile(
        string path, MemoryFilter? filter = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        byte[] file = Utf8Text.ToPath(path);
        byte[] json = MemoryFilter.ToUtf8(filter);
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(progress, cancellationToken);
        long count = 0;
        nint error = 0;
        Control control;
        int status;
        fixed (byte* start = json, to = file)
        {
            status = Native.StoreExportFile(
                _handle.Value, names, start, (nuint)json.Length, to, work.Begin(&control), &count, &error);
        }
        Kept(scope);
        Failures.Check(status, error, count, cancellationToken);
        return count;
    }

    /// <summary>
    /// Stores items that an export wrote, or the turns of a conversation: JSON Lines, in batches. Items keep
    /// everything that they were exported with. Where it fails, the exception tells what was stored.
    /// </summary>
    /// <param name="stream">Where from; read on this thread, not closed.</param>
    /// <param name="options">How; null for defaults.</param>
    /// <param name="scope">Takes the place of the names in the lines, name by name.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MemoryMalformedException">A bad line; the message has its number.</exception>
    public MemoryImportStatistics Import(
        Stream stream, MemoryImportOptions? options = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] json = MemoryImportOptions.ToUtf8(options);
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(progress, cancellationToken);
        var statistics = new ImportStatistics { StructSize = (uint)sizeof(ImportStatistics) };
        nint error = 0;
        Control control;
        int status;
        fixed (byte* start = json)
        {
            Reader reader = Callbacks.NewReader(stream.Read);
            status = Native.StoreImport(
                _handle.Value, names, start, (nuint)json.Length, &reader, work.Begin(&control), &statistics,
                &error);
        }
        Kept(scope);
        return Imported(status, error, statistics, cancellationToken);
    }

    /// <summary>As <see cref="Import"/>, from a file, compressed with gzip or not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null for defaults.</param>
    /// <param name="scope">Takes the place of the names in the lines, name by name.</param>
    /// <param name="progress">Told how far it is, in bytes of the file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MemoryNotFoundException">There is no such file.</exception>
    /// <exception cref="MemoryMalformedException">A bad line; the message has its number.</exception>
    public MemoryImportStatistics ImportFile(
        string path, MemoryImportOptions? options = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        byte[] file = Utf8Text.ToPath(path);
        byte[] json = MemoryImportOptions.ToUtf8(options);
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(progress, cancellationToken);
        var statistics = new ImportStatistics { StructSize = (uint)sizeof(ImportStatistics) };
        nint error = 0;
        Control control;
        int status;
        fixed (byte* start = json, from = file)
        {
            status = Native.StoreImportFile(
                _handle.Value, names, start, (nuint)json.Length, from, work.Begin(&control), &statistics, &error);
        }
        Kept(scope);
        return Imported(status, error, statistics, cancellationToken);
    }

    private static MemoryImportStatistics Imported(
        int status, nint error, in ImportStatistics statistics, CancellationToken token)
    {
        MemoryImportStatistics result = MemoryImportStatistics.From(statistics);
        Failures.Check(status, error, result.Stored + result.Replaced, token, result);
        return result;
    }
}
