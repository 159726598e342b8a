using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Memtier.Tests;

/// <summary>Vector spaces, and items found by their vectors.</summary>
public sealed class VectorTests : StoreTest
{
    private MemoryStore OpenCompass()
    {
        MemoryStore store = Open();
        store.CreateSpace(new MemorySpace("s", 2));
        foreach (string id in (string[])["east", "north", "northeast"])
        {
            store.Put(new MemoryDraft(id) { Id = id });
        }
        store.PutVector("s", "east", [1, 0]);
        store.PutVectors("s", [new("north", [0, 2]), new("northeast", [3, 3])]).ThrowIfFailed();
        return store;
    }

    private static string[] Found(MemorySearchResult hits) => [.. hits.Select(hit => hit.Item.Id)];

    [Fact]
    public void TheNearestAreFound()
    {
        using MemoryStore store = OpenCompass();
        Assert.Equal(
            ["east", "northeast", "north"], Found(store.Search(new MemoryQuery { Vector = [1, 0.125f] })));
        Assert.Equal(
            ["east", "northeast"],
            Found(store.Search(new MemoryQuery { Vector = [1, 0.125f], Space = "s", Threshold = 0.7 })));
        using var prepared = new MemoryPreparedQuery(new MemoryQuery { Top = 1 });
        prepared.SetVector([0, 1]);
        Assert.Equal(["north"], Found(store.Search(prepared)));
        Assert.Throws<MemoryInvalidException>(() => prepared.SetVector([1]));
        Assert.Equal(["northeast"], Found(store.FindSimilar("s", "east")));
        Assert.Throws<MemoryNotFoundException>(() => store.FindSimilar("s", "nobody"));
        Assert.Throws<MemoryInvalidException>(() => store.Search(new MemoryQuery { Vector = [1, float.NaN] }));
    }

    [Fact]
    public void WordsAndAVectorFindTogether()
    {
        using MemoryStore store = OpenCompass();
        store.Put(new MemoryDraft("green tea") { Id = "tea" });
        MemorySearchResult hits = store.Search(new MemoryQuery("tea") { Vector = [1, 0], Top = 2 });
        Assert.Equal(["tea", "east"], Found(hits));
        Assert.True(hits[0].TextScore > 0);
        Assert.Equal(0, hits[1].TextScore);
        Assert.Equal(1, hits[1].VectorScore, 6);
        Assert.Equal(
            ["tea", "east"],
            Found(store.Search(
                new MemoryQuery("tea") { Vector = [1, 0], Top = 2, Fusion = MemoryFusion.ReciprocalRanks })));
        var alone = new Dictionary<MemorySignal, double> { [MemorySignal.Text] = 0, [MemorySignal.Dates] = 0 };
        Assert.Equal(
            ["east", "northeast"],
            Found(store.Search(new MemoryQuery("tea") { Vector = [1, 0], Top = 2, Signals = alone })));
    }

    [Fact]
    public void VectorsComeBackAndGo()
    {
        using MemoryStore store = OpenCompass();
        Assert.Equal([0, 2], store.GetVector("s", "north")!);
        Assert.True(store.DeleteVector("s", "north"));
        Assert.False(store.DeleteVector("s", "north"));
        Assert.Null(store.GetVector("s", "north"));
        Assert.Throws<MemoryNotFoundException>(() => store.PutVector("none", "north", [1, 2]));
        Assert.Throws<MemoryInvalidException>(() => store.PutVector("s", "north", [1, 2, 3]));
        MemoryBatch batch = store.PutVectors("s", [new("nobody", [1, 2]), new("north", [1, 2])]);
        Assert.Equal(MemoryStatus.NotFound, batch[0].Status);
        Assert.True(batch[1].Succeeded);
        Assert.Throws<ArgumentException>(() => store.PutVectors("s", [new("east", [1]), new("north", [1, 2])]));
    }

    [Fact]
    public void SpacesAreListedMeasuredAndDropped()
    {
        using MemoryStore store = OpenCompass();
        var bytes = new MemorySpace("b", 3, MemoryMetric.Dot, MemoryVectorStorage.Int8);
        store.CreateSpace(bytes);
        Assert.Throws<MemoryExistsException>(() => store.CreateSpace(new MemorySpace("b", 4)));
        Assert.Equal([bytes, new MemorySpace("s", 2, VectorCount: 3)], store.GetSpaces());
        Assert.Equal(new MemoryRecall(1, 3, 2, 3), store.MeasureRecall("s", limit: 2));
        store.DropSpace("s");
        Assert.Throws<MemoryNotFoundException>(() => store.DropSpace("s"));
    }
}
