using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// What goes from a hot tier into the next one; a new one is everything of the hottest tier that is not pinned.
/// </summary>
public sealed record MemoryConsolidation
{
    /// <summary>The tier; null: the hottest.</summary>
    public string? From { get; init; }

    /// <summary>Only these; may ask for ages, as a policy's condition does. Null: all.</summary>
    public MemoryFilter? Filter { get; init; }

    /// <summary>Those with at least this retention score, 0 to 2.</summary>
    public double MinScore { get; init; }

    /// <summary>Nothing is done while less of the tier's capacity is used, 0 to 1.</summary>
    public double MinFill { get; init; }

    /// <summary>How many items are moved together, 1 to 1000.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Only the first of the order.</summary>
    public int MaxItems { get; init; } = 100_000;

    /// <summary>How often a batch that fails is tried again, 0 to 10.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Contents longer than so many bytes are compressed; null: none are.</summary>
    public long? CompressAbove { get; init; }

    internal byte[] ToUtf8(bool dryRun) => Write(writer => writer.WriteBoolean("dry_run"u8, dryRun));

    internal byte[] ToUtf8(TimeSpan every) =>
        Write(writer => writer.WriteNumber("every_seconds"u8, every.Ticks / TimeSpan.TicksPerSecond));

    private byte[] Write(Action<Utf8JsonWriter> more) => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        if (From is not null)
        {
            writer.WritePropertyName("from"u8);
            Documents.WriteText(writer, From);
        }
        writer.WritePropertyName("filter"u8);
        writer.WriteRawValue(MemoryFilter.ToUtf8(Filter ?? MemoryFilter.All));
        writer.WriteNumber("min_score"u8, MinScore);
        writer.WriteNumber("min_fill"u8, MinFill);
        writer.WriteNumber("batch_size"u8, BatchSize);
        writer.WriteNumber("max_items"u8, MaxItems);
        writer.WriteNumber("retries"u8, Retries);
        if (CompressAbove is long bytes)
        {
            writer.WriteNumber("compress_above_bytes"u8, bytes);
        }
        more(writer);
        writer.WriteEndObject();
    });
}

/// <summary>A batch of a consolidation that stays where it was.</summary>
/// <param name="Batch">Its number, from 1.</param>
/// <param name="Items">How many are in it.</param>
/// <param name="Message">Why.</param>
public sealed record MemoryConsolidationError(long Batch, long Items, string Message);

/// <summary>What a consolidation did.</summary>
/// <param name="From">The tier.</param>
/// <param name="To">The next one.</param>
/// <param name="Triggered">Whether the tier was full enough.</param>
/// <param name="Selected">Items that the filter leaves.</param>
/// <param name="BelowScore">How many of them have a lower score than was asked for.</param>
/// <param name="Chosen">How many were to go.</param>
/// <param name="Batches">How many.</param>
/// <param name="Moved">Items that were moved.</param>
/// <param name="Gone">Items that left the tier by another way meanwhile.</param>
/// <param name="Retries">Of batches that failed.</param>
/// <param name="Failed">Items that stay where they were.</param>
/// <param name="FailedBatches">How many.</param>
/// <param name="Compressed">Items that were compressed.</param>
/// <param name="SavedBytes">What that saved.</param>
/// <param name="Errors">Of the first hundred batches that failed.</param>
public sealed record MemoryConsolidated(
    string From, string To, bool Triggered, long Selected, long BelowScore, long Chosen, long Batches, long Moved,
    long Gone, long Retries, long Failed, long FailedBatches, long Compressed, long SavedBytes,
    IReadOnlyList<MemoryConsolidationError> Errors)
{
    internal static MemoryConsolidated Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Parse(document.RootElement);
    }

    internal static MemoryConsolidated Parse(JsonElement report)
    {
        long Number(string name) => report.GetProperty(name).GetInt64();
        var errors = new List<MemoryConsolidationError>();
        foreach (JsonElement error in report.GetProperty("errors").EnumerateArray())
        {
            errors.Add(new(
                error.GetProperty("batch").GetInt64(), error.GetProperty("items").GetInt64(),
                error.GetProperty("message").GetString()!));
        }
        return new(
            report.GetProperty("from").GetString()!, report.GetProperty("to").GetString()!,
            report.GetProperty("triggered").GetBoolean(), Number("selected"), Number("below_score"), Number("chosen"),
            Number("batches"), Number("moved"), Number("gone"), Number("retries"), Number("failed"),
            Number("failed_batches"), Number("compressed"), Number("saved_bytes"), errors);
    }
}

/// <summary>What <see cref="MemoryStore.CompressWhere"/> did.</summary>
/// <param name="Matched">Items that the filter holds for.</param>
/// <param name="Items">Those that were compressed.</param>
/// <param name="OriginalBytes">Of these.</param>
/// <param name="CompressedBytes">Of these.</param>
public sealed record MemoryCompressed(long Matched, long Items, long OriginalBytes, long CompressedBytes)
{
    internal static MemoryCompressed Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        long Number(string name) => document.RootElement.GetProperty(name).GetInt64();
        return new(
            Number("matched"), Number("compressed"), Number("original_bytes"), Number("compressed_bytes"));
    }
}
