using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Collections, and items that go from one to another.</summary>
public sealed class CollectionTests : StoreTest
{
    private static readonly MemoryScope Team = new() { Collection = "team" };
    private static readonly MemoryScope Ada = new() { User = "ada" };

    private static string[] Found(MemoryStore store, MemoryScope scope) =>
        [.. Ids(store.List(scope: scope)).Order(StringComparer.Ordinal)];

    [Fact]
    public void ACollectionIsMadeListedAndDropped()
    {
        using MemoryStore store = Open();
        Assert.Empty(store.GetCollections());
        store.CreateCollection("team", "what all know");
        Assert.Throws<MemoryExistsException>(() => store.CreateCollection("team"));
        Assert.Throws<MemoryInvalidException>(() => store.CreateCollection("*"));
        Assert.Throws<ArgumentException>(() => store.CreateCollection("\ud83c"));
        store.Put(new MemoryDraft("tea"), Ada with { Collection = "diary" });
        IReadOnlyList<MemoryCollection> list = store.GetCollections();
        Assert.Equal(new MemoryCollection("diary", "", 1, null), list[0]);
        Assert.Equal(new MemoryCollection("team", "what all know", 0, ManualTime.Start), list[1]);
        Assert.Single(store.GetCollections(new MemoryScope { User = "eve" }));
        Assert.Throws<MemoryConflictException>(() => store.DropCollection("diary"));
        Assert.Equal(1, store.DropCollection("diary", MemoryDropMode.WithItems));
        Assert.Throws<MemoryNotFoundException>(() => store.DropCollection("diary"));
    }

    [Fact]
    public void ItemsAreCopiedAndMoved()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("tea") { Id = "a", Tags = ["x"] }, Ada);
        store.Put(new MemoryDraft("rain") { Id = "b" }, Ada);
        MemoryFilter x = MemoryField.Tags.Eq("x");
        Assert.Equal(1, store.CopyToCollection("team", x, Ada));
        Assert.Equal(1, store.CopyToCollection("team", null, Ada, MemoryPutMode.Create));
        Assert.Equal(["a", "b"], Found(store, Team));
        Assert.Equal(1, store.MoveToCollection("old", x, Team, durability: MemoryDurability.Full));
        Assert.Equal(["b"], Found(store, Team));
        Assert.Equal(["a", "b"], Found(store, Ada));
        Assert.Throws<MemoryInvalidException>(() => store.MoveToCollection("team", null, Team));
        Assert.Throws<MemoryInvalidException>(
            () => store.CopyToCollection("x", null, MemoryScope.AllCollections));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<MemoryCanceledException>(
            () => store.MoveToCollection("", null, Team, cancellationToken: stopped.Token));
    }
}
