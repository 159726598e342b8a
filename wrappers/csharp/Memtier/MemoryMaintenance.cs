using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>One kind of maintenance; a tick does them in this order.</summary>
public enum MemoryJob
{
    /// <summary>Removes what has expired, as <see cref="MemoryStore.Sweep"/> does.</summary>
    Expire,

    /// <summary>Moves what lies idle one tier down, as <see cref="MemoryStore.Optimize"/> does.</summary>
    Demote,

    /// <summary>Consolidates, as <see cref="MemoryStoreOptions.Consolidation"/> says.</summary>
    Consolidate,

    /// <summary>Applies policies.</summary>
    Policies,

    /// <summary>Follows archive rules.</summary>
    ArchiveRules,

    /// <summary>Packs what waits in the archive.</summary>
    Archive,

    /// <summary>Folds the journal into the file, and merges what was added to the indexes.</summary>
    Indexes,

    /// <summary>Writes the file anew where much of it is not needed any more.</summary>
    Compact,
}

/// <summary>What a job did.</summary>
/// <param name="Job">Which.</param>
/// <param name="Count">How many items were moved, removed or changed.</param>
/// <param name="IsComplete">Whether it had time enough.</param>
/// <param name="Results">Of policies and archive rules: what each did.</param>
/// <param name="Consolidated">Of a consolidation that was due: what it did.</param>
public sealed record MemoryJobDone(
    MemoryJob Job, long Count, bool IsComplete, IReadOnlyList<MemoryApplied> Results,
    MemoryConsolidated? Consolidated = null);

/// <summary>What a tick did.</summary>
/// <param name="Next">If its time was over: the job that comes first in the next tick.</param>
/// <param name="Jobs">What each job did, in their order.</param>
public sealed record MemoryTicked(MemoryJob? Next, IReadOnlyList<MemoryJobDone> Jobs)
{
    private static readonly string[] s_words = 
        ["expire", "demote", "consolidate", "policies", "archive_rules", "archive", "indexes", "compact"];

    /// <summary>Whether there was time for everything.</summary>
    public bool IsComplete => Next is null;

    /// <summary>How many items all jobs moved, removed or changed.</summary>
    public long Total => Jobs.Sum(job => job.Count);

    internal static byte[] Request(IEnumerable<MemoryJob>? jobs, TimeSpan budget) => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        if (jobs is not null)
        {
            writer.WriteStartArray("jobs"u8);
            foreach (MemoryJob job in jobs)
            {
                writer.WriteStringValue(s_words[(int)job]);
            }
            writer.WriteEndArray();
        }
        writer.WriteNumber("budget_ms"u8, budget.Ticks / TimeSpan.TicksPerMillisecond);
        writer.WriteEndObject();
    });

    internal static MemoryTicked Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement report = document.RootElement;
        var jobs = new List<MemoryJobDone>();
        foreach (JsonElement job in report.GetProperty("jobs").EnumerateArray())
        {
            jobs.Add(new MemoryJobDone(
                Job(job.GetProperty("name")), job.GetProperty("count").GetInt64(),
                job.GetProperty("complete").GetBoolean(),
                job.TryGetProperty("results", out JsonElement results) ? PolicyDocuments.ParseResults(results) : [],
                job.TryGetProperty("report", out JsonElement consolidated) ? MemoryConsolidated.Parse(consolidated) : null));
        }
        return new MemoryTicked(report.TryGetProperty("next", out JsonElement next) ? Job(next) : null, jobs);
    }

    private static MemoryJob Job(JsonElement word) => (MemoryJob)Array.IndexOf(s_words, word.GetString());
}
