using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// The tiers of a store, hottest first. Set when the store is made, and kept in it. A preset, tiers of one's
/// own, or a document.
/// </summary>
public sealed class MemoryLadder
{
    private readonly byte[] _text;

    private MemoryLadder(byte[] text, IReadOnlyList<MemoryTier> tiers) => (_text, Tiers) = (text, tiers);

    /// <summary>A ladder of these tiers.</summary>
    /// <param name="tiers">1 to 16 of them, the hottest first.</param>
    public MemoryLadder(params MemoryTier[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        Tiers = Array.AsReadOnly((MemoryTier[])tiers.Clone());
        _text = Documents.Write(Write);
    }

    /// <summary>working, short_term (RAM), long_term (database), archive.</summary>
    public static MemoryLadder Default { get; } = new("default"u8.ToArray(), []);

    /// <summary>immediate, working, session (RAM), episodic, semantic (database), archived.</summary>
    public static MemoryLadder Six { get; } = new("six"u8.ToArray(), []);

    /// <summary>short_term (RAM), long_term (database), external (archive).</summary>
    public static MemoryLadder Three { get; } = new("three"u8.ToArray(), []);

    /// <summary>immediate, recent (RAM), important, learned (database).</summary>
    public static MemoryLadder Levels { get; } = new("levels"u8.ToArray(), []);

    /// <summary>
    /// The tiers, of a ladder made of them and of one that a store gives. Empty for a preset and for a document,
    /// which the library reads: <see cref="MemoryStore.GetLadder"/> tells what they are.
    /// </summary>
    public IReadOnlyList<MemoryTier> Tiers { get; }

    /// <summary>A ladder from its document, or a preset's name. It is checked when a store is opened.</summary>
    /// <param name="json">A JSON object with "tiers".</param>
    public static MemoryLadder FromJson(string json) => new(Utf8Text.ToArray(json), []);

    /// <summary>The document, or the name of the preset.</summary>
    public override string ToString() => Utf8Text.ToString(_text);

    internal ReadOnlySpan<byte> Text => _text;

    /// <summary>A ladder as the library writes it.</summary>
    internal static MemoryLadder Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var tiers = new List<MemoryTier>();
        foreach (JsonElement tier in document.RootElement.GetProperty("tiers"u8).EnumerateArray())
        {
            tiers.Add(MemoryTier.Read(tier));
        }
        return new MemoryLadder(json, tiers.AsReadOnly());
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tiers"u8);
        foreach (MemoryTier tier in Tiers)
        {
            ArgumentNullException.ThrowIfNull(tier);
            tier.Write(writer);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>One tier of a ladder.</summary>
/// <param name="Name">1 to 63 bytes, unique in its ladder.</param>
/// <param name="Medium">Where its items lie.</param>
public sealed record MemoryTier(string Name, MemoryMedium Medium)
{
    /// <summary>
    /// Of <see cref="MemoryMedium.External"/>: a folder, from the store's file on unless it begins with /.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>How many items it holds; 0 is unbounded.</summary>
    public long CapacityItems { get; init; }

    /// <summary>How many bytes it holds; 0 is unbounded.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>The default time to live of items put into it, in whole seconds; zero is none.</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>What a read should take at most, for the metrics; zero is none.</summary>
    public TimeSpan LatencyBudget { get; init; }

    /// <summary>When a read brings an item one tier up; null never.</summary>
    public MemoryPromotion? Promotion { get; init; }

    /// <summary>What <see cref="MemoryStore.Optimize"/> takes one tier down; null nothing.</summary>
    public MemoryDemotion? Demotion { get; init; }

    internal static MemoryTier Read(JsonElement tier)
    {
        string name = tier.GetProperty("name"u8).GetString()!;
        MemoryMedium medium = tier.GetProperty("medium"u8).GetString() switch
        {
            "ram" => MemoryMedium.Ram,
            "database" => MemoryMedium.Database,
            "external" => MemoryMedium.External,
            _ => MemoryMedium.Archive,
        };
        return new MemoryTier(name, medium)
        {
            Target = tier.TryGetProperty("target"u8, out JsonElement target) ? target.GetString() : null,
            CapacityItems = Int64(tier, "capacity_items") ?? 0,
            CapacityBytes = Int64(tier, "capacity_bytes") ?? 0,
            TimeToLive = TimeSpan.FromTicks((Int64(tier, "ttl_seconds") ?? 0) * TimeSpan.TicksPerSecond),
            LatencyBudget = Times.ToSpan(Int64(tier, "latency_budget_us") ?? 0),
            Promotion = tier.TryGetProperty("promote"u8, out JsonElement up) && up.EnumerateObject().MoveNext()
                ? MemoryPromotion.Read(up)
                : null,
            Demotion = tier.TryGetProperty("demote"u8, out JsonElement down) ? MemoryDemotion.Read(down) : null,
        };
    }

    internal static long? Int64(JsonElement json, string key) =>
        json.TryGetProperty(key, out JsonElement value) ? value.GetInt64() : null;

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "name", Name);
        Documents.WriteText(writer, "medium", Medium switch
        {
            MemoryMedium.Ram => "ram",
            MemoryMedium.Database => "database",
            MemoryMedium.External => "external",
            _ => "archive",
        });
        if (Target is not null)
        {
            Documents.WriteText(writer, "target", Target);
        }
        WriteUnlessZero(writer, "capacity_items", CapacityItems);
        WriteUnlessZero(writer, "capacity_bytes", CapacityBytes);
        WriteUnlessZero(writer, "ttl_seconds", TimeToLive.Ticks / TimeSpan.TicksPerSecond);
        WriteUnlessZero(writer, "latency_budget_us", Times.ToUs(LatencyBudget));
        Promotion?.Write(writer);
        Demotion?.Write(writer);
        writer.WriteEndObject();
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, string key, long value) =>
        Documents.WriteNumber(writer, key, value == 0 ? null : value);
}

/// <summary>When a read brings an item one tier up: any of these is enough; null never.</summary>
public sealed record MemoryPromotion
{
    /// <summary>So many reads within <see cref="Within"/>: 1 to 3.</summary>
    public int? Reads { get; init; }

    /// <summary>The time for <see cref="Reads"/>, in whole seconds; the two belong together.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Its importance is above this.</summary>
    public double? ImportanceAbove { get; init; }

    /// <summary>It was read more often than this.</summary>
    public long? AccessCountAbove { get; init; }

    /// <summary>It was confirmed more often than this.</summary>
    public long? ValidationCountAbove { get; init; }

    /// <summary>This holds for it once the read is counted; no filter that asks an index.</summary>
    public MemoryFilter? Filter { get; init; }

    internal static MemoryPromotion Read(JsonElement rule) => new()
    {
        Reads = (int?)MemoryTier.Int64(rule, "reads"),
        Within = MemoryTier.Int64(rule, "within_seconds") is long seconds
            ? TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond)
            : null,
        ImportanceAbove = rule.TryGetProperty("importance_above"u8, out JsonElement above)
            ? above.GetDouble()
            : null,
        AccessCountAbove = MemoryTier.Int64(rule, "access_count_above"),
        ValidationCountAbove = MemoryTier.Int64(rule, "validation_count_above"),
        Filter = rule.TryGetProperty("filter"u8, out JsonElement filter)
            ? MemoryFilter.FromJson(filter.GetRawText())
            : null,
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("promote"u8);
        Documents.WriteNumber(writer, "reads", Reads);
        Documents.WriteNumber(writer, "within_seconds", Within?.Ticks / TimeSpan.TicksPerSecond);
        Documents.WriteNumber(writer, "importance_above", ImportanceAbove);
        Documents.WriteNumber(writer, "access_count_above", AccessCountAbove);
        Documents.WriteNumber(writer, "validation_count_above", ValidationCountAbove);
        if (Filter is not null)
        {
            writer.WritePropertyName("filter"u8);
            writer.WriteRawValue(MemoryFilter.ToUtf8(Filter));
        }
        writer.WriteEndObject();
    }
}

/// <summary>What is taken one tier down: both must hold.</summary>
/// <param name="Idle">It was not read for so long.</param>
/// <param name="AccessCountBelow">It was read less often than this; null: however often.</param>
public sealed record MemoryDemotion(TimeSpan Idle, long? AccessCountBelow = null)
{
    internal static MemoryDemotion Read(JsonElement rule) => new(
        TimeSpan.FromHours(rule.GetProperty("idle_hours"u8).GetDouble()),
        MemoryTier.Int64(rule, "access_count_below") is long below && below != long.MaxValue ? below : null);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("demote"u8);
        Documents.WriteNumber(writer, "idle_hours", Idle.TotalHours);
        Documents.WriteNumber(writer, "access_count_below", AccessCountBelow);
        writer.WriteEndObject();
    }
}
