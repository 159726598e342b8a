using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>Who speaks in a <see cref="MemoryTurn"/>.</summary>
public enum MemoryRole
{
    /// <summary>The program's instructions.</summary>
    System,

    /// <summary>Instructions of those who made the program.</summary>
    Developer,

    /// <summary>The person.</summary>
    User,

    /// <summary>The agent.</summary>
    Assistant,

    /// <summary>A tool that the agent called.</summary>
    Tool,

    /// <summary>Something that happened.</summary>
    Event,
}

/// <summary>
/// One message of a conversation, or one event. Only the role must be set to append one; what is JSON here is kept
/// as it is.
/// </summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What was said; null or empty: the texts of the parts.</param>
public sealed record MemoryTurn(MemoryRole Role, string? Content = null)
{
    /// <summary>The speaker's name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// A JSON list of objects, each with a "type": "text", "tool_call", "tool_result" or any other.
    /// </summary>
    public string? Parts { get; init; }

    /// <summary>A JSON object: how an event changes the session's state.</summary>
    public string? State { get; init; }

    /// <summary>A JSON object of the caller's own.</summary>
    public string? Metadata { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The tier's name; null: the first of the ladder.</summary>
    public string? Tier { get; init; }

    /// <summary>0 to 1; null: 0.5.</summary>
    public double? Importance { get; init; }

    /// <summary>How long it lives; null: the tier's default.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When it was said, not before the turn before it; null: now.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Of a turn that was read: its number in the conversation, from 1; else 0.</summary>
    public long Sequence { get; private init; }

    /// <summary>Of a turn that was read: the item that it is kept as.</summary>
    public MemoryItem? Item { get; private init; }

    /// <summary>Takes the item of a turn apart.</summary>
    /// <param name="item">Of type "turn".</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static MemoryTurn FromItem(MemoryItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Type != "turn" || item.Metadata is not string text)
        {
            throw new ArgumentException($"item \"{item.Id}\" is no turn", nameof(item));
        }
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement metadata = document.RootElement;
        string? Raw(string key) =>
            metadata.TryGetProperty(key, out JsonElement value) ? value.GetRawText() : null;
        return new MemoryTurn(
            Enum.Parse<MemoryRole>(metadata.GetProperty("role").GetString()!, ignoreCase: true), item.Content)
        {
            Name = metadata.TryGetProperty("speaker", out JsonElement name) ? name.GetString() : null,
            Parts = Raw("parts"),
            State = Raw("state"),
            Metadata = Rest(metadata),
            Tags = item.Tags,
            Tier = item.Tier,
            Importance = item.Importance,
            Created = item.CreatedAt,
            Sequence = metadata.TryGetProperty("sequence", out JsonElement number) ? number.GetInt64() : 0,
            Item = item,
        };
    }

    internal static MemoryTurn[] FromItems(byte[][] images, string[] tiers) =>
        Array.ConvertAll(images, image => FromItem(new MemoryItem(image, tiers)));

    internal static byte[] WriteList(IEnumerable<MemoryTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        return Documents.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("turns"u8);
            foreach (MemoryTurn turn in turns)
            {
                turn.Write(writer);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    internal byte[] ToUtf8() => Documents.Write(Write);

    private static string? Rest(JsonElement metadata)
    {
        bool any = false;
        byte[] rest = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in metadata.EnumerateObject())
            {
                if (member.Name is not ("role" or "sequence" or "speaker" or "parts" or "state"))
                {
                    any = true;
                    member.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        });
        return any ? Utf8Text.ToString(rest) : null;
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "role", Role.ToString().ToLowerInvariant());
        if (!string.IsNullOrEmpty(Content) || Parts is null)
        {
            Documents.WriteText(writer, "content", Content ?? "");
        }
        Documents.WriteText(writer, "name", Name);
        WriteRaw(writer, "parts", Parts);
        WriteRaw(writer, "state", State);
        WriteRaw(writer, "metadata", Metadata);
        if (Tags.Count > 0)
        {
            writer.WriteStartArray("tags"u8);
            foreach (string tag in Tags)
            {
                Documents.WriteText(writer, tag);
            }
            writer.WriteEndArray();
        }
        Documents.WriteText(writer, "tier", Tier);
        Documents.WriteNumber(writer, "importance", Importance);
        Documents.WriteNumber(writer, "ttl_us", TimeToLive?.Ticks / TimeSpan.TicksPerMicrosecond);
        Documents.WriteNumber(writer, "created_us", Created is DateTimeOffset time ? Times.ToUs(time) : null);
        writer.WriteEndObject();
    }

    // What is no JSON is told by the library, which names its place.
    private static void WriteRaw(Utf8JsonWriter writer, string key, string? json)
    {
        if (json is not null)
        {
            writer.WritePropertyName(key);
            writer.WriteRawValue(Utf8Text.ToArray(json), skipInputValidation: true);
        }
    }
}
