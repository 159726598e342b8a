using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>What becomes of the items of a collection that is dropped.</summary>
public enum MemoryDropMode
{
    /// <summary>Only if no item lies in it: otherwise <see cref="MemoryConflictException"/>.</summary>
    Empty = 0,

    /// <summary>With its items, everybody's and pinned ones too.</summary>
    WithItems = 1,
}

/// <summary>
/// A part of a store that a <see cref="MemoryScope"/> names: nothing that is asked in one sees, counts or ranks by
/// what lies in another.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">For people and agents; empty where there is none.</param>
/// <param name="ItemCount">How many items the scope that was asked with sees in it.</param>
/// <param name="Created">When it was made; null where it came about by putting an item into it.</param>
public sealed record MemoryCollection(string Name, string Description, long ItemCount, DateTimeOffset? Created)
{
    internal static MemoryCollection[] ParseList(string json)
    {
        using JsonDocument list = JsonDocument.Parse(json);
        var collections = new List<MemoryCollection>();
        foreach (JsonElement one in list.RootElement.EnumerateArray())
        {
            collections.Add(new MemoryCollection(
                one.GetProperty("name").GetString()!, one.GetProperty("description").GetString()!,
                one.GetProperty("items").GetInt64(),
                one.TryGetProperty("created_us", out JsonElement us) ? Times.ToTime(us.GetInt64()) : null));
        }
        return [.. collections];
    }
}
