using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Something that is believed. A new one needs <see cref="Content"/>, or subject, attribute and value, of which it is
/// made then. Give these three where only one value can be true at a time: by them contradictions are found. Of an
/// update, what is null stays as it was, and an empty text takes away.
/// </summary>
/// <param name="Content">The statement.</param>
public sealed record MemoryKnowledge(string? Content = null)
{
    /// <summary>Its id; null: a new one.</summary>
    public string? Id { get; init; }

    /// <summary>What it tells of.</summary>
    public string? Subject { get; init; }

    /// <summary>What of it.</summary>
    public string? Attribute { get; init; }

    /// <summary>What that is: JSON, such as <c>"\"Rome\""</c>; "null" takes away.</summary>
    public string? ValueJson { get; init; }

    /// <summary>What that is, where it is a text; of another value null.</summary>
    public string? Value
    {
        get => ValueJson is string json && json.StartsWith('"') ? JsonDocument.Parse(json).RootElement.GetString() : null;
        init => ValueJson = value is null
            ? null
            : Utf8Text.ToString(Documents.Write(writer => Documents.WriteText(writer, value)));
    }

    /// <summary>What kind of knowledge it is.</summary>
    public string? Category { get; init; }

    /// <summary>Who said so, or where it stands.</summary>
    public string? Source { get; init; }

    /// <summary>From when on it is true; null: now.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when it is true; null: without end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>A JSON object of the caller's own.</summary>
    public string? Metadata { get; init; }

    /// <summary>Tags; null: none, or as they were.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The tier's name; null: long-term memory.</summary>
    public string? Tier { get; init; }

    /// <summary>0 to 1; null: 0.5.</summary>
    public double? Importance { get; init; }

    /// <summary>How long it lives; null: it stays.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Of one that was read: the first belief is 1, each update's one more.</summary>
    public long Number { get; private init; }

    /// <summary>When something else was believed; null for what is believed now.</summary>
    public DateTimeOffset? ReplacedAt { get; private init; }

    /// <summary>Of one that was read: the item that it is kept as.</summary>
    public MemoryItem? Item { get; private init; }

    /// <summary>Takes the item of a knowledge, or of a belief that it once was, apart.</summary>
    /// <param name="item">Of type "knowledge" or "belief".</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static MemoryKnowledge FromItem(MemoryItem item)
    {
        using var members = new KeptMembers(item, "knowledge", "belief");
        return new MemoryKnowledge(item.Content)
        {
            Id = item.Id,
            Subject = members.Text("subject"),
            Attribute = members.Text("attribute"),
            ValueJson = members.Json("value"),
            Category = members.Text("category"),
            Source = members.Text("source"),
            ValidFrom = members.Time("valid_from_us"),
            ValidUntil = members.Time("valid_until_us"),
            Number = members.Number("belief") ?? 0,
            ReplacedAt = members.Time("replaced_us"),
            Metadata = members.Rest("belief_of"),
            Tags = item.Tags,
            Tier = item.Tier,
            Importance = item.Importance,
            Item = item,
        };
    }

    internal byte[] ToUtf8() => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "content", Content);
        Documents.WriteText(writer, "subject", Subject);
        Documents.WriteText(writer, "attribute", Attribute);
        KeptMembers.WriteRaw(writer, "value", ValueJson);
        Documents.WriteText(writer, "category", Category);
        Documents.WriteText(writer, "source", Source);
        KeptMembers.WriteTime(writer, "valid_from_us", ValidFrom);
        KeptMembers.WriteTime(writer, "valid_until_us", ValidUntil);
        KeptMembers.WriteCommon(writer, Id, Metadata, Tags, Tier, Importance, TimeToLive);
        writer.WriteEndObject();
    });
}

/// <summary>A pair of what is believed: of one subject and attribute, with two values, at the same time.</summary>
/// <param name="Subject">What they tell of.</param>
/// <param name="Attribute">What of it.</param>
/// <param name="From">From when on both are true.</param>
/// <param name="Until">Until when; null: for ever.</param>
/// <param name="First">The one that became true first.</param>
/// <param name="Second">The other.</param>
public sealed record MemoryContradiction(
    string Subject, string Attribute, DateTimeOffset From, DateTimeOffset? Until, MemoryContradictionSide First,
    MemoryContradictionSide Second)
{
    internal static MemoryContradiction Read(JsonElement told)
    {
        JsonElement items = told.GetProperty("items");
        return new(
            told.GetProperty("subject").GetString()!, told.GetProperty("attribute").GetString()!,
            MemoryContradictionSide.Time(told, "from_us")!.Value, MemoryContradictionSide.Time(told, "until_us"),
            MemoryContradictionSide.Read(items[0]), MemoryContradictionSide.Read(items[1]));
    }
}

/// <summary>One of the pair of a <see cref="MemoryContradiction"/>.</summary>
/// <param name="Id">The knowledge's.</param>
/// <param name="Scope">Where it lies.</param>
/// <param name="Version">Of its item.</param>
/// <param name="ValueJson">What it says: JSON.</param>
/// <param name="ValidFrom">From when on it is true.</param>
/// <param name="ValidUntil">Until when; null: without end.</param>
public sealed record MemoryContradictionSide(
    string Id, MemoryScope Scope, long Version, string ValueJson, DateTimeOffset ValidFrom, DateTimeOffset? ValidUntil)
{
    internal static MemoryContradictionSide Read(JsonElement told)
    {
        string? Name(string key) => told.TryGetProperty(key, out JsonElement name) ? name.GetString() : null;
        return new(
            Name("id")!,
            new MemoryScope
            {
                App = Name("app"),
                User = Name("user"),
                Agent = Name("agent"),
                Session = Name("session"),
                Collection = Name("collection"),
            },
            told.GetProperty("version").GetInt64(), told.GetProperty("value").GetRawText(),
            Time(told, "valid_from_us")!.Value, Time(told, "valid_until_us"));
    }

    internal static DateTimeOffset? Time(JsonElement told, string key) =>
        told.TryGetProperty(key, out JsonElement us) ? Times.ToTime(us.GetInt64()) : null;
}
