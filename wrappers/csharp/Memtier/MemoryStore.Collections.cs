using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Collections.
public sealed unsafe partial class MemoryStore
{
    private delegate int TransferCall(
        nint store, nint scope, byte* filter, nuint filterSize, byte* to, nuint toSize, int mode, int durability,
        Control* control, long* count, nint* error);

    /// <summary>
    /// Makes a collection, which is kept while it is empty. (Putting an item into one makes it come about as well.)
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">For people and agents.</param>
    /// <exception cref="MemoryExistsException">It was made already.</exception>
    public void CreateCollection(string name, string description = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(description);
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "name", name);
            Documents.WriteText(writer, "description", description);
            writer.WriteEndObject();
        });
        nint error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = Native.CollectionCreate(_handle.Value, start, (nuint)document.Length, &error);
        }
        Kept(null);
        Failures.Check(status, error);
    }

    /// <summary>
    /// The collections that were made, and others in which the scope sees an item, in order of their names. The
    /// default one is not among them.
    /// </summary>
    /// <param name="scope">Whose items count, in whichever collection; null: anybody's.</param>
    /// <param name="cancellationToken">Stops it, for the items are counted.</param>
    public IReadOnlyList<MemoryCollection> GetCollections(
        MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        MemoryCollection.ParseList(Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            [], scope, cancellationToken,
            (names, _, _, control, json, error) =>
                Native.CollectionList(_handle.Value, names, control, json, error)))));

    /// <summary>
    /// Drops a collection. It may be in use: items that are held stay valid, and what is put into it later makes it
    /// come about anew.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="mode">What becomes of its items.</param>
    /// <param name="progress">Told of items deleted.</param>
    /// <param name="cancellationToken">Stops it; then the collection is still there.</param>
    /// <returns>How many items were deleted.</returns>
    /// <exception cref="MemoryNotFoundException">There is none of this name.</exception>
    /// <exception cref="MemoryConflictException">It has items, and the mode is Empty.</exception>
    public long DropCollection(
        string name, MemoryDropMode mode = MemoryDropMode.Empty, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        CountLong(
            Utf8Text.ToArray(name), null, progress, cancellationToken,
            (_, start, size, control, count, error) =>
                Native.CollectionDrop(_handle.Value, start, size, (int)mode, control, count, error));

    /// <summary>
    /// Copies items into another collection, under the same ids and names and with all they have. In batches: stopped
    /// in the middle, what the exception counts is copied.
    /// </summary>
    /// <param name="collection">The other collection; empty for the default one.</param>
    /// <param name="filter">Which items; null: all.</param>
    /// <param name="scope">Whose, of one collection; null: the default one.</param>
    /// <param name="mode">Create leaves out what is there, Update what is not.</param>
    /// <param name="durability">What the copies survive.</param>
    /// <param name="progress">Told of items copied.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many were copied.</returns>
    public long CopyToCollection(
        string collection, MemoryFilter? filter = null, MemoryScope? scope = null,
        MemoryPutMode mode = MemoryPutMode.Replace, MemoryDurability durability = MemoryDurability.Default,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Transfer(
            collection, filter, scope, mode, durability, progress, cancellationToken, Native.CollectionCopy);

    /// <summary>
    /// Moves items into another collection, chosen as by <see cref="CopyToCollection"/>. Each stands in one of the two
    /// at any time; what the mode leaves out stays where it is.
    /// </summary>
    /// <param name="collection">The other collection; empty for the default one.</param>
    /// <param name="filter">Which items; null: all.</param>
    /// <param name="scope">Whose, of one collection; null: the default one.</param>
    /// <param name="mode">Create leaves out what is there, Update what is not.</param>
    /// <param name="durability">What the moves survive.</param>
    /// <param name="progress">Told of items moved.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many were moved.</returns>
    public long MoveToCollection(
        string collection, MemoryFilter? filter = null, MemoryScope? scope = null,
        MemoryPutMode mode = MemoryPutMode.Replace, MemoryDurability durability = MemoryDurability.Default,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Transfer(
            collection, filter, scope, mode, durability, progress, cancellationToken, Native.CollectionMove);

    private long Transfer(
        string collection, MemoryFilter? filter, MemoryScope? scope, MemoryPutMode mode, MemoryDurability durability,
        IProgress<MemoryProgress>? progress, CancellationToken token, TransferCall call)
    {
        byte[] to = Utf8Text.ToArray(collection);
        return CountLong(
            MemoryFilter.ToUtf8(filter), scope, progress, token,
            (names, start, size, control, count, error) =>
            {
                fixed (byte* target = to)
                {
                    return call(
                        _handle.Value, names, start, size, target, (nuint)to.Length, (int)mode, (int)durability,
                        control, count, error);
                }
            });
    }
}
