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
