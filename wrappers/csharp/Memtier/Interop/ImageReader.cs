using System;
using System.Buffers;

namespace Memtier.Interop;

/// <summary>Reads images out of C: one item, or many at once.</summary>
internal static unsafe class ImageReader
{
    private const int FirstSize = 4096;
    private const int LargestKept = 1 << 16;

    /// <summary>
    /// A buffer for each thread, for single reads. No callback can come between its filling and its
    /// reading: inside one, calls that take a store are refused.
    /// </summary>
    [ThreadStatic]
    private static byte[]? _buffer;

    internal static byte[] Buffer => _buffer ??= GC.AllocateUninitializedArray<byte>(FirstSize);

    /// <summary>The item at the beginning of a buffer, as an array of its own.</summary>
    internal static byte[] Copy(ReadOnlySpan<byte> image)
    {
        int size = Image.SizeOf(image);
        byte[] copy = GC.AllocateUninitializedArray<byte>(size);
        image[..size].CopyTo(copy);
        return copy;
    }

    /// <summary>Room for an image of this size: the thread's buffer, made larger, or one for once.</summary>
    internal static byte[] Room(nuint size)
    {
        int needed = checked((int)size);
        if (needed > LargestKept)
        {
            return GC.AllocateUninitializedArray<byte>(needed);
        }
        if (Buffer.Length < needed)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(
                (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed));
        }
        return Buffer;
    }

    /// <summary>An item of which C holds a handle.</summary>
    internal static byte[] Read(nint item)
    {
        nuint size = 0;
        nint error = 0;
        int status = Native.ItemCopyImage(item, null, 0, &size, &error);
        while (status == Native.MEMTIER_TOO_SMALL)
        {
            Native.ErrorDestroy(error);
            byte[] image = GC.AllocateUninitializedArray<byte>(checked((int)size));
            fixed (byte* start = image)
            {
                status = Native.ItemCopyImage(item, start, (nuint)image.Length, &size, &error);
            }
            if (status == Native.MEMTIER_OK)
            {
                return image;
            }
        }
        Failures.Throw(status, error);
        return [];
    }

    /// <summary>
    /// The images of all entries of a batch (or of hits), each an array of its own, so that one that is kept
    /// does not keep the others.
    /// </summary>
    /// <param name="many">A handle of items or hits.</param>
    /// <param name="count">How many entries it has.</param>
    /// <param name="copy">ItemsCopyImages or HitsCopyImages.</param>
    internal static byte[][] ReadAll(
        nint many, long count, delegate*<nint, long, byte*, nuint, nuint*, long*, nint*, int> copy)
    {
        byte[][] images = new byte[checked((int)count)][];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LargestKept);
        try
        {
            int done = 0;
            while (done < images.Length)
            {
                nuint size = 0;
                long copied = 0;
                nint error = 0;
                int status;
                fixed (byte* start = buffer)
                {
                    status = copy(many, done, start, (nuint)buffer.Length, &size, &copied, &error);
                }
                if (status == Native.MEMTIER_TOO_SMALL)
                {
                    Native.ErrorDestroy(error);
                    int larger = (int)Math.Min(size, (nuint)Math.Min(2L * buffer.Length, Array.MaxLength));
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(larger);
                    continue;
                }
                Failures.Check(status, error);
                ReadOnlySpan<byte> rest = buffer;
                for (; copied > 0; copied--)
                {
                    images[done] = Copy(rest);
                    rest = rest[images[done++].Length..];
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return images;
    }
}
