using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>One of the things that the score of a <see cref="MemoryHit"/> is made of.</summary>
public enum MemorySignal
{
    /// <summary>The item's own words; 1 where nothing is said.</summary>
    Text,

    /// <summary>The item's vector; 1 where nothing is said.</summary>
    Vector,

    /// <summary>Words of the turns around it; 1 where nothing is said.</summary>
    Neighbours,

    /// <summary>The best turn of its session; 1 where nothing is said.</summary>
    Session,

    /// <summary>The query names its speaker; 1 where nothing is said.</summary>
    Speaker,

    /// <summary>It has (nearly) all of the words itself; 1 where nothing is said.</summary>
    Coverage,

    /// <summary>It is of a date that the text names; 1 where nothing is said.</summary>
    Dates,

    /// <summary>How new it is; 0 where nothing is said.</summary>
    Recency,

    /// <summary>How important; 0 where nothing is said.</summary>
    Importance,

    /// <summary>How often read; 0 where nothing is said.</summary>
    Access,

    /// <summary>How near to <see cref="MemoryQuery.Context"/>; 1 where nothing is said.</summary>
    Context,

    /// <summary>How strongly it is linked with the items of <see cref="MemoryQuery.Context"/>; 1 where nothing is said.</summary>
    Association,
}

/// <summary>How what words and a vector say are added up.</summary>
public enum MemoryFusion
{
    /// <summary>Each measured by its own best.</summary>
    Scores,

    /// <summary>By reciprocal ranks.</summary>
    ReciprocalRanks,
}

/// <summary>What the caller is at, each where there is any: hits near to it count more.</summary>
public sealed class MemoryQueryContext
{
    /// <summary>Items that were used just now; at most 100.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Tags that matter; at most 100.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>The session.</summary>
    public string? Session { get; init; }

    /// <summary>Words that matter.</summary>
    public string? Text { get; init; }

    internal static string Key(MemorySignal signal) => signal.ToString().ToLowerInvariant();

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("context"u8);
        WriteTexts(writer, "ids", Ids);
        WriteTexts(writer, "tags", Tags);
        Documents.WriteText(writer, "session", Session);
        Documents.WriteText(writer, "text", Text);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string key, IReadOnlyCollection<string>? texts)
    {
        if (texts is null)
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
}
