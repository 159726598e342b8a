using System;
using System.Buffers;
using System.Buffers.Binary;

namespace Memtier.Interop;

/// <summary>Writes images of items one behind the other, into a buffer that is kept from the pool.</summary>
internal ref struct ImageWriter
{
    private byte[] _buffer;
    private int _start;
    private int _at;

    internal ImageWriter(int capacity)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        _start = _at = 0;
    }

    internal readonly ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _at);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    internal void Begin()
    {
        _start = _at;
        Reserve(Native.MEMTIER_IMAGE_HEADER_BYTES);
        _at += Native.MEMTIER_IMAGE_HEADER_BYTES;
        Header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(Header[Image.Format..], Native.MEMTIER_IMAGE_FORMAT);
        BinaryPrimitives.WriteUInt16LittleEndian(
            Header[Image.HeaderBytes..], Native.MEMTIER_IMAGE_HEADER_BYTES);
        BinaryPrimitives.WriteUInt16LittleEndian(Header[Image.TextCount..], Native.MEMTIER_IMAGE_TEXT_COUNT);
    }

    internal readonly void Write(int offset, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(Header[offset..], value);

    internal readonly void Write(int offset, double value) =>
        BinaryPrimitives.WriteDoubleLittleEndian(Header[offset..], value);

    internal readonly void Write32(int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(Header[offset..], value);

    internal readonly void AddFlag(int flag)
    {
        Span<byte> flags = Header[Image.Flags..];
        BinaryPrimitives.WriteUInt16LittleEndian(
            flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | flag));
    }

    /// <summary>Appends to the text whose turn it is.</summary>
    internal void Append(string? text, string name)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }
        Reserve(checked(text.Length * 3));
        if (System.Text.Unicode.Utf8.FromUtf16(text, _buffer.AsSpan(_at), out _, out int written, false)
            != OperationStatus.Done)
        {
            throw Utf8Text.NotText(name);
        }
        _at += written;
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
    }

    /// <summary>Ends a text: all are to be ended, in their order.</summary>
    internal readonly void EndText(ImageText text) =>
        Write32(Image.Ends + 4 * (int)text, _at - _start - Native.MEMTIER_IMAGE_HEADER_BYTES);

    internal void End()
    {
        int padding = -(_at - _start) & 7;
        Reserve(padding);
        _buffer.AsSpan(_at, padding).Clear();
        _at += padding;
        Write32(Image.Size, _at - _start);
    }

    private readonly Span<byte> Header => _buffer.AsSpan(_start, Native.MEMTIER_IMAGE_HEADER_BYTES);

    private void Reserve(int more)
    {
        if (_buffer.Length - _at >= more)
        {
            return;
        }
        int doubled = (int)Math.Min(2L * _buffer.Length, Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_at + more), doubled));
        _buffer.AsSpan(0, _at).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
