using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>What makes vectors of texts.</summary>
public enum MemoryEmbedderKind
{
    /// <summary>The small English model that comes with memtier.</summary>
    Builtin,

    /// <summary>No vectors of texts, and no model file needed.</summary>
    None,

    /// <summary>A <see cref="MemoryTextEmbedder"/> of one's own.</summary>
    Callback,
}

/// <summary>
/// Makes a vector of each text, in their order; null for a text without meaning. Runs on the thread whose call
/// needs vectors and on the store's own, on several at once, and must not use the store. It must give the same
/// vector for the same text. What it throws fails the call that asked, with <see cref="MemoryCallbackException"/>.
/// </summary>
/// <param name="texts">The texts.</param>
public delegate IReadOnlyList<float[]?> MemoryEmbedFunction(IReadOnlyList<string> texts);

/// <summary>An embedder of one's own.</summary>
/// <param name="Name">
/// Of its model, its version too: vectors of one name are never compared with those of another.
/// </param>
/// <param name="Dimension">Components of its vectors.</param>
/// <param name="Embed">Makes the vectors.</param>
public sealed record MemoryTextEmbedder(string Name, int Dimension, MemoryEmbedFunction Embed)
{
    // Of the function alone: the options hold it, and nothing of a store.
    internal EmbedCallback NewCallback()
    {
        MemoryEmbedFunction embed = Embed;
        return (texts, vectors) =>
        {
            IReadOnlyList<float[]?> given = embed(texts);
            if (given.Count != texts.Length)
            {
                throw new InvalidOperationException(
                    $"an embedder gave {given.Count} vectors for {texts.Length} texts");
            }
            int dimension = vectors.Length / texts.Length;
            for (int i = 0; i < texts.Length; i++)
            {
                if (given[i] is not { } vector)
                {
                    continue;
                }
                if (vector.Length != dimension)
                {
                    throw new InvalidOperationException(
                        $"an embedder gave a vector of {vector.Length} components, not {dimension}");
                }
                vector.CopyTo(vectors[(i * dimension)..]);
            }
        };
    }
}

/// <summary>A store's embedder.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Of its model; empty for <see cref="MemoryEmbedderKind.None"/>.</param>
/// <param name="Dimension">Components of its vectors; 0 for <see cref="MemoryEmbedderKind.None"/>.</param>
/// <param name="Path">The file of the built-in one.</param>
public sealed record MemoryEmbedderInfo(MemoryEmbedderKind Kind, string Name, int Dimension, string? Path)
{
    internal static MemoryEmbedderInfo Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        MemoryEmbedderKind kind = root.GetProperty("kind").GetString() switch
        {
            "none" => MemoryEmbedderKind.None,
            "callback" => MemoryEmbedderKind.Callback,
            _ => MemoryEmbedderKind.Builtin,
        };
        return new MemoryEmbedderInfo(
            kind,
            root.TryGetProperty("name", out JsonElement name) ? name.GetString()! : "",
            root.TryGetProperty("dimension", out JsonElement dimension) ? dimension.GetInt32() : 0,
            root.TryGetProperty("path", out JsonElement path) ? path.GetString() : null);
    }
}
