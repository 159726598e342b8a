using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>How useful an item was.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Value">From -1, not what was wanted, to 1, just that.</param>
public sealed record MemoryFeedback(string Id, double Value)
{
    internal static byte[] ToUtf8(IEnumerable<MemoryFeedback> all) => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (MemoryFeedback one in all)
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "id", one.Id);
            Documents.WriteNumber(writer, "value", one.Value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}

/// <summary>What was learned from <see cref="MemoryFeedback"/>.</summary>
/// <param name="Kind">Of what: "item", "tag", "type" or "speaker".</param>
/// <param name="Name">Of the tag, type or speaker; an item's id.</param>
/// <param name="Value">From -1 to 1, as it counts now.</param>
/// <param name="Updated">When it was last heard of.</param>
public sealed record MemoryPreference(string Kind, string Name, double Value, DateTimeOffset Updated)
{
    internal static MemoryPreference Parse(JsonElement json) => new(
        json.GetProperty("kind").GetString()!, json.GetProperty("name").GetString()!,
        json.GetProperty("preference").GetDouble(), Times.ToTime(json.GetProperty("updated_us").GetInt64()));
}
