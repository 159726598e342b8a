using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Unicode;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// An item as it was when it was read: a copy that needs no store, never changes and need not be disposed
/// of. Its texts are decoded when they are asked for.
/// </summary>
public sealed unsafe class MemoryItem
{
    private static readonly string[] NoTags = [];

    private readonly byte[] _image;
    private readonly string[] _tiers;
    private string? _id;
    private string? _content;
    private string[]? _tags;

    internal MemoryItem(byte[] image, string[] tiers)
    {
        _image = image;
        _tiers = tiers;
    }

    /// <summary>Its id.</summary>
    public string Id => _id ??= Text(ImageText.Id);

    /// <summary>What kind of memory it is, such as "episodic"; null where it was not given.</summary>
    public string? Type => TextOrNull(ImageText.Type);

    /// <summary>
    /// Its content as text. Content can be any bytes: see <see cref="IsText"/> and <see cref="ContentBytes"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The content is not UTF-8.</exception>
    public string Content => _content ??= IsText
        ? Text(ImageText.Content)
        : throw new InvalidOperationException("the content is not UTF-8 text; read ContentBytes");

    /// <summary>Whether the content is text.</summary>
    public bool IsText => _content is not null || Utf8.IsValid(Bytes(ImageText.Content));

    /// <summary>Its content.</summary>
    public ReadOnlyMemory<byte> ContentBytes => Memory(ImageText.Content);

    /// <summary>The kind of its content, such as "text/plain".</summary>
    public string ContentType =>
        Bytes(ImageText.ContentType).SequenceEqual("text/plain"u8) ? "text/plain" : Text(ImageText.ContentType);

    /// <summary>Its metadata, a JSON object, byte for byte as it was put; null where there are none.</summary>
    public string? Metadata => TextOrNull(ImageText.Metadata);

    /// <summary>Its metadata in UTF-8; empty where there are none.</summary>
    public ReadOnlyMemory<byte> MetadataUtf8 => Memory(ImageText.Metadata);

    /// <summary>Its tags, in the order in which they were added.</summary>
    public IReadOnlyList<string> Tags => _tags ??= ReadTags();

    /// <summary>The collection that it belongs to.</summary>
    public string Collection =>
        Bytes(ImageText.Collection).SequenceEqual("default"u8) ? "default" : Text(ImageText.Collection);

    /// <summary>The application whose memory it is; null where none was given.</summary>
    public string? App => TextOrNull(ImageText.App);

    /// <summary>The person whose memory it is; null where none was given.</summary>
    public string? User => TextOrNull(ImageText.User);

    /// <summary>The agent whose memory it is; null where none was given.</summary>
    public string? Agent => TextOrNull(ImageText.Agent);

    /// <summary>The session whose memory it is; null where none was given.</summary>
    public string? Session => TextOrNull(ImageText.Session);

    /// <summary>Exactly the names that it is filed under: a scope in which its id is unique.</summary>
    public MemoryScope Scope =>
        new() { App = App, User = User, Agent = Agent, Session = Session, Collection = Collection };

    /// <summary>The name of the tier in which it lay.</summary>
    public string Tier => _tiers[TierIndex];

    /// <summary>The number of that tier, 0 the hottest.</summary>
    public int TierIndex => BinaryPrimitives.ReadInt32LittleEndian(_image.AsSpan(Image.Tier));

    /// <summary>Its version: 1, 2, ...</summary>
    public long Version => Int64(Image.Version);

    /// <summary>The number of the change that wrote this version.</summary>
    public long ChangeSequence => Int64(Image.ChangeSequence);

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt => Times.ToTime(Int64(Image.CreatedUs));

    /// <summary>When this version was written.</summary>
    public DateTimeOffset UpdatedAt => Times.ToTime(Int64(Image.UpdatedUs));

    /// <summary>When it was last read by id.</summary>
    public DateTimeOffset AccessedAt => Times.ToTime(Int64(Image.AccessedUs));

    /// <summary>From then on nobody finds it; null never.</summary>
    public DateTimeOffset? ExpiresAt =>
        Int64(Image.ExpiresUs) is long us && us != 0 ? Times.ToTime(us) : null;

    /// <summary>Its time to live; null where there is none.</summary>
    public TimeSpan? TimeToLive => Times.FromTtl(Int64(Image.TtlUs));

    /// <summary>How often it was read by id.</summary>
    public long AccessCount => Int64(Image.AccessCount);

    /// <summary>How often it was confirmed (<see cref="MemoryStore.Validate"/>).</summary>
    public long ValidationCount => Int64(Image.ValidationCount);

    /// <summary>Its priority, for <see cref="MemoryEvictionOrder.Priority"/>.</summary>
    public long Priority => Int64(Image.Priority);

    /// <summary>How important it is, 0 to 1.</summary>
    public double Importance => BinaryPrimitives.ReadDoubleLittleEndian(_image.AsSpan(Image.Importance));

    /// <summary>Whether it never expires, moves or is evicted.</summary>
    public bool IsPinned =>
        (BinaryPrimitives.ReadUInt16LittleEndian(_image.AsSpan(Image.Flags)) & Native.MEMTIER_IMAGE_PINNED) != 0;

    /// <summary>The size in bytes of its content, metadata and names.</summary>
    public long SizeBytes
    {
        get
        {
            long size = 0;
            for (ImageText text = ImageText.Id; text <= ImageText.Content; text++)
            {
                size += Bytes(text).Length;
            }
            return size;
        }
    }

    internal double Score => BinaryPrimitives.ReadDoubleLittleEndian(_image.AsSpan(Image.Score));

    internal string Snippet => Text(ImageText.Snippet);

    /// <summary>Reads the metadata; null where there are none. To be disposed of.</summary>
    public JsonDocument? ParseMetadata() => MetadataUtf8 is { Length: > 0 } bytes
        ? JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Documents.MaxDepth })
        : null;

    /// <summary>Whether a filter is true for the item as it was read. Needs no store.</summary>
    /// <param name="filter">The filter.</param>
    /// <exception cref="MemoryInvalidException">The filter is wrong; the message says where.</exception>
    public bool Matches(MemoryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using var tier = new Utf8Text(Tier, stackalloc byte[Utf8Text.StackBytes]);
        byte[] document = MemoryFilter.ToUtf8(filter);
        int matches = 0;
        nint error = 0;
        fixed (byte* image = _image, name = tier.Bytes, json = document)
        {
            Failures.Check(
                Native.ImageMatches(
                    image, (nuint)_image.Length, name, (nuint)tier.Bytes.Length, json,
                    (nuint)document.Length, &matches, &error),
                error);
        }
        return matches != 0;
    }

    /// <summary>The item as a JSON document, lossless; <see cref="MemoryDraft.FromJson(string)"/> reads it.</summary>
    public string ToJson()
    {
        using var tier = new Utf8Text(Tier, stackalloc byte[Utf8Text.StackBytes]);
        nint json = 0, error = 0;
        fixed (byte* image = _image, name = tier.Bytes)
        {
            Failures.Check(
                Native.ImageToJson(image, (nuint)_image.Length, name, (nuint)tier.Bytes.Length, &json, &error),
                error);
        }
        return Utf8Text.ToString(Utf8Text.TakeBytes(json));
    }

    /// <summary>Its id and content, for people.</summary>
    public override string ToString() => IsText ? $"{Id}: {Content}" : $"{Id}: {ContentBytes.Length} bytes";

    private long Int64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_image.AsSpan(offset));

    private ReadOnlySpan<byte> Bytes(ImageText text) => _image.AsSpan(Image.TextOf(_image, text));

    private ReadOnlyMemory<byte> Memory(ImageText text) => _image.AsMemory(Image.TextOf(_image, text));

    private string Text(ImageText text) => Utf8Text.ToString(Bytes(text));

    private string? TextOrNull(ImageText text) =>
        Bytes(text) is { Length: > 0 } bytes ? Utf8Text.ToString(bytes) : null;

    private string[] ReadTags() => TextOrNull(ImageText.Tags)?.Split('\n') ?? NoTags;
}
