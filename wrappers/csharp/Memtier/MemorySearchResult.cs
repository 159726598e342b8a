using System;
using System.Collections;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>One item that a search found.</summary>
public sealed class MemoryHit
{
    internal MemoryHit(MemoryItem item, double textScore, double vectorScore) =>
        (Item, TextScore, VectorScore) = (item, textScore, vectorScore);

    /// <summary>The item.</summary>
    public MemoryItem Item { get; }

    /// <summary>How well it fits; larger is better. To be compared only within one result.</summary>
    public double Score => Item.Score;

    /// <summary>What the item's own words alone say, as BM25 counts them; 0 where none were looked for.</summary>
    public double TextScore { get; }

    /// <summary>How near the item's vector alone is; 0 where none was asked for.</summary>
    public double VectorScore { get; }

    /// <summary>The passage that fits, where <see cref="MemoryQuery.Snippets"/> asked for it; else empty.</summary>
    public string Snippet => Item.Snippet;

    /// <summary>The item, for people.</summary>
    public override string ToString() => $"{Score:F3} {Item}";
}

/// <summary>What a search found, the best first.</summary>
public sealed class MemorySearchResult : IReadOnlyList<MemoryHit>
{
    private readonly MemoryHit[] _hits;

    private MemorySearchResult(MemoryHit[] hits, string explanation) => (_hits, Explanation) = (hits, explanation);

    /// <summary>The number of hits.</summary>
    public int Count => _hits.Length;

    /// <summary>
    /// How the hits were found, a JSON object for people, where <see cref="MemoryQuery.Explain"/> asked for
    /// it; else "{}".
    /// </summary>
    public string Explanation { get; }

    /// <summary>One hit.</summary>
    /// <param name="index">Which, from 0: the best.</param>
    public MemoryHit this[int index] => _hits[index];

    /// <inheritdoc/>
    public IEnumerator<MemoryHit> GetEnumerator() => ((IEnumerable<MemoryHit>)_hits).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _hits.GetEnumerator();

    /// <summary>Copies hits of C and releases them.</summary>
    internal static MemorySearchResult Take(nint hits, string[] tiers)
    {
        try
        {
            return new MemorySearchResult(Read(hits, tiers), Utf8Text.ToString(ReadExplanation(hits)));
        }
        finally
        {
            Native.HitsDestroy(hits);
        }
    }

    /// <summary>Copies the hits of several queries, for each its own, and releases them.</summary>
    internal static unsafe MemorySearchResult[] TakeMany(nint hits, string[] tiers)
    {
        try
        {
            MemoryHit[] all = Read(hits, tiers);
            using JsonDocument list = JsonDocument.Parse(
                Utf8Text.ToString(ReadExplanation(hits)), new JsonDocumentOptions { MaxDepth = Documents.MaxDepth });
            JsonElement[] explanations = [.. list.RootElement.EnumerateArray()];
            var found = new MemorySearchResult[checked((int)Native.HitsQueryCount(hits))];
            long begin = 0;
            for (int i = 0; i < found.Length; i++)
            {
                long end = 0;
                nint error = 0;
                Failures.Check(Native.HitsReadEnd(hits, i, &end, &error), error);
                found[i] = new MemorySearchResult(
                    all[(int)begin..(int)end], explanations[i].GetRawText());
                begin = end;
            }
            return found;
        }
        finally
        {
            Native.HitsDestroy(hits);
        }
    }

    private static unsafe MemoryHit[] Read(nint hits, string[] tiers)
    {
        byte[][] images = ImageReader.ReadAll(hits, Native.HitsCount(hits), &Native.HitsCopyImages);
        double[] texts = ReadColumn(hits, Native.MEMTIER_FIELD_TEXT_SCORE, images.Length);
        double[] vectors = ReadColumn(hits, Native.MEMTIER_FIELD_VECTOR_SCORE, images.Length);
        var found = new MemoryHit[images.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = new MemoryHit(new MemoryItem(images[i], tiers), texts[i], vectors[i]);
        }
        return found;
    }

    private static unsafe double[] ReadColumn(nint hits, int field, int count)
    {
        double* values = null;
        nint error = 0;
        Failures.Check(Native.HitsColumnDouble(hits, field, &values, &error), error);
        return new ReadOnlySpan<double>(values, count).ToArray();
    }

    private static unsafe Slice ReadExplanation(nint hits)
    {
        Slice explanation = default;
        nint error = 0;
        Failures.Check(Native.HitsExplain(hits, &explanation, &error), error);
        return explanation;
    }
}
