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
        return SearchLong(
            query.ToUtf8(), scope, cancellationToken,
            (names, start, size, control, hits, error) =>
                Native.StoreSearch(_handle.Value, names, start, size, control, hits, error));
    }

    /// <summary>Runs a query that was checked before.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops a search that takes long.</param>
    public MemorySearchResult Search(
        MemoryPreparedQuery query, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        MemorySearchResult result = SearchLong(
            [], scope, cancellationToken,
            (names, _, _, control, hits, error) =>
                Native.QueryRun(_handle.Value, names, query.Handle, control, hits, error));
        GC.KeepAlive(query);
        return result;
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
        return CountLong(
            MemoryFilter.ToUtf8(filter), scope, progress, cancellationToken,
            (names, start, size, control, count, error) =>
            {
                Writer writer = Callbacks.NewWriter(stream.Write);
                return Native.StoreExport(_handle.Value, names, start, size, &writer, control, count, error);
            });
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
        return CountLong(
            MemoryFilter.ToUtf8(filter), scope, progress, cancellationToken,
            (names, start, size, control, count, error) =>
            {
                fixed (byte* to = file)
                {
                    return Native.StoreExportFile(
                        _handle.Value, names, start, size, to, control, count, error);
                }
            });
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
        return ImportLong(
            options, scope, progress, cancellationToken,
            (names, start, size, control, statistics, error) =>
            {
                Reader reader = Callbacks.NewReader(stream.Read);
                return Native.StoreImport(
                    _handle.Value, names, start, size, &reader, control, statistics, error);
            });
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
        return ImportLong(
            options, scope, progress, cancellationToken,
            (names, start, size, control, statistics, error) =>
            {
                fixed (byte* from = file)
                {
                    return Native.StoreImportFile(
                        _handle.Value, names, start, size, from, control, statistics, error);
                }
            });
    }

    private MemorySearchResult SearchLong(
        byte[] json, MemoryScope? scope, CancellationToken token, LongCall<nint> call) =>
        MemorySearchResult.Take(AskLong(json, scope, token, call), _tiers);

    private MemoryImportStatistics ImportLong(
        MemoryImportOptions? options, MemoryScope? scope, IProgress<MemoryProgress>? progress,
        CancellationToken token, LongCall<ImportStatistics> call)
    {
        var statistics = new ImportStatistics { StructSize = (uint)sizeof(ImportStatistics) };
        int status = Work(
            MemoryImportOptions.ToUtf8(options), scope, progress, token, call, ref statistics, out nint error);
        MemoryImportStatistics result = MemoryImportStatistics.From(statistics);
        Failures.Check(status, error, result.Stored + result.Replaced, token, result);
        return result;
    }
}
