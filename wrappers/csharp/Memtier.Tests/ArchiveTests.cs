using System.Linq;
using Xunit;

namespace Memtier.Tests;

/// <summary>Packing and restoring.</summary>
public sealed class ArchiveTests : StoreTest
{
    private static string Content(int i) => $"turn {i} of a long talk about green tea and bicycles";

    [Fact]
    public void ArchivedItemsArePackedAndRestored()
    {
        using MemoryStore store = Open(new MemoryStoreOptions { TimeProvider = Time, CompressThresholdBytes = 0 });
        store.PutMany(Enumerable.Range(0, 300).Select(i => new MemoryDraft(Content(i))
        {
            Id = $"{i}", Tier = "archive", Metadata = "{\"n\": " + i + "}",
        })).ThrowIfFailed();
        Assert.Equal(new MemoryPacked(300, 0, 0), store.PackArchive());
        MemoryArchiveStatistics statistics = store.GetArchiveStatistics();
        Assert.Equal(300, statistics.Items);
        Assert.Equal(0, statistics.Waiting);
        Assert.True(statistics.Saved > 0.5);
        Assert.Equal(Content(7), store.Get("7").Content);
        MemoryRestored restored = store.Restore(["8", "none"]);
        Assert.Equal((1L, "short_term"), (restored.Items, restored.Tier));
        Assert.Empty(restored.Damaged);
        Assert.True(store.Restore(null, MemoryField.Metadata("n").Lt(20), "long_term").Items >= 18);
        Assert.Equal(Content(8), store.Get("8").Content);
        Assert.Equal(0, store.PackArchive(9, true).DamagedBlocks);
        Assert.Throws<MemoryNotFoundException>(() => store.Restore(tier: "nowhere"));
        Assert.Throws<MemoryInvalidException>(() => store.PackArchive(10));
    }

    [Fact]
    public void AScopeIsForgotten()
    {
        using MemoryStore store = Open(new MemoryStoreOptions { TimeProvider = Time });
        var ada = new MemoryScope { User = "ada" };
        store.Put(new MemoryDraft("likes quokkas") { Id = "a" }, ada);
        store.Put(new MemoryDraft("likes tea") { Id = "b" }, new MemoryScope { User = "bob" });
        MemoryReceipt receipt = store.Forget(ada);
        Assert.Equal(1, receipt.Items);
        Assert.Equal("ada", receipt.Scope["user"]);
        Assert.False(store.Exists("a", ada));
        Assert.True(store.Exists("b"));
        Assert.Throws<MemoryInvalidException>(() => store.Forget(new MemoryScope()));
    }
}
