using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>Something that an agent did; <see cref="MemoryAgent.Run{T}"/> makes and keeps it.</summary>
/// <param name="Name">What was done.</param>
public sealed record MemoryRun(string Name)
{
    /// <summary>Its id; null: a new one. An item of this id is replaced.</summary>
    public string? Id { get; init; }

    /// <summary>What it was given, a text; of one that was read null where that was another JSON value.</summary>
    public string? Input { get; init; }

    /// <summary>What it was given, as JSON, in place of <see cref="Input"/>.</summary>
    public string? InputJson { get; init; }

    /// <summary>What came of it; of one that was read also a JSON value.</summary>
    public string? Result { get; init; }

    /// <summary>What came of it, as JSON, in place of <see cref="Result"/>.</summary>
    public string? ResultJson { get; init; }

    /// <summary>What went wrong, in place of a result.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it succeeded; null: where there is no error.</summary>
    public bool? Success { get; init; }

    /// <summary>When it began; null: the duration before now.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>A JSON object of the caller's own.</summary>
    public string? Metadata { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The tier's name; null: long-term memory.</summary>
    public string? Tier { get; init; }

    /// <summary>0 to 1; null: 0.5.</summary>
    public double? Importance { get; init; }

    /// <summary>How long it lives; null: it stays.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Of one that was read: the item that it is kept as.</summary>
    public MemoryItem? Item { get; private init; }

    /// <summary>Takes the item of a run apart.</summary>
    /// <param name="item">Of type "run".</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static MemoryRun FromItem(MemoryItem item)
    {
        using var members = new KeptMembers(item, "run");
        string? error = members.Text("error");
        return new MemoryRun(members.Text("name") ?? "")
        {
            Id = item.Id,
            Input = members.Text("input"),
            InputJson = members.Json("input"),
            Result = error is null ? item.Content : null,
            Error = error,
            Success = members.Flag("success"),
            Started = item.CreatedAt,
            Duration = Times.ToSpan(members.Number("duration_us") ?? 0),
            Metadata = members.Rest("title"),
            Tags = item.Tags,
            Tier = item.Tier,
            Importance = item.Importance,
            Item = item,
        };
    }

    internal byte[] ToUtf8()
    {
        ArgumentNullException.ThrowIfNull(Name);
        return Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "name", Name);
            if (InputJson is null)
            {
                Documents.WriteText(writer, "input", Input);
            }
            KeptMembers.WriteRaw(writer, "input", InputJson);
            if (ResultJson is null)
            {
                Documents.WriteText(writer, "result", Result);
            }
            KeptMembers.WriteRaw(writer, "result", ResultJson);
            Documents.WriteText(writer, "error", Error);
            if (Success is bool success)
            {
                writer.WriteBoolean("success"u8, success);
            }
            KeptMembers.WriteTime(writer, "started_us", Started);
            Documents.WriteNumber(writer, "duration_us", (long?)Times.ToUs(Duration));
            KeptMembers.WriteCommon(writer, Id, Metadata, Tags, Tier, Importance, TimeToLive);
            writer.WriteEndObject();
        });
    }
}
