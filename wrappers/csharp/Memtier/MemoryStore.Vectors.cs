using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Vector spaces, and the vectors that items have in them.
public sealed unsafe partial class MemoryStore
{
    /// <summary>The least score of what <see cref="FindSimilar"/> finds where nothing else is said.</summary>
    public const double SimilarThreshold = 0.7;

    /// <summary>Makes a space, which is kept in the file. If there is one just like it, nothing happens.</summary>
    /// <param name="space">The space.</param>
    /// <exception cref="MemoryExistsException">Another one has the name.</exception>
    public void CreateSpace(MemorySpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        byte[] document = space.ToUtf8();
        nint error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = Native.SpaceCreate(_handle.Value, start, (nuint)document.Length, &error);
        }
        Kept(null);
        Failures.Check(status, error);
    }

    /// <summary>The spaces, in order of their names.</summary>
    /// <param name="cancellationToken">Stops it, for the vectors are counted.</param>
    public IReadOnlyList<MemorySpace> GetSpaces(CancellationToken cancellationToken = default) =>
        MemorySpace.ParseList(Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            [], null, cancellationToken,
            (_, _, _, control, json, error) => Native.SpaceList(_handle.Value, control, json, error)))));

    /// <summary>Drops a space with all its vectors; no item changes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="progress">Told of vectors cleared away.</param>
    /// <param name="cancellationToken">Stops it; the space is gone all the same.</param>
    /// <exception cref="MemoryNotFoundException">There is none of this name.</exception>
    public void DropSpace(
        string name, IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CountLong(
            Utf8Text.ToArray(name), null, progress, cancellationToken,
            (_, start, size, control, _, error) => Native.SpaceDrop(_handle.Value, start, size, control, error));
    }

    /// <summary>
    /// Compares what searches for some of the vectors find with what comparing all of them finds.
    /// </summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="samples">How many vectors are looked for.</param>
    /// <param name="limit">How many nearest ones of each.</param>
    /// <param name="scope">Whose vectors; null: of the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemoryRecall MeasureRecall(
        string space, int samples = 100, int limit = 10, MemoryScope? scope = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "space", space);
            writer.WriteNumber("samples"u8, samples);
            writer.WriteNumber("limit"u8, limit);
            writer.WriteEndObject();
        });
        return MemoryRecall.Parse(Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            document, scope, cancellationToken,
            (names, start, size, control, json, error) => Native.SpaceMeasureRecall(
                _handle.Value, names, start, size, control, json, error)))));
    }

    /// <summary>
    /// Gives an item a vector in a space. It goes with the item, and when the item gets other content.
    /// </summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="vector">As many components as the space has.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <exception cref="MemoryNotFoundException">There is no such item or space.</exception>
    public void PutVector(
        string space, string id, ReadOnlySpan<float> vector, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        using var name = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        byte[] inSpace = Utf8Text.ToArray(space);
        nint error = 0;
        int status;
        fixed (byte* start = name.Bytes, where = inSpace)
        fixed (float* components = vector)
        {
            status = Native.VectorPut(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)name.Bytes.Length, where,
                (nuint)inSpace.Length, components, vector.Length, (int)durability, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
    }

    /// <summary>Gives many items a vector each, in as few commits as possible.</summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="vectors">At most 100000, all of one length.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it between two commits, as <see cref="PutMany"/>.</param>
    /// <returns>What became of each; there are no items in it.</returns>
    public MemoryBatch PutVectors(
        string space, IEnumerable<MemoryItemVector> vectors, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        MemoryItemVector[] all = [.. vectors];
        int dimension = all.Length == 0 ? 0 : all[0].Vector.Length;
        float[] components = new float[all.Length * dimension];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i].Vector.Length != dimension)
            {
                throw new ArgumentException("they do not all have the same length", nameof(vectors));
            }
            all[i].Vector.CopyTo(components, i * dimension);
        }
        byte[] inSpace = Utf8Text.ToArray(space);
        using var packed = new PackedIds(Array.ConvertAll(all, one => one.Id));
        long[] ends = packed.Ends;
        return BatchLong(
            packed.Bytes, scope, progress, cancellationToken,
            (names, bytes, _, control, items, error) =>
            {
                fixed (long* end = ends)
                fixed (byte* where = inSpace)
                fixed (float* start = components)
                {
                    return Native.VectorPutMany(
                        _handle.Value, names, bytes, end, ends.Length, where, (nuint)inSpace.Length, start,
                        components.Length, (int)durability, control, items, error);
                }
            });
    }

    /// <summary>An item's vector in a space. Does not count as a read.</summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <returns>null: there is no such item or space, or the item has no vector there.</returns>
    public float[]? GetVector(string space, string id, MemoryScope? scope = null)
    {
        using var name = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        byte[] inSpace = Utf8Text.ToArray(space);
        float[] buffer = new float[1024];
        while (true)
        {
            nint error = 0;
            long dimension = 0;
            int status;
            fixed (byte* start = name.Bytes, where = inSpace)
            fixed (float* room = buffer)
            {
                status = Native.VectorGet(
                    _handle.Value, MemoryScope.Handle(scope), start, (nuint)name.Bytes.Length, where,
                    (nuint)inSpace.Length, room, buffer.Length, &dimension, &error);
            }
            Kept(scope);
            switch (status)
            {
                case Native.MEMTIER_TOO_SMALL:
                    Native.ErrorDestroy(error);
                    buffer = new float[dimension];
                    break;
                case Native.MEMTIER_NOT_FOUND:
                    Native.ErrorDestroy(error);
                    return null;
                default:
                    Failures.Check(status, error);
                    return buffer[..(int)dimension];
            }
        }
    }

    /// <summary>Takes an item's vector in a space away.</summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>false: there is no such item or space, or the item has no vector there.</returns>
    public bool DeleteVector(
        string space, string id, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        using var name = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        byte[] inSpace = Utf8Text.ToArray(space);
        nint error = 0;
        int status;
        fixed (byte* start = name.Bytes, where = inSpace)
        {
            status = Native.VectorDelete(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)name.Bytes.Length, where,
                (nuint)inSpace.Length, (int)durability, &error);
        }
        Kept(scope);
        if (status == Native.MEMTIER_NOT_FOUND)
        {
            Native.ErrorDestroy(error);
            return false;
        }
        Failures.Check(status, error);
        return true;
    }

    /// <summary>Finds the items whose vectors are nearest to that of an item, which is not among them.</summary>
    /// <param name="space">The name of the space.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="top">At most so many.</param>
    /// <param name="threshold">They have at least this score.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops a search that takes long.</param>
    /// <exception cref="MemoryNotFoundException">The item has no vector there.</exception>
    public MemorySearchResult FindSimilar(
        string space, string id, int top = 10, double threshold = SimilarThreshold, MemoryScope? scope = null,
        CancellationToken cancellationToken = default)
    {
        float[] vector = GetVector(space, id, scope)
            ?? throw new MemoryNotFoundException($"item \"{id}\" has no vector in space \"{space}\"");
        var query = new MemoryQuery
        {
            Vector = vector,
            Space = space,
            Threshold = threshold,
            Top = top,
            Filter = MemoryField.Id.Ne(id),
        };
        return Search(query, scope, cancellationToken);
    }
}
