using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// A field of items, to make filters of and to order lists by. A field that is missing makes every
/// comparison false, so <see cref="Ne"/>, <see cref="NotIn(MemoryValue[])"/> and
/// <see cref="MemoryFilter.Not"/> are true. A list (tags, a list in the metadata) matches by element.
/// </summary>
public sealed class MemoryField
{
    private MemoryField(string name) => Name = name;

    /// <summary>The item's id.</summary>
    public static MemoryField Id { get; } = new("id");

    /// <summary>What kind of memory it is.</summary>
    public static MemoryField Type { get; } = new("type");

    /// <summary>The content.</summary>
    public static MemoryField Content { get; } = new("content");

    /// <summary>The kind of content.</summary>
    public static MemoryField ContentType { get; } = new("content_type");

    /// <summary>The tags, a list.</summary>
    public static MemoryField Tags { get; } = new("tags");

    /// <summary>The importance, 0 to 1.</summary>
    public static MemoryField Importance { get; } = new("importance");

    /// <summary>The priority.</summary>
    public static MemoryField Priority { get; } = new("priority");

    /// <summary>Whether it is pinned.</summary>
    public static MemoryField Pinned { get; } = new("pinned");

    /// <summary>The name of the tier.</summary>
    public static MemoryField Tier { get; } = new("tier");

    /// <summary>When it was made.</summary>
    public static MemoryField CreatedAt { get; } = new("created_us");

    /// <summary>When it was changed.</summary>
    public static MemoryField UpdatedAt { get; } = new("updated_us");

    /// <summary>When it was last read.</summary>
    public static MemoryField AccessedAt { get; } = new("accessed_us");

    /// <summary>When it expires.</summary>
    public static MemoryField ExpiresAt { get; } = new("expires_us");

    /// <summary>Its time to live.</summary>
    public static MemoryField TimeToLive { get; } = new("ttl_us");

    /// <summary>How often it was read.</summary>
    public static MemoryField AccessCount { get; } = new("access_count");

    /// <summary>How often it was confirmed.</summary>
    public static MemoryField ValidationCount { get; } = new("validation_count");

    /// <summary>Its version.</summary>
    public static MemoryField Version { get; } = new("version");

    /// <summary>The number of the change that wrote it.</summary>
    public static MemoryField ChangeSequence { get; } = new("change_sequence");

    /// <summary>Its size in bytes.</summary>
    public static MemoryField SizeBytes { get; } = new("size_bytes");

    /// <summary>The application whose memory it is.</summary>
    public static MemoryField App { get; } = new("app");

    /// <summary>The person whose memory it is.</summary>
    public static MemoryField User { get; } = new("user");

    /// <summary>The agent whose memory it is.</summary>
    public static MemoryField Agent { get; } = new("agent");

    /// <summary>The session whose memory it is.</summary>
    public static MemoryField Session { get; } = new("session");

    /// <summary>The collection that it belongs to.</summary>
    public static MemoryField Collection { get; } = new("collection");

    /// <summary>Of conditions of policies and archive rules alone: days since the creation.</summary>
    public static MemoryField AgeDays { get; } = new("age_days");

    /// <summary>Of conditions of policies and archive rules alone: seconds since the creation.</summary>
    public static MemoryField AgeSeconds { get; } = new("age_seconds");

    /// <summary>Of conditions of policies and archive rules alone: days since the last read.</summary>
    public static MemoryField IdleDays { get; } = new("idle_days");

    /// <summary>Of conditions of policies and archive rules alone: seconds since the last read.</summary>
    public static MemoryField IdleSeconds { get; } = new("idle_seconds");

    /// <summary>
    /// Of conditions of policies and archive rules alone: reads / days since the creation, at least one.
    /// </summary>
    public static MemoryField AccessesPerDay { get; } = new("accesses_per_day");

    /// <summary>
    /// Of conditions of policies and archive rules alone: whether the medium of its tier is the archive.
    /// </summary>
    public static MemoryField Archived { get; } = new("archived");

    /// <summary>Its name in documents.</summary>
    public string Name { get; }

    /// <summary>
    /// A value in the metadata. A path goes through objects by name, and through lists to every element, or
    /// to one by its number.
    /// </summary>
    /// <param name="path">Names parted by dots: "place.city".</param>
    public static MemoryField Metadata(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Utf8Text.ToArray(path);
        return new("metadata." + path);
    }

    /// <summary>
    /// The keys of an index that <see cref="MemoryStore.CreateIndex(string, MemoryKeyExtractor,
    /// IProgress{MemoryProgress}, System.Threading.CancellationToken)"/> made: they compare as a list of texts.
    /// </summary>
    /// <param name="name">The index's name.</param>
    public static MemoryField Index(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Utf8Text.ToArray(name);
        return new("index." + name);
    }

    /// <summary>Equals.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Eq(MemoryValue value) => new MemoryFilter.Comparison(this, "$eq", value);

    /// <summary>Does not equal, or is missing.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Ne(MemoryValue value) => new MemoryFilter.Comparison(this, "$ne", value);

    /// <summary>Is greater than.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Gt(MemoryValue value) => new MemoryFilter.Comparison(this, "$gt", value);

    /// <summary>Is greater than, or equals.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Gte(MemoryValue value) => new MemoryFilter.Comparison(this, "$gte", value);

    /// <summary>Is less than.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Lt(MemoryValue value) => new MemoryFilter.Comparison(this, "$lt", value);

    /// <summary>Is less than, or equals.</summary>
    /// <param name="value">With what it is compared.</param>
    public MemoryFilter Lte(MemoryValue value) => new MemoryFilter.Comparison(this, "$lte", value);

    /// <summary>Lies between the two, or equals one of them. (Of a list, one element may do for each.)</summary>
    /// <param name="lowest">The lowest that matches.</param>
    /// <param name="highest">The highest that matches.</param>
    public MemoryFilter Between(MemoryValue lowest, MemoryValue highest) => Gte(lowest) & Lte(highest);

    /// <summary>Equals one of these.</summary>
    /// <param name="values">With what it is compared.</param>
    public MemoryFilter In(params MemoryValue[] values) => new MemoryFilter.Membership(this, "$in", [.. values]);

    /// <summary>Equals one of these.</summary>
    /// <param name="values">With what it is compared.</param>
    public MemoryFilter In(IEnumerable<MemoryValue> values) =>
        new MemoryFilter.Membership(this, "$in", [.. values]);

    /// <summary>Equals none of these, or is missing.</summary>
    /// <param name="values">With what it is compared.</param>
    public MemoryFilter NotIn(params MemoryValue[] values) =>
        new MemoryFilter.Membership(this, "$nin", [.. values]);

    /// <summary>Equals none of these, or is missing.</summary>
    /// <param name="values">With what it is compared.</param>
    public MemoryFilter NotIn(IEnumerable<MemoryValue> values) =>
        new MemoryFilter.Membership(this, "$nin", [.. values]);

    /// <summary>Is there, or is missing.</summary>
    /// <param name="exists">Whether it must be there.</param>
    public MemoryFilter Exists(bool exists = true) => new MemoryFilter.Comparison(this, "$exists", exists);

    /// <summary>Has this as a part; a list: has an element that equals it.</summary>
    /// <param name="value">The part.</param>
    public MemoryFilter Contains(MemoryValue value) => new MemoryFilter.Comparison(this, "$contains", value);

    /// <summary>The same, whatever the case of the letters.</summary>
    /// <param name="text">The part.</param>
    public MemoryFilter ContainsIgnoreCase(string text) =>
        new MemoryFilter.Comparison(this, "$icontains", text);

    /// <summary>Begins with this.</summary>
    /// <param name="text">The beginning.</param>
    public MemoryFilter StartsWith(string text) => new MemoryFilter.Comparison(this, "$startsWith", text);

    /// <summary>Its name in documents.</summary>
    public override string ToString() => Name;
}
