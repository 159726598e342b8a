using System;
using System.Collections.Generic;
using Xunit;

namespace Memtier.Tests;

/// <summary>Promotion by a filter of the ladder, and by a callback.</summary>
public sealed class PromotionTests : StoreTest
{
    private sealed class Broken : Exception;

    [Fact]
    public void AFilterOfTheLadderPromotes()
    {
        var ladder = new MemoryLadder(
            new MemoryTier("near", MemoryMedium.Ram),
            new MemoryTier("far", MemoryMedium.Database)
            {
                Promotion = new MemoryPromotion { Filter = MemoryField.Tags.Eq("urgent") },
            });
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { Ladder = ladder });
        Assert.Equal(MemoryField.Tags.Eq("urgent").ToString(), store.GetLadder().Tiers[1].Promotion!.Filter!.ToString());
        Assert.Null(store.GetLadder().Tiers[0].Promotion);
        store.Put(new MemoryDraft("x") { Id = "a", Tier = "far", Tags = { "urgent" } });
        store.Put(new MemoryDraft("x") { Id = "b", Tier = "far" });
        _ = store.Get("a");
        _ = store.Get("b");
        Assert.Equal("near", store.Get("a")!.Tier);
        Assert.Equal("far", store.Get("b")!.Tier);
    }

    [Fact]
    public void ACallbackPromotes()
    {
        var asked = new List<string>();
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions
        {
            Promoter = (read, up) =>
            {
                for (int i = 0; i < up.Length; i++)
                {
                    asked.Add(read.GetId(i));
                    up[i] = read.GetId(i).StartsWith("up", StringComparison.Ordinal);
                }
            },
        });
        store.Put(new MemoryDraft("x") { Id = "up", Tier = "archive" });
        store.Put(new MemoryDraft("x") { Id = "down", Tier = "archive" });
        store.Put(new MemoryDraft("x") { Id = "up high" });
        _ = store.GetMany(["up", "down", "up high"]);
        Assert.Equal(["up", "down"], asked);
        Assert.Equal(1, store.Count(MemoryField.Tier.Eq("long_term")));
    }

    [Fact]
    public void ACallbackThatThrowsFailsTheRead()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions
        {
            Promoter = (_, _) => throw new Broken(),
        });
        store.Put(new MemoryDraft("x") { Id = "a", Tier = "archive" });
        var failed = Assert.Throws<MemoryCallbackException>(() => store.Get("a"));
        Assert.IsType<Broken>(failed.InnerException);
    }
}
