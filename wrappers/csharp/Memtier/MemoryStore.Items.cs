using System;
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Memtier.Interop;

namespace Memtier;

// One item at a time.
public sealed unsafe partial class MemoryStore
{
    /// <summary>
    /// Stores an item: every read and search that starts afterwards finds it. A replacement is a new version:
    /// what the draft does not say takes its default, except that the time of creation, the tier, the access
    /// statistics and the validation count are kept.
    /// </summary>
    /// <param name="draft">What is stored; a text alone will do.</param>
    /// <param name="scope">The names that it is filed under; null: none, default collection.</param>
    /// <param name="mode">What happens with an item that is there, or is not.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>The item as stored, with its id and version.</returns>
    /// <exception cref="MemoryExistsException">By mode.</exception>
    /// <exception cref="MemoryNotFoundException">By mode; or there is no such tier.</exception>
    /// <exception cref="MemoryConflictException">The expected version is not the one that is there.</exception>
    /// <exception cref="MemoryCallbackException">The eviction scorer threw; nothing is stored.</exception>
    public MemoryItem Put(
        MemoryDraft draft, MemoryScope? scope = null, MemoryPutMode mode = MemoryPutMode.Replace,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (!draft.FitsImage(_tiers))
        {
            return PutBuilt(draft, scope, mode, durability);
        }
        var writer = new ImageWriter(draft.MaxImageSize());
        try
        {
            draft.Write(ref writer, _tiers);
            return PutImage(writer.Bytes, scope, mode, durability);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Gets an item. Counts as a read: it can bring the item a tier up.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <exception cref="MemoryNotFoundException">There is none.</exception>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    public MemoryItem Get(string id, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        return Read(bytes.Bytes, scope, true)!;
    }

    /// <summary>As <see cref="Get(string, MemoryScope?)"/>, with an id in UTF-8.</summary>
    /// <param name="utf8Id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public MemoryItem Get(ReadOnlySpan<byte> utf8Id, MemoryScope? scope = null) => Read(utf8Id, scope, true)!;

    /// <summary>Gets an item if there is one. Counts as a read.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="item">The item.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    public bool TryGet(string id, [NotNullWhen(true)] out MemoryItem? item, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        item = Read(bytes.Bytes, scope, false);
        return item is not null;
    }

    /// <summary>As <see cref="TryGet(string, out MemoryItem?, MemoryScope?)"/>, with an id in UTF-8.</summary>
    /// <param name="utf8Id">Its id.</param>
    /// <param name="item">The item.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public bool TryGet(
        ReadOnlySpan<byte> utf8Id, [NotNullWhen(true)] out MemoryItem? item, MemoryScope? scope = null)
    {
        item = Read(utf8Id, scope, false);
        return item is not null;
    }

    /// <summary>Gets an item that follows the store while it is resident. Counts as a read.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <exception cref="MemoryNotFoundException">There is none.</exception>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    public LiveMemoryItem GetLive(string id, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        return new LiveMemoryItem(Ask<nint>(&Native.ItemGet, bytes.Bytes, scope), _tiers);
    }

    /// <summary>Whether there is such an item, or several. Does not count as a read.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public bool Exists(string id, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        return Exists(bytes.Bytes, scope);
    }

    /// <summary>As <see cref="Exists(string, MemoryScope?)"/>, with an id in UTF-8.</summary>
    /// <param name="utf8Id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public bool Exists(ReadOnlySpan<byte> utf8Id, MemoryScope? scope = null) =>
        Ask<int>(&Native.ItemExists, utf8Id, scope) != 0;

    /// <summary>
    /// Changes what the changes say and leaves the rest. Atomic: nothing written in between is lost.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="changes">What is changed.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>The item after the change.</returns>
    /// <exception cref="MemoryNotFoundException">There is none.</exception>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    /// <exception cref="MemoryConflictException">The expected version is not the one that is there.</exception>
    public MemoryItem Update(
        string id, MemoryChanges changes, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        nint builder = changes.NewBuilder();
        nint item = 0, error = 0;
        int status;
        try
        {
            fixed (byte* start = bytes.Bytes)
            {
                status = Native.ItemUpdate(
                    _handle.Value, MemoryScope.Handle(scope), start, (nuint)bytes.Bytes.Length, builder,
                    (int)durability, &item, &error);
            }
        }
        finally
        {
            Native.ItemBuilderDestroy(builder);
        }
        Kept(scope);
        Failures.Check(status, error);
        return Take(item);
    }

    /// <summary>Pins an item: it never expires, moves or is evicted.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public MemoryItem Pin(string id, MemoryScope? scope = null) =>
        Update(id, new MemoryChanges { Pinned = true }, scope);

    /// <summary>Takes a pin back.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    public MemoryItem Unpin(string id, MemoryScope? scope = null) =>
        Update(id, new MemoryChanges { Pinned = false }, scope);

    /// <summary>Deletes an item.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="expectedVersion">The version that must be there; 0 any.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="MemoryAmbiguousException">There are several in the scope.</exception>
    /// <exception cref="MemoryConflictException">The expected version is not the one that is there.</exception>
    public bool Delete(
        string id, MemoryScope? scope = null, long expectedVersion = 0,
        MemoryDurability durability = MemoryDurability.Default)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        return Delete(bytes.Bytes, scope, expectedVersion, durability);
    }

    /// <summary>As <see cref="Delete(string, MemoryScope?, long, MemoryDurability)"/>, with an id in UTF-8.</summary>
    /// <param name="utf8Id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="expectedVersion">The version that must be there; 0 any.</param>
    /// <param name="durability">What the write survives.</param>
    public bool Delete(
        ReadOnlySpan<byte> utf8Id, MemoryScope? scope = null, long expectedVersion = 0,
        MemoryDurability durability = MemoryDurability.Default)
    {
        nint error = 0;
        int status;
        fixed (byte* start = utf8Id)
        {
            status = Native.ItemDelete(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)utf8Id.Length, expectedVersion,
                (int)durability, &error);
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

    /// <summary>Confirms an item: adds one to its validation count, which makes no new version.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <returns>The validation count.</returns>
    /// <exception cref="MemoryNotFoundException">There is none.</exception>
    public long Validate(string id, MemoryScope? scope = null)
    {
        using var bytes = new Utf8Text(id, stackalloc byte[Utf8Text.StackBytes]);
        return Ask<long>(&Native.ItemValidate, bytes.Bytes, scope);
    }

    // The hottest path: one crossing, then an array and the item that is given away.
    private MemoryItem? Read(ReadOnlySpan<byte> id, MemoryScope? scope, bool required)
    {
        byte[] buffer = ImageReader.Buffer;
        nint error = 0;
        nuint size = 0;
        int status;
        nint names = MemoryScope.Handle(scope);
        do
        {
            fixed (byte* start = id, image = buffer)
            {
                status = Native.ItemGetInto(
                    _handle.Value, names, start, (nuint)id.Length, image, (nuint)buffer.Length, &size, &error);
            }
            if (status == Native.MEMTIER_OK)
            {
                Kept(scope);
                return new MemoryItem(ImageReader.Copy(buffer), _tiers);
            }
            if (status == Native.MEMTIER_TOO_SMALL)
            {
                Native.ErrorDestroy(error);
                buffer = ImageReader.Room(size);
            }
        }
        while (status == Native.MEMTIER_TOO_SMALL);
        Kept(scope);
        if (status == Native.MEMTIER_NOT_FOUND && !required)
        {
            Native.ErrorDestroy(error);
            return null;
        }
        Failures.Throw(status, error);
        return null;
    }

    private MemoryItem PutImage(
        ReadOnlySpan<byte> image, MemoryScope? scope, MemoryPutMode mode, MemoryDurability durability)
    {
        byte[] stored = ArrayPool<byte>.Shared.Rent(image.Length + Image.MaxGrowth);
        try
        {
            nint error = 0;
            nuint size = 0;
            int status;
            fixed (byte* start = image, result = stored)
            {
                status = Native.ItemPutInto(
                    _handle.Value, MemoryScope.Handle(scope), start, (nuint)image.Length, (int)mode,
                    (int)durability, result, (nuint)stored.Length, &size, &error);
            }
            Kept(scope);
            Failures.Check(status, error);
            if (size > (nuint)stored.Length)
            {
                throw Failures.New(MemoryStatus.Internal, "the item is stored, but has grown more than it can");
            }
            return new MemoryItem(ImageReader.Copy(stored), _tiers);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    private MemoryItem PutBuilt(
        MemoryDraft draft, MemoryScope? scope, MemoryPutMode mode, MemoryDurability durability)
    {
        nint builder = draft.NewBuilder();
        nint item = 0, error = 0;
        int status;
        try
        {
            status = Native.ItemPut(
                _handle.Value, MemoryScope.Handle(scope), builder, (int)mode, (int)durability, &item, &error);
        }
        finally
        {
            Native.ItemBuilderDestroy(builder);
        }
        Kept(scope);
        Failures.Check(status, error);
        return Take(item);
    }

    /// <summary>Copies an item of C and releases it.</summary>
    private MemoryItem Take(nint item)
    {
        try
        {
            return new MemoryItem(ImageReader.Read(item), _tiers);
        }
        finally
        {
            Native.ItemDestroy(item);
        }
    }
}
