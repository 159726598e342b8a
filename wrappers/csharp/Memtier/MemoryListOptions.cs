using System;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>Which items are listed, and in which order.</summary>
public sealed class MemoryListOptions
{
    private readonly byte[]? _json;
    private readonly int _pageSize = 256;

    /// <summary>All items, the newest first.</summary>
    public MemoryListOptions()
    {
    }

    private MemoryListOptions(byte[] json) => _json = json;

    /// <summary>Only items that this matches.</summary>
    public MemoryFilter? Filter { get; init; }

    /// <summary>
    /// By which field they are ordered: any but content and tags; by default
    /// <see cref="MemoryField.CreatedAt"/>.
    /// </summary>
    public MemoryField? OrderBy { get; init; }

    /// <summary>Whether the greatest come first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Leave out so many.</summary>
    public long? Skip { get; init; }

    /// <summary>At most so many in all; null or 0: no limit.</summary>
    public long? Limit { get; init; }

    /// <summary>Go on behind this place, a token of <see cref="MemoryCursor.GetToken"/>.</summary>
    public string? After { get; init; }

    /// <summary>How many items are fetched at once while a list is gone through.</summary>
    public int PageSize
    {
        get => _pageSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MemtierLibrary.MaxBatch);
            _pageSize = value;
        }
    }

    /// <summary>A list from its document. It is checked by the call that it is given to.</summary>
    /// <param name="json">A JSON object.</param>
    public static MemoryListOptions FromJson(string json) => new(Utf8Text.ToArray(json));

    /// <summary>The items that this matches, the newest first.</summary>
    /// <param name="filter">What they must match.</param>
    public static implicit operator MemoryListOptions(MemoryFilter filter) => new() { Filter = filter };

    internal byte[] ToUtf8() => _json ?? Documents.Write(Write);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Documents.WriteFilter(writer, Filter);
        Documents.WriteText(writer, "order_by", OrderBy?.Name);
        writer.WriteBoolean("descending"u8, Descending);
        Documents.WriteNumber(writer, "skip", Skip);
        Documents.WriteNumber(writer, "limit", Limit);
        Documents.WriteText(writer, "after", After);
        writer.WriteEndObject();
    }
}
