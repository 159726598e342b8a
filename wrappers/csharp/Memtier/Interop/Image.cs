using System;
using System.Buffers.Binary;

namespace Memtier.Interop;

/// <summary>The texts of an item's image, in their order (section 10 of memtier.h).</summary>
internal enum ImageText
{
    Id, Collection, App, User, Agent, Session, Type, ContentType, Tags, Metadata, Content, Snippet,
}

/// <summary>The layout of an item's image (section 10 of memtier.h).</summary>
internal static class Image
{
    internal const int Size = 0;
    internal const int Status = 4;
    internal const int Format = 8;
    internal const int HeaderBytes = 10;
    internal const int TextCount = 12;
    internal const int Flags = 14;
    internal const int Version = 16;
    internal const int ChangeSequence = 24;
    internal const int CreatedUs = 32;
    internal const int UpdatedUs = 40;
    internal const int AccessedUs = 48;
    internal const int ExpiresUs = 56;
    internal const int TtlUs = 64;
    internal const int AccessCount = 72;
    internal const int ValidationCount = 80;
    internal const int Priority = 88;
    internal const int Importance = 96;
    internal const int Score = 104;
    internal const int Tier = 112;
    internal const int TagCount = 116;
    internal const int Ends = 120;

    /// <summary>
    /// How many bytes more than a put's image its result can have, at most: what is generated, and the names
    /// of the scope.
    /// </summary>
    internal const int MaxGrowth = 128 + 5 * Native.MEMTIER_MAX_NAME_BYTES;

    internal static int SizeOf(ReadOnlySpan<byte> image) =>
        checked((int)BinaryPrimitives.ReadUInt32LittleEndian(image));

    internal static int StatusOf(ReadOnlySpan<byte> image) =>
        BinaryPrimitives.ReadInt32LittleEndian(image[Status..]);

    internal static Range TextOf(ReadOnlySpan<byte> image, ImageText text)
    {
        int number = (int)text;
        int header = BinaryPrimitives.ReadUInt16LittleEndian(image[HeaderBytes..]);
        int begin = number == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(image[(Ends + 4 * (number - 1))..]);
        int end = BinaryPrimitives.ReadInt32LittleEndian(image[(Ends + 4 * number)..]);
        return (header + begin)..(header + end);
    }
}
