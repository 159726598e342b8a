using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Ticks.</summary>
public sealed class MaintenanceTests : StoreTest
{
    private static MemoryJob[]? Jobs(JsonElement step) => step.TryGetProperty("jobs", out _)
        ? [.. Vectors.Texts(step, "jobs").Select(job => Enum.Parse<MemoryJob>(job.Replace("_", ""), true))]
        : null;

    private static string Word(MemoryJob job) =>
        job == MemoryJob.ArchiveRules ? "archive_rules" : job.ToString().ToLowerInvariant();

    private static void Check(MemoryStore store, JsonElement step)
    {
        MemoryTicked ticked = store.Tick(Jobs(step), TimeSpan.FromHours(1));
        Assert.True(ticked.IsComplete && ticked.Jobs.All(job => job.IsComplete));
        (string, long)[] did = [.. step.GetProperty("did").EnumerateArray()
            .Select(one => (one[0].GetString()!, one[1].GetInt64()))];
        Assert.Equal(did, ticked.Jobs.Select(job => (Word(job.Job), job.Count)));
        Assert.Equal(did.Sum(one => one.Item2), ticked.Total);
        if (step.TryGetProperty("results", out JsonElement results))
        {
            Assert.Equal(
                results.EnumerateArray().Select(one => (one[0].GetString()!, one[1].GetInt64())),
                ticked.Jobs.SelectMany(job => job.Results).Select(one => (one.Name, one.Count)));
        }
        if (step.TryGetProperty("tiers", out JsonElement tiers))
        {
            foreach (JsonProperty one in tiers.EnumerateObject())
            {
                Assert.Equal(
                    1, store.Count(MemoryField.Id.Eq(one.Name) & MemoryField.Tier.Eq(one.Value.GetString()!)));
            }
        }
    }

    [Fact]
    public void TheyDoWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("maintenance.json", "cases")];
        Assert.NotEmpty(cases);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = Time });
            foreach (JsonElement item in test.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()));
            }
            foreach (JsonElement step in test.GetProperty("steps").EnumerateArray())
            {
                Check(store, step);
            }
        }
    }

    private static MemoryConsolidation Consolidation(JsonElement request)
    {
        var made = new MemoryConsolidation();
        foreach (JsonProperty one in request.EnumerateObject())
        {
            made = one.Name switch
            {
                "from" => made with { From = one.Value.GetString() },
                "filter" => made with { Filter = MemoryFilter.FromJson(one.Value.GetRawText()) },
                "min_score" => made with { MinScore = one.Value.GetDouble() },
                "min_fill" => made with { MinFill = one.Value.GetDouble() },
                "batch_size" => made with { BatchSize = one.Value.GetInt32() },
                "max_items" => made with { MaxItems = one.Value.GetInt32() },
                "retries" => made with { Retries = one.Value.GetInt32() },
                "compress_above_bytes" => made with { CompressAbove = one.Value.GetInt64() },
                "dry_run" => made,
                _ => throw new InvalidOperationException(one.Name),
            };
        }
        return made;
    }

    private static object Told(MemoryConsolidated told, string key) => key switch
    {
        "from" => told.From,
        "to" => told.To,
        "triggered" => told.Triggered,
        "selected" => told.Selected,
        "below_score" => told.BelowScore,
        "chosen" => told.Chosen,
        "batches" => told.Batches,
        "moved" => told.Moved,
        "retries" => told.Retries,
        "failed" => told.Failed,
        "compressed" => told.Compressed,
        _ => throw new InvalidOperationException(key),
    };

    [Fact]
    public void ConsolidatingDoesWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("maintenance.json", "consolidations")];
        Assert.True(cases.Length >= 9);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = Time });
            foreach (JsonElement item in test.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()));
            }
            JsonElement request = test.GetProperty("request");
            MemoryConsolidated Run() =>
                store.Consolidate(Consolidation(request), request.TryGetProperty("dry_run", out _));
            if (test.TryGetProperty("status", out JsonElement status))
            {
                var refused = Assert.ThrowsAny<MemoryException>(Run);
                Assert.Equal(
                    status.GetString()!["MEMTIER_".Length..].Replace("_", "").ToLowerInvariant(),
                    refused.Code.ToString().ToLowerInvariant());
                Assert.Contains(test.GetProperty("error").GetString()!, refused.Message);
                continue;
            }
            MemoryConsolidated told = Run();
            foreach (JsonProperty one in test.GetProperty("report").EnumerateObject())
            {
                Assert.Equal(one.Value.ToString(), Told(told, one.Name).ToString());
            }
            foreach (JsonProperty one in test.GetProperty("tiers").EnumerateObject())
            {
                Assert.Equal(
                    1, store.Count(MemoryField.Id.Eq(one.Name) & MemoryField.Tier.Eq(one.Value.GetString()!)));
            }
        }
    }

    private static void RunArchiveStep(MemoryStore store, JsonElement step)
    {
        if (step.TryGetProperty("pack", out JsonElement pack))
        {
            Assert.Equal(
                step.GetProperty("packed").GetInt64(),
                store.PackArchive(pack.GetProperty("level").GetInt32()).Items);
        }
        else
        {
            JsonElement request = step.GetProperty("restore");
            MemoryRestored told = store.Restore(
                request.TryGetProperty("ids", out _) ? Vectors.Texts(request, "ids") : null,
                request.TryGetProperty("filter", out JsonElement filter)
                    ? MemoryFilter.FromJson(filter.GetRawText()) : null,
                request.TryGetProperty("tier", out JsonElement tier) ? tier.GetString() : null);
            Assert.Equal(step.GetProperty("restored").GetInt64(), told.Items);
            Assert.Equal(step.GetProperty("tier").GetString(), told.Tier);
        }
        if (step.TryGetProperty("blocks", out JsonElement blocks))
        {
            Assert.Equal(blocks.GetInt64(), store.GetArchiveStatistics().Blocks);
        }
        if (!step.TryGetProperty("tiers", out JsonElement tiers))
        {
            return;
        }
        foreach (JsonProperty one in tiers.EnumerateObject())
        {
            Assert.Equal(1, store.Count(MemoryField.Id.Eq(one.Name) & MemoryField.Tier.Eq(one.Value.GetString()!)));
        }
    }

    [Fact]
    public void TheArchiveDoesWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("maintenance.json", "archives")];
        Assert.NotEmpty(cases);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = Time });
            foreach (JsonElement item in test.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()));
            }
            foreach (JsonElement step in test.GetProperty("steps").EnumerateArray())
            {
                if (!step.TryGetProperty("status", out JsonElement status))
                {
                    RunArchiveStep(store, step);
                    continue;
                }
                var refused = Assert.ThrowsAny<MemoryException>(() => RunArchiveStep(store, step));
                Assert.Equal(
                    status.GetString()!["MEMTIER_".Length..].Replace("_", "").ToLowerInvariant(),
                    refused.Code.ToString().ToLowerInvariant());
                Assert.Contains(step.GetProperty("error").GetString()!, refused.Message);
            }
            foreach (JsonProperty one in test.GetProperty("contents").EnumerateObject())
            {
                Assert.Equal(one.Value.GetString(), store.Get(one.Name)!.Content);
            }
        }
    }

    /// <summary>Whether a call failed, as a vector says that it must.</summary>
    private static bool IsRefused(JsonElement test, Func<object?> call)
    {
        if (!test.TryGetProperty("status", out JsonElement status))
        {
            return false;
        }
        var refused = Assert.ThrowsAny<MemoryException>(call);
        Assert.Equal(
            status.GetString()!["MEMTIER_".Length..].Replace("_", "").ToLowerInvariant(),
            refused.Code.ToString().ToLowerInvariant());
        Assert.Contains(test.GetProperty("error").GetString()!, refused.Message);
        return true;
    }

    [Fact]
    public void CompressingDoesWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("maintenance.json", "compressions")];
        Assert.NotEmpty(cases);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = Time });
            foreach (JsonElement item in test.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()));
            }
            foreach (JsonElement step in test.GetProperty("steps").EnumerateArray())
            {
                MemoryFilter filter = MemoryFilter.FromJson(step.GetProperty("filter").GetRawText());
                MemoryCompressed Run() => store.CompressWhere(step.GetProperty("above_bytes").GetInt64(), filter);
                if (!IsRefused(step, Run))
                {
                    MemoryCompressed told = Run();
                    Assert.Equal(step.GetProperty("matched").GetInt64(), told.Matched);
                    Assert.Equal(step.GetProperty("compressed").GetInt64(), told.Items);
                }
            }
            foreach (JsonProperty one in test.GetProperty("contents").EnumerateObject())
            {
                Assert.Equal(one.Value.GetString(), store.Get(one.Name)!.Content);
            }
        }
    }

    [Fact]
    public void ForgettingDoesWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("maintenance.json", "forgettings")];
        Assert.True(cases.Length >= 6);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = Time });
            foreach (JsonElement item in test.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()), Vectors.Names(item));
            }
            MemoryReceipt Run() => store.Forget(Vectors.Scope(test)!);
            if (!IsRefused(test, Run))
            {
                Assert.Equal(test.GetProperty("forgotten").GetInt64(), Run().Items);
            }
            var everything = new MemoryScope { Collection = "*" };
            string[] left = Vectors.Texts(test, "left");
            Assert.All(left, id => Assert.Equal(1, store.Count(MemoryField.Id.Eq(id), everything)));
            Assert.Equal(left.Length, store.Count(MemoryFilter.All, everything));
        }
    }

    private sealed class Stop(CancellationTokenSource source) : IProgress<MemoryProgress>
    {
        public void Report(MemoryProgress value) => source.Cancel();
    }

    [Fact]
    public void WhatWasDoneBeforeAStopIsTold()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "a" });
        store.Put(new MemoryDraft("x") { Id = "b" });
        using var source = new CancellationTokenSource();
        var stopped = Assert.Throws<MemoryCanceledException>(() => store.Consolidate(
            new MemoryConsolidation { BatchSize = 1 }, progress: new Stop(source), cancellationToken: source.Token));
        var told = Assert.IsType<MemoryConsolidated>(stopped.Report);
        Assert.Equal((1, 2), (told.Moved, told.Chosen));
        using var again = new CancellationTokenSource();
        stopped = Assert.Throws<MemoryCanceledException>(() => store.Tick(
            [MemoryJob.Policies], progress: new Stop(again), cancellationToken: again.Token));
        Assert.NotEmpty(Assert.IsType<MemoryTicked>(stopped.Report).Jobs[0].Results);
        var refused = Assert.ThrowsAny<MemoryException>(() => store.Forget(new MemoryScope()));
        Assert.Null(refused.Report);
    }

    [Fact]
    public void TicksConsolidateWhereTheStoreIsOpenedSo()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions
        {
            Consolidation = new MemoryConsolidation(),
            ConsolidationInterval = TimeSpan.FromHours(1),
        });
        store.Put(new MemoryDraft("text") { Id = "a" });
        Assert.Equal(1, store.Tick([MemoryJob.Consolidate]).Jobs[0].Consolidated!.Moved);
        Assert.Null(store.Tick([MemoryJob.Consolidate]).Jobs[0].Consolidated);
    }

    [Fact]
    public void LongContentsAreCompressedWhereTheyStand()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { CompressThresholdBytes = 0 });
        store.Put(new MemoryDraft(string.Concat(Enumerable.Repeat("tea ", 1000))) { Id = "a" });
        store.Put(new MemoryDraft("tea") { Id = "b" });
        MemoryCompressed told = store.CompressWhere(100);
        Assert.Equal((2, 1, 4000), (told.Matched, told.Items, told.OriginalBytes));
        Assert.True(told.CompressedBytes < 400);
    }

    [Fact]
    public void WrongBudgetsAreRefused()
    {
        using MemoryStore store = Open();
        Assert.Contains(
            "budget_ms", Assert.Throws<MemoryInvalidException>(() => store.Tick(null, TimeSpan.FromDays(-1))).Message);
    }

    [Fact]
    public void AStoreTendsItself()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions
        {
            MaintenanceInterval = TimeSpan.FromMilliseconds(1),
            MaintenanceBudget = TimeSpan.Zero,
        });
        store.PauseMaintenance();
        store.Put(new MemoryDraft("gone") { Id = "a", TimeToLive = TimeSpan.FromMicroseconds(1) });
        store.ResumeMaintenance();
        SpinWait.SpinUntil(() => store.GetStatistics().Expirations > 0);
        Assert.False(store.Exists("a"));
    }
}
