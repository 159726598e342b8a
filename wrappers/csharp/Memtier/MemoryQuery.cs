using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// What is searched for. Without words, the newest items that the filter matches.
/// </summary>
public sealed class MemoryQuery
{
    private readonly byte[]? _json;

    /// <summary>A query of which nothing is said yet.</summary>
    public MemoryQuery()
    {
    }

    /// <summary>A query for these words.</summary>
    /// <param name="text">The words; questions as people ask them are fine.</param>
    public MemoryQuery(string text) => Text = text;

    private MemoryQuery(byte[] json) => _json = json;

    /// <summary>The words.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// Whether the text is looked for by what it means, beside its words, with the store's embedder. By what it
    /// means alone: <see cref="MemorySignal.Text"/> with weight 0.
    /// </summary>
    public bool Meaning { get; init; }

    /// <summary>How the words are written.</summary>
    public MemoryQuerySyntax Syntax { get; init; }

    /// <summary>How many of the words an item must have. For <see cref="MemoryQuerySyntax.Natural"/> only.</summary>
    public MemoryQueryMatch Match { get; init; }

    /// <summary>Only items that this matches; applied before the best are chosen.</summary>
    public MemoryFilter? Filter { get; init; }

    /// <summary>At most so many hits; by default 10, at most 10000.</summary>
    public int? Top { get; init; }

    /// <summary>Leave out the first so many.</summary>
    public long? Skip { get; init; }

    /// <summary>Whether each hit has a passage with the words between ** and **.</summary>
    public bool Snippets { get; init; }

    /// <summary>Whether <see cref="MemorySearchResult.Explanation"/> says how the hits were found.</summary>
    public bool Explain { get; init; }

    /// <summary>What a word counts in the content, 0 to 100; by default 1.</summary>
    public double? ContentWeight { get; init; }

    /// <summary>What a word counts in the title (of the metadata), 0 to 100; by default 1.</summary>
    public double? TitleWeight { get; init; }

    /// <summary>What a word counts in the speaker (of the metadata), 0 to 100; by default 1.</summary>
    public double? SpeakerWeight { get; init; }

    /// <summary>What each signal counts for the score, 0 to 10; 0 leaves it out.</summary>
    public IReadOnlyDictionary<MemorySignal, double>? Signals { get; init; }

    /// <summary>After which time <see cref="MemorySignal.Recency"/> counts half; by default thirty days.</summary>
    public TimeSpan? HalfLife { get; init; }

    /// <summary>What the caller is at: hits near to it count more.</summary>
    public MemoryQueryContext? Context { get; init; }

    /// <summary>From 0 to 1: rather what the hits before do not say yet.</summary>
    public double? Diversity { get; init; }

    /// <summary>The items whose vectors are nearest to this one are found; beside words, what either finds.</summary>
    public float[]? Vector { get; init; }

    /// <summary>The space of the vector; may be left out where the store has exactly one.</summary>
    public string? Space { get; init; }

    /// <summary>What a vector finds has at least this score.</summary>
    public double? Threshold { get; init; }

    /// <summary>How what words and a vector say are added up.</summary>
    public MemoryFusion Fusion { get; init; }

    /// <summary>A query from its document. It is checked by the call that it is given to.</summary>
    /// <param name="json">A JSON object.</param>
    public static MemoryQuery FromJson(string json) => new(Utf8Text.ToArray(json));

    /// <summary>A query for these words.</summary>
    /// <param name="text">The words.</param>
    public static implicit operator MemoryQuery(string text) => new(text);

    /// <summary>The query as a document.</summary>
    public override string ToString() => Utf8Text.ToString(ToUtf8());

    // JSON has no word for what is no finite number: the library is to say so, not the writer.
    private static void WriteComponent(Utf8JsonWriter writer, float component)
    {
        if (float.IsFinite(component))
        {
            writer.WriteNumberValue(component);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    internal byte[] ToUtf8() => _json ?? Documents.Write(Write);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "text", Text);
        if (Syntax == MemoryQuerySyntax.Boolean)
        {
            writer.WriteString("syntax"u8, "boolean"u8);
        }
        if (Meaning)
        {
            writer.WriteBoolean("meaning"u8, true);
        }
        if (Match == MemoryQueryMatch.All)
        {
            writer.WriteString("match"u8, "all"u8);
        }
        Documents.WriteFilter(writer, Filter);
        Documents.WriteNumber(writer, "limit", Top);
        Documents.WriteNumber(writer, "skip", Skip);
        if (Snippets)
        {
            writer.WriteBoolean("snippets"u8, true);
        }
        if (Explain)
        {
            writer.WriteBoolean("explain"u8, true);
        }
        if (Vector is not null)
        {
            writer.WriteStartArray("vector"u8);
            foreach (float component in Vector)
            {
                WriteComponent(writer, component);
            }
            writer.WriteEndArray();
        }
        Documents.WriteText(writer, "space", Space);
        Documents.WriteNumber(writer, "threshold", Threshold);
        if (Fusion == MemoryFusion.ReciprocalRanks)
        {
            writer.WriteString("fusion"u8, "rrf"u8);
        }
        if (ContentWeight is not null || TitleWeight is not null || SpeakerWeight is not null)
        {
            writer.WriteStartObject("field_weights"u8);
            Documents.WriteNumber(writer, "content", ContentWeight);
            Documents.WriteNumber(writer, "title", TitleWeight);
            Documents.WriteNumber(writer, "speaker", SpeakerWeight);
            writer.WriteEndObject();
        }
        if (Signals is not null)
        {
            writer.WriteStartObject("weights"u8);
            foreach ((MemorySignal signal, double weight) in Signals)
            {
                writer.WriteNumber(MemoryQueryContext.Key(signal), weight);
            }
            writer.WriteEndObject();
        }
        Documents.WriteNumber(writer, "half_life_seconds", HalfLife?.TotalSeconds);
        Context?.Write(writer);
        Documents.WriteNumber(writer, "diversity", Diversity);
        writer.WriteEndObject();
    }
}
