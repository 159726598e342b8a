using System;
using System.Collections.Generic;
using System.Text;
using Memtier.Interop;

namespace Memtier;

/// <summary>An item that is to be put. It can be put again and again, changed or not.</summary>
public sealed class MemoryDraft : MemoryFields
{
    private List<string>? _tags;

    /// <summary>An item of which nothing is said yet.</summary>
    public MemoryDraft()
    {
    }

    /// <summary>An item with this text as content.</summary>
    /// <param name="content">Its content.</param>
    public MemoryDraft(string content) => Content = content;

    private MemoryDraft(byte[] json) => Json = json;

    /// <summary>Its id, at most 1024 bytes; generated where it is not given.</summary>
    public string? Id { get; set; }

    /// <summary>Its tags; one that is given twice counts once.</summary>
    public IList<string> Tags
    {
        get => ListOf(ref _tags);
        init => _tags = [.. value];
    }

    /// <summary>
    /// An item as a JSON document says it (<see cref="LiveMemoryItem.ToJson"/>, a line of an export). What is
    /// set besides wins. The document is read when the item is put: unknown keys are refused then.
    /// </summary>
    /// <param name="json">A JSON object.</param>
    public static MemoryDraft FromJson(string json) => new(Utf8Text.ToArray(json));

    /// <summary>As <see cref="FromJson(string)"/>, from UTF-8.</summary>
    /// <param name="json">A JSON object in UTF-8.</param>
    public static MemoryDraft FromJson(ReadOnlySpan<byte> json) => new(json.ToArray());

    /// <summary>A draft with this text as content.</summary>
    /// <param name="content">Its content.</param>
    public static implicit operator MemoryDraft(string content) => new(content);

    /// <summary>
    /// Whether an image can say it all. There, an empty text, a time of 0 and a negative importance mean
    /// "not said", and line feeds part tags: what is so goes the way of builders, and is stored or refused.
    /// </summary>
    internal bool FitsImage(string[] tiers) =>
        Json is null && Id is not "" && Type is not "" && ContentType is not "" && !(Importance < 0) &&
        (Tier is null || Array.IndexOf(tiers, Tier) >= 0) &&
        Us(CreatedAt) is not 0 && Us(UpdatedAt) is not 0 && Us(AccessedAt) is not 0 && TagsFit();

    /// <summary>An upper bound of its image's size.</summary>
    internal int MaxImageSize()
    {
        long size = 256 + 3L * ((Id?.Length ?? 0) + (Type?.Length ?? 0) + (Content?.Length ?? 0) +
            (ContentType?.Length ?? 0) + (Metadata?.Length ?? 0)) + (ContentBytes?.Length ?? 0);
        if (_tags is not null)
        {
            foreach (string tag in _tags)
            {
                size += 3L * (tag?.Length ?? 0) + 1;
            }
        }
        return (int)Math.Min(size, Array.MaxLength);
    }

    internal void Write(ref ImageWriter image, string[] tiers)
    {
        image.Begin();
        if (Pinned == true)
        {
            image.AddFlag(Native.MEMTIER_IMAGE_PINNED);
        }
        if (ExpectedVersion is long expected && expected != 0)
        {
            image.AddFlag(Native.MEMTIER_IMAGE_EXPECT_VERSION);
            image.Write(Image.Version, expected);
        }
        image.Write(Image.CreatedUs, Us(CreatedAt) ?? 0);
        image.Write(Image.UpdatedUs, Us(UpdatedAt) ?? 0);
        image.Write(Image.AccessedUs, Us(AccessedAt) ?? 0);
        image.Write(Image.ExpiresUs, Us(ExpiresAt) ?? 0);
        image.Write(Image.TtlUs, TimeToLive is TimeSpan ttl ? Times.ToTtl(ttl) : 0);
        image.Write(Image.AccessCount, AccessCount ?? 0);
        image.Write(Image.ValidationCount, ValidationCount ?? 0);
        image.Write(Image.Priority, Priority ?? 0);
        image.Write(Image.Importance, Importance ?? -1.0);
        image.Write32(Image.Tier, Tier is null ? -1 : Array.IndexOf(tiers, Tier));
        WriteTexts(ref image);
        image.End();
    }

    private void WriteTexts(ref ImageWriter image)
    {
        image.Append(Id, nameof(Id));
        for (ImageText name = ImageText.Id; name <= ImageText.Session; name++)
        {
            image.EndText(name); // the names of the scope come from the scope
        }
        image.Append(Type, nameof(Type));
        image.EndText(ImageText.Type);
        image.Append(ContentType, nameof(ContentType));
        image.EndText(ImageText.ContentType);
        for (int i = 0; i < _tags?.Count; i++)
        {
            image.Append(i == 0 ? default : "\n"u8);
            image.Append(_tags[i], nameof(Tags));
        }
        image.EndText(ImageText.Tags);
        image.Append(Metadata, nameof(Metadata));
        image.EndText(ImageText.Metadata);
        image.Append(Content, nameof(Content));
        if (ContentBytes is ReadOnlyMemory<byte> bytes)
        {
            image.Append(bytes.Span);
        }
        image.EndText(ImageText.Content);
        image.EndText(ImageText.Snippet);
    }

    private bool TagsFit()
    {
        if (_tags is not null)
        {
            foreach (string tag in _tags)
            {
                if (string.IsNullOrEmpty(tag) || tag.Contains('\n', StringComparison.Ordinal))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private protected override unsafe void Fill(nint builder)
    {
        base.Fill(builder);
        SetText(builder, Native.MEMTIER_FIELD_ID, Id, nameof(Id));
        if (_tags is not null)
        {
            MemoryChanges.ForEachTag(builder, _tags, &Native.ItemBuilderAddTag);
        }
    }
}
