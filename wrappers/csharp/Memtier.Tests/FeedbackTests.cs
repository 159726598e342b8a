using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Memtier.Tests;

/// <summary>What callers find useful.</summary>
public sealed class FeedbackTests : StoreTest
{
    [Fact]
    public void WhatWasOfUseCountsMore()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("tea") { Id = "green", Tags = ["leaves"] });
        store.Put(new MemoryDraft("tea") { Id = "black" });
        string[] Found(MemoryQuery query) => [.. store.Search(query).Select(hit => hit.Item.Id)];
        Assert.Equal(["black", "green"], Found("tea"));
        store.AddFeedback([new("green", 1), new("black", -1)]);
        Assert.Equal(["green", "black"], Found("tea"));
        var without = new Dictionary<MemorySignal, double> { [MemorySignal.Preference] = 0 };
        Assert.Equal(["black", "green"], Found(new MemoryQuery("tea") { Signals = without }));
        IReadOnlyList<MemoryPreference> learned = store.GetPreferences();
        Assert.Equal(3, learned.Count);
        Assert.Equal(0.5, Math.Abs(learned[0].Value), 6);
        Assert.Contains(learned, one => one.Kind == "tag" && one.Name == "leaves");
        Assert.Throws<MemoryInvalidException>(() => store.AddFeedback("green", 2));
        Assert.Throws<MemoryNotFoundException>(() => store.AddFeedback("nobody", 1));
        store.AddFeedback([]);
        store.ClearFeedback();
        store.ClearFeedback();
        Assert.Empty(store.GetPreferences());
    }
}
