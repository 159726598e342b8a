using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Indexes of one's own.
public sealed unsafe partial class MemoryStore
{
    /// <summary>
    /// Makes an index of what the metadata have at a path. It makes filters on exactly this path quicker, writes a
    /// little slower, and changes no answer. It is kept in the file. Others read and write meanwhile. Where there
    /// is one of this name and path already, this sees that it is ready.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">Such as <c>MemoryField.Metadata("place.city")</c>.</param>
    /// <param name="progress">Told of items looked at.</param>
    /// <param name="cancellationToken">Stops it; then there is no index.</param>
    /// <exception cref="MemoryExistsException">The name has another path.</exception>
    public void CreateIndex(
        string name, MemoryField path, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(path);
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("name"u8);
            Documents.WriteText(writer, name);
            writer.WritePropertyName("path"u8);
            Documents.WriteText(writer, path.Name);
            writer.WriteEndObject();
        });
        CountLong(
            document, null, progress, cancellationToken,
            (_, start, size, control, _, error) =>
                Native.IndexCreate(_handle.Value, start, size, control, error));
    }

    /// <summary>
    /// Makes an index of what a callback extracts from items, for filters on <see cref="MemoryField.Index"/>. It
    /// belongs to this store and lives in its RAM, so it is made again after each opening. Filters see every
    /// write that was acknowledged before them.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="extractor">Extracts the keys.</param>
    /// <param name="progress">Told of changes looked at.</param>
    /// <param name="cancellationToken">Stops it; then there is no index.</param>
    /// <exception cref="MemoryExistsException">There is an index of this name.</exception>
    /// <exception cref="MemoryCallbackException">The extractor threw; that is the inner exception.</exception>
    public void CreateIndex(
        string name, MemoryKeyExtractor extractor, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ExtractCallback callback = Callback(extractor, _tiers);
        CountLong(
            Utf8Text.ToArray(name), null, progress, cancellationToken,
            (_, start, size, control, _, error) =>
            {
                KeyExtractor table = Callbacks.NewKeyExtractor(callback);
                return Native.IndexCreateCallback(_handle.Value, start, size, &table, control, error);
            });
    }

    /// <summary>The indexes of one's own, in order of their names.</summary>
    /// <param name="cancellationToken">Stops it, for their entries are counted.</param>
    public IReadOnlyList<MemoryIndex> GetIndexes(CancellationToken cancellationToken = default) =>
        MemoryIndex.ParseList(Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            [], null, cancellationToken,
            (_, _, _, control, json, error) => Native.IndexList(_handle.Value, control, json, error)))));

    /// <summary>Drops an index, of whichever kind; no item changes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it; the index is gone all the same.</param>
    /// <exception cref="MemoryNotFoundException">There is none of this name.</exception>
    public void DropIndex(
        string name, IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CountLong(
            Utf8Text.ToArray(name), null, progress, cancellationToken,
            (_, start, size, control, _, error) =>
                Native.IndexDrop(_handle.Value, start, size, control, error));
    }

    // Static, so that it does not hold the store, which could not be collected then.
    private static ExtractCallback Callback(MemoryKeyExtractor extractor, string[] tiers) => (items, keys) =>
    {
        byte[][] images = ImageReader.ReadAll(items, Native.ItemsCount(items), &Native.ItemsCopyImages);
        extractor(Array.ConvertAll(images, image => new MemoryItem(image, tiers)), new MemoryKeys(keys));
    };
}
