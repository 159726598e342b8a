using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

// The room on the stack below is written before it is read.
[module: SkipLocalsInit]

namespace Memtier.Interop;

/// <summary>
/// The UTF-8 of a text for the length of one call, on the caller's stack where it is short. Text that is
/// none (a lone surrogate) is refused, not replaced.
/// </summary>
internal ref struct Utf8Text
{
    /// <summary>Room on the stack that is enough for most ids and names.</summary>
    internal const int StackBytes = 256;

    private byte[]? _rented;

    internal Utf8Text(string text, Span<byte> room, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        if (text.Length * 3L > room.Length)
        {
            room = _rented = ArrayPool<byte>.Shared.Rent(checked(text.Length * 3));
        }
        if (Utf8.FromUtf16(text, room, out _, out int written, false) != OperationStatus.Done)
        {
            Dispose();
            throw NotText(name);
        }
        Bytes = room[..written];
    }

    internal ReadOnlySpan<byte> Bytes { get; private set; }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
            Bytes = default;
        }
    }

    /// <summary>The same as an array.</summary>
    internal static byte[] ToArray(string text, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw NotText(name);
        }
    }

    /// <summary>A path as C wants it: it ends in NUL, so it must not have one inside.</summary>
    internal static byte[] ToPath(string path, [CallerArgumentExpression(nameof(path))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(path, name);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a path cannot have a NUL inside", name);
        }
        byte[] bytes = ToArray(path, name);
        Array.Resize(ref bytes, bytes.Length + 1);
        return bytes;
    }

    internal static string ToString(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    internal static unsafe string ToString(Slice slice) =>
        Encoding.UTF8.GetString(slice.Data, checked((int)slice.Size));

    /// <summary>A document that C returned; it is released.</summary>
    internal static unsafe byte[] TakeBytes(nint bytes)
    {
        byte[] copy =
            new ReadOnlySpan<byte>(Native.BytesData(bytes), checked((int)Native.BytesSize(bytes))).ToArray();
        Native.BytesDestroy(bytes);
        return copy;
    }

    private static readonly UTF8Encoding Strict = new(false, true);

    internal static ArgumentException NotText(string? name) =>
        new("the text has a surrogate that stands alone, which UTF-8 cannot say", name);
}
