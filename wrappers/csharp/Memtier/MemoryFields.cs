using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// What can be said of an item that is written: null is not said. A new item
/// (<see cref="MemoryDraft"/>) then has the default, a changed one (<see cref="MemoryChanges"/>) what it had.
/// </summary>
public abstract class MemoryFields
{
    private protected MemoryFields()
    {
    }

    private string? _content;
    private ReadOnlyMemory<byte>? _contentBytes;

    /// <summary>What kind of memory it is: "episodic", "semantic" or any.</summary>
    public string? Type { get; set; }

    /// <summary>Its content as text. Setting it takes <see cref="ContentBytes"/> back.</summary>
    public string? Content
    {
        get => _content;
        set => (_content, _contentBytes) = (value, null);
    }

    /// <summary>Its content as any bytes, not copied. Setting it takes <see cref="Content"/> back.</summary>
    public ReadOnlyMemory<byte>? ContentBytes
    {
        get => _contentBytes;
        set => (_contentBytes, _content) = (value, null);
    }

    /// <summary>The kind of its content; by default "text/plain", or "application/octet-stream".</summary>
    public string? ContentType { get; set; }

    /// <summary>Its metadata: the text of a JSON object, kept as it is. See <c>SetMetadata</c>.</summary>
    public string? Metadata { get; set; }

    /// <summary>The name of the tier that it is put into, or moved to.</summary>
    public string? Tier { get; set; }

    /// <summary>How important it is, 0 to 1; by default 0.5.</summary>
    public double? Importance { get; set; }

    /// <summary>Its priority, for <see cref="MemoryEvictionOrder.Priority"/>; by default 0.</summary>
    public long? Priority { get; set; }

    /// <summary>Whether it never expires, moves or is evicted.</summary>
    public bool? Pinned { get; set; }

    /// <summary>When it was made; by default now.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>When it was changed; by default now.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }

    /// <summary>When it was last read; by default when it was made.</summary>
    public DateTimeOffset? AccessedAt { get; set; }

    /// <summary>From then on nobody finds it. Wins over <see cref="TimeToLive"/>.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>
    /// Its time to live, from the write on. <see cref="TimeSpan.Zero"/> is the tier's default,
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> none.
    /// </summary>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>How often it was read.</summary>
    public long? AccessCount { get; set; }

    /// <summary>How often it was confirmed.</summary>
    public long? ValidationCount { get; set; }

    /// <summary>The version that must be there, or <see cref="MemoryConflictException"/>; null or 0 any.</summary>
    public long? ExpectedVersion { get; set; }

    internal byte[]? Json { get; private protected init; }

    /// <summary>Sets the metadata to a JSON object with these members.</summary>
    /// <param name="members">Names and values; an empty list makes an empty object.</param>
    public void SetMetadata(params (string Name, MemoryValue Value)[] members) =>
        Metadata = Encoding.UTF8.GetString(Documents.Write(writer =>
        {
            writer.WriteStartObject();
            foreach ((string name, MemoryValue value) in members)
            {
                writer.WritePropertyName(Utf8Text.ToArray(name));
                value.Write(writer);
            }
            writer.WriteEndObject();
        }));

    /// <summary>Sets the metadata to a JSON object, with the very text that it was read from.</summary>
    /// <param name="metadata">A JSON object.</param>
    public void SetMetadata(JsonElement metadata) => Metadata = metadata.GetRawText();

    /// <summary>Makes a builder of C with what is set. To be destroyed.</summary>
    internal unsafe nint NewBuilder()
    {
        nint builder = 0, error = 0;
        Failures.Check(Native.ItemBuilderCreate(&builder, &error), error);
        try
        {
            if (Json is not null)
            {
                fixed (byte* json = Json)
                {
                    Failures.Check(
                        Native.ItemBuilderSetJson(builder, json, (nuint)Json.Length, &error), error);
                }
            }
            Fill(builder);
        }
        catch
        {
            Native.ItemBuilderDestroy(builder);
            throw;
        }
        return builder;
    }

    private protected virtual unsafe void Fill(nint builder)
    {
        SetText(builder, Native.MEMTIER_FIELD_TYPE, Type, nameof(Type));
        SetText(builder, Native.MEMTIER_FIELD_CONTENT, Content, nameof(Content));
        SetText(builder, Native.MEMTIER_FIELD_CONTENT_TYPE, ContentType, nameof(ContentType));
        SetText(builder, Native.MEMTIER_FIELD_METADATA, Metadata, nameof(Metadata));
        SetText(builder, Native.MEMTIER_FIELD_TIER, Tier, nameof(Tier));
        nint error = 0;
        if (ContentBytes is ReadOnlyMemory<byte> bytes)
        {
            fixed (byte* start = bytes.Span)
            {
                Failures.Check(
                    Native.ItemBuilderSetBytes(
                        builder, Native.MEMTIER_FIELD_CONTENT, start, (nuint)bytes.Length, &error), error);
            }
        }
        if (Importance is double importance)
        {
            Failures.Check(
                Native.ItemBuilderSetDouble(builder, Native.MEMTIER_FIELD_IMPORTANCE, importance, &error), error);
        }
        SetNumber(builder, Native.MEMTIER_FIELD_PRIORITY, Priority);
        SetNumber(builder, Native.MEMTIER_FIELD_PINNED, Pinned is bool pinned ? (pinned ? 1 : 0) : null);
        SetNumber(builder, Native.MEMTIER_FIELD_CREATED_US, Us(CreatedAt));
        SetNumber(builder, Native.MEMTIER_FIELD_UPDATED_US, Us(UpdatedAt));
        SetNumber(builder, Native.MEMTIER_FIELD_ACCESSED_US, Us(AccessedAt));
        SetNumber(builder, Native.MEMTIER_FIELD_EXPIRES_US, Us(ExpiresAt));
        SetNumber(builder, Native.MEMTIER_FIELD_TTL_US, TimeToLive is TimeSpan ttl ? Times.ToTtl(ttl) : null);
        SetNumber(builder, Native.MEMTIER_FIELD_ACCESS_COUNT, AccessCount);
        SetNumber(builder, Native.MEMTIER_FIELD_VALIDATION_COUNT, ValidationCount);
        SetNumber(builder, Native.MEMTIER_FIELD_EXPECTED_VERSION, ExpectedVersion);
    }

    private protected static unsafe void SetText(nint builder, int field, string? text, string name)
    {
        if (text is null)
        {
            return;
        }
        using var bytes = new Utf8Text(text, stackalloc byte[Utf8Text.StackBytes], name);
        nint error = 0;
        fixed (byte* start = bytes.Bytes)
        {
            Failures.Check(
                Native.ItemBuilderSetText(builder, field, start, (nuint)bytes.Bytes.Length, &error), error);
        }
    }

    private protected static long? Us(DateTimeOffset? time) =>
        time is DateTimeOffset known ? Times.ToUs(known) : null;

    private static unsafe void SetNumber(nint builder, int field, long? value)
    {
        nint error = 0;
        if (value is long known)
        {
            Failures.Check(Native.ItemBuilderSetInt64(builder, field, known, &error), error);
        }
    }

    /// <summary>A list of tags, made when it is first asked for.</summary>
    private protected static IList<string> ListOf(ref List<string>? tags) => tags ??= [];
}
