using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>Something that happened.</summary>
/// <param name="Content">What happened.</param>
public sealed record MemoryEpisode(string Content)
{
    /// <summary>Its id; null: a new one. An item of this id is replaced.</summary>
    public string? Id { get; init; }

    /// <summary>The title; null: location and participants.</summary>
    public string? Title { get; init; }

    /// <summary>Where it happened.</summary>
    public string? Location { get; init; }

    /// <summary>Who was there.</summary>
    public IReadOnlyList<string> Participants { get; init; } = [];

    /// <summary>How it felt: names with their strengths, 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> Emotions { get; init; } = new Dictionary<string, double>();

    /// <summary>When it began; null: now.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>A JSON object of the caller's own.</summary>
    public string? Metadata { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The tier's name; null: long-term memory.</summary>
    public string? Tier { get; init; }

    /// <summary>0 to 1; null: 0.5.</summary>
    public double? Importance { get; init; }

    /// <summary>How long it lives; null: it stays.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Of one that was read: the item that it is kept as.</summary>
    public MemoryItem? Item { get; private init; }

    /// <summary>Takes the item of an episode apart.</summary>
    /// <param name="item">Of type "episode".</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static MemoryEpisode FromItem(MemoryItem item)
    {
        using var members = new KeptMembers(item, "episode");
        var people = new List<string>();
        var emotions = new Dictionary<string, double>();
        if (members.Take("participants") is JsonElement list)
        {
            foreach (JsonElement name in list.EnumerateArray())
            {
                people.Add(name.GetString()!);
            }
        }
        if (members.Take("emotions") is JsonElement felt)
        {
            foreach (JsonProperty one in felt.EnumerateObject())
            {
                emotions[one.Name] = one.Value.GetDouble();
            }
        }
        return new MemoryEpisode(item.Content ?? "")
        {
            Id = item.Id,
            Title = members.Text("title"),
            Location = members.Text("location"),
            Participants = people,
            Emotions = emotions,
            Started = item.CreatedAt,
            Ended = members.Time("ended_us"),
            Metadata = members.Rest(),
            Tags = item.Tags,
            Tier = item.Tier,
            Importance = item.Importance,
            Item = item,
        };
    }

    internal byte[] ToUtf8()
    {
        ArgumentNullException.ThrowIfNull(Content);
        return Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "content", Content);
            Documents.WriteText(writer, "title", Title);
            Documents.WriteText(writer, "location", Location);
            KeptMembers.WriteTexts(writer, "participants", Participants);
            if (Emotions.Count > 0)
            {
                writer.WriteStartObject("emotions"u8);
                foreach ((string name, double strength) in Emotions)
                {
                    Documents.WriteNumber(writer, name, (double?)strength);
                }
                writer.WriteEndObject();
            }
            KeptMembers.WriteTime(writer, "started_us", Started);
            KeptMembers.WriteTime(writer, "ended_us", Ended);
            KeptMembers.WriteCommon(writer, Id, Metadata, Tags, Tier, Importance, TimeToLive);
            writer.WriteEndObject();
        });
    }
}

/// <summary>What is near: to a time, by default now, or to an item.</summary>
public sealed class MemoryAroundQuery
{
    /// <summary>The time; null, where there is no id: now.</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>In its place: around this item, without it.</summary>
    public string? Id { get; set; }

    /// <summary>How far from it at most; null: an hour.</summary>
    public TimeSpan? Within { get; set; }

    /// <summary>The nearest so many, 1 to 1000; null: 20.</summary>
    public int? Limit { get; set; }

    /// <summary>Only these items.</summary>
    public MemoryFilter? Filter { get; set; }

    internal static byte[] ToUtf8(MemoryAroundQuery? query) => query is null
        ? []
        : Documents.Write(writer =>
        {
            writer.WriteStartObject();
            KeptMembers.WriteTime(writer, "at_us", query.At);
            Documents.WriteText(writer, "id", query.Id);
            Documents.WriteNumber(writer, "within_us", query.Within is TimeSpan span ? Times.ToUs(span) : null);
            Documents.WriteNumber(writer, "limit", (long?)query.Limit);
            Documents.WriteFilter(writer, query.Filter);
            writer.WriteEndObject();
        });
}
