using System.Collections;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>One item that a search found.</summary>
public sealed class MemoryHit
{
    internal MemoryHit(MemoryItem item) => Item = item;

    /// <summary>The item.</summary>
    public MemoryItem Item { get; }

    /// <summary>How well it fits; larger is better. To be compared only within one result.</summary>
    public double Score => Item.Score;

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
    internal static unsafe MemorySearchResult Take(nint hits, string[] tiers)
    {
        try
        {
            byte[][] images = ImageReader.ReadAll(hits, Native.HitsCount(hits), &Native.HitsCopyImages);
            var found = new MemoryHit[images.Length];
            for (int i = 0; i < images.Length; i++)
            {
                found[i] = new MemoryHit(new MemoryItem(images[i], tiers));
            }
            Slice explanation = default;
            nint error = 0;
            Failures.Check(Native.HitsExplain(hits, &explanation, &error), error);
            return new MemorySearchResult(found, Utf8Text.ToString(explanation));
        }
        finally
        {
            Native.HitsDestroy(hits);
        }
    }
}
