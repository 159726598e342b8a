using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Texts into vectors.
public sealed unsafe partial class MemoryStore
{
    /// <summary>The store's embedder.</summary>
    public MemoryEmbedderInfo GetEmbedder()
    {
        nint json = 0, error = 0;
        int status = Native.StoreGetEmbedder(_handle.Value, &json, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return MemoryEmbedderInfo.Parse(Utf8Text.TakeBytes(json));
    }

    /// <summary>Makes the vector of a text with the store's embedder. Nothing is stored.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its vector; zeros for a text in which the embedder knows nothing.</returns>
    /// <exception cref="MemoryException">The store has no embedder.</exception>
    public float[] Embed(string text) => Embed([text])[0];

    /// <summary>Makes vectors of texts with the store's embedder. Nothing is stored.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Told of texts.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One for each, in their order; zeros for a text in which the embedder knows nothing.</returns>
    /// <exception cref="MemoryException">The store has no embedder.</exception>
    public float[][] Embed(
        IReadOnlyCollection<string> texts, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        byte[][] encoded = texts.Select(text => Utf8Text.ToArray(text)).ToArray();
        long[] ends = new long[encoded.Length];
        long end = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            end += encoded[i].Length;
            ends[i] = end;
        }
        byte[] packed = encoded.SelectMany(bytes => bytes).ToArray();
        nint vectors = 0;
        int status = Work<nint>(
            packed, null, progress, cancellationToken,
            (_, start, _, control, result, failure) =>
            {
                fixed (long* first = ends)
                {
                    return Native.TextEmbed(_handle.Value, start, first, ends.Length, control, result, failure);
                }
            },
            ref vectors, out nint error);
        Failures.Check(status, error, 0, cancellationToken);
        byte[] all = Utf8Text.TakeBytes(vectors);
        if (ends.Length == 0)
        {
            return [];
        }
        return MemoryMarshal.Cast<byte, float>(all).ToArray()
            .Chunk(all.Length / sizeof(float) / ends.Length).ToArray();
    }

    /// <summary>How many items have text and wait for the vector of the store's embedder.</summary>
    /// <exception cref="MemoryException">The store has no embedder.</exception>
    public long GetPendingVectors()
    {
        long count = 0;
        nint error = 0;
        int status = Native.SpaceCountPending(_handle.Value, &count, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return count;
    }

    /// <summary>
    /// Makes the vectors that are missing, after a change of the model or an import. Stopped, what was made
    /// stays, and the next call goes on.
    /// </summary>
    /// <param name="progress">Told of items.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many were made.</returns>
    /// <exception cref="MemoryException">The store has no embedder.</exception>
    public long Reembed(
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CountLong(
            [], null, progress, cancellationToken,
            (_, _, _, control, count, error) => Native.SpaceReembed(_handle.Value, control, count, error));
}
