using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Memtier.Interop;

/// <summary>The metadata of an item that a memory is kept as, taken apart; and what all such documents have.</summary>
internal sealed class KeptMembers : IDisposable
{
    private readonly JsonDocument _document;
    private readonly HashSet<string> _taken = [];

    internal KeptMembers(MemoryItem item, params string[] types)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (Array.IndexOf(types, item.Type) < 0 || item.Metadata is not string metadata)
        {
            throw new ArgumentException($"item \"{item.Id}\" is no {types[0]}", nameof(item));
        }
        _document = JsonDocument.Parse(metadata);
    }

    public void Dispose() => _document.Dispose();

    internal JsonElement? Take(string key)
    {
        _taken.Add(key);
        return _document.RootElement.TryGetProperty(key, out JsonElement value) ? value : null;
    }

    internal string? Json(string key) => Take(key)?.GetRawText();

    internal string? Text(string key) =>
        Take(key) is JsonElement { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    internal long? Number(string key) =>
        Take(key) is JsonElement { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number)
            ? number
            : null;

    internal bool? Flag(string key) => Take(key) is JsonElement value ? value.ValueKind == JsonValueKind.True : null;

    internal DateTimeOffset? Time(string key) => Number(key) is long us ? Times.ToTime(us) : null;

    /// <summary>What was not taken, without these: the caller's own. Null if there is nothing.</summary>
    internal string? Rest(params string[] without)
    {
        _taken.UnionWith(without);
        bool any = false;
        byte[] rest = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in _document.RootElement.EnumerateObject())
            {
                if (!_taken.Contains(member.Name))
                {
                    any = true;
                    member.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        });
        return any ? Utf8Text.ToString(rest) : null;
    }

    internal static void WriteCommon(
        Utf8JsonWriter writer, string? id, string? metadata, IReadOnlyList<string>? tags, string? tier,
        double? importance, TimeSpan? timeToLive)
    {
        Documents.WriteText(writer, "id", id);
        WriteRaw(writer, "metadata", metadata);
        WriteTexts(writer, "tags", tags);
        Documents.WriteText(writer, "tier", tier);
        Documents.WriteNumber(writer, "importance", importance);
        Documents.WriteNumber(writer, "ttl_us", timeToLive is TimeSpan span ? Times.ToTtl(span) : null);
    }

    internal static void WriteTexts(Utf8JsonWriter writer, string key, IReadOnlyList<string>? texts)
    {
        if (texts is null || texts.Count == 0)
        {
            return;
        }
        writer.WriteStartArray(key);
        foreach (string text in texts)
        {
            Documents.WriteText(writer, text);
        }
        writer.WriteEndArray();
    }

    internal static void WriteTime(Utf8JsonWriter writer, string key, DateTimeOffset? time) =>
        Documents.WriteNumber(writer, key, time is DateTimeOffset at ? Times.ToUs(at) : null);

    // What is no JSON is told by the library, which names its place.
    internal static void WriteRaw(Utf8JsonWriter writer, string key, string? json)
    {
        if (json is not null)
        {
            writer.WritePropertyName(key);
            writer.WriteRawValue(Utf8Text.ToArray(json), skipInputValidation: true);
        }
    }
}
