using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>Where an index has its keys from.</summary>
public enum MemoryIndexKind
{
    /// <summary>A path into the metadata; kept in the file.</summary>
    Path,

    /// <summary>A <see cref="MemoryKeyExtractor"/>; of one <see cref="MemoryStore"/>, in RAM.</summary>
    Callback,
}

/// <summary>An index of one's own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Where it has its keys from.</param>
/// <param name="Path">The path, such as "metadata.place.city"; null where the kind is another.</param>
/// <param name="IsReady">false: it is not used yet. If nobody is at it, making it again goes on.</param>
/// <param name="EntryCount">One for each key that an item has.</param>
/// <param name="ItemsDone">Items looked at so far, while it is not ready.</param>
public sealed record MemoryIndex(
    string Name, MemoryIndexKind Kind, string? Path, bool IsReady, long EntryCount, long ItemsDone)
{
    internal static MemoryIndex[] ParseList(string json)
    {
        using JsonDocument list = JsonDocument.Parse(json);
        var indexes = new List<MemoryIndex>();
        foreach (JsonElement index in list.RootElement.EnumerateArray())
        {
            indexes.Add(new MemoryIndex(
                Text(index, "name") ?? "",
                Text(index, "kind") == "path" ? MemoryIndexKind.Path : MemoryIndexKind.Callback,
                Text(index, "path"), Text(index, "state") == "ready", Number(index, "entries"),
                Number(index, "items")));
        }
        return [.. indexes];
    }

    private static string? Text(JsonElement index, string name) =>
        index.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long Number(JsonElement index, string name) =>
        index.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;
}

/// <summary>
/// Extracts the keys of a batch of items. Runs on the thread that makes the index, and on those whose filters
/// ask for it after items have changed, by several at once. It must give the same keys for the same item. An
/// exception makes the call that asked fail with <see cref="MemoryCallbackException"/>; nothing changes.
/// </summary>
/// <param name="items">At most 1000; copies, which may be kept.</param>
/// <param name="keys">Receives the keys; an item of which none are added has none.</param>
public delegate void MemoryKeyExtractor(IReadOnlyList<MemoryItem> items, MemoryKeys keys);

/// <summary>
/// Where a <see cref="MemoryKeyExtractor"/> puts what it extracts; lent to it, and the compiler sees to it that
/// it stays inside.
/// </summary>
public readonly unsafe ref struct MemoryKeys
{
    private readonly nint _handle;

    internal MemoryKeys(nint handle) => _handle = handle;

    /// <summary>Adds a key. One that the item has already counts once.</summary>
    /// <param name="item">The item's place in the batch.</param>
    /// <param name="key">At most <see cref="MemtierLibrary.MaxKeyBytes"/> bytes; may be empty.</param>
    /// <exception cref="MemoryException">
    /// <see cref="MemoryStatus.Limit"/>: the item has <see cref="MemtierLibrary.MaxKeys"/>.
    /// </exception>
    public void Add(int item, string key)
    {
        using var text = new Utf8Text(key, stackalloc byte[Utf8Text.StackBytes]);
        nint error = 0;
        fixed (byte* start = text.Bytes)
        {
            Failures.Check(Native.KeysAdd(_handle, item, start, (nuint)text.Bytes.Length, &error), error);
        }
    }
}
