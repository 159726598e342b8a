using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Options, ladders, tiers, export and import, what a store tells of itself.</summary>
public sealed class StoreTests : StoreTest
{
    [Fact]
    public void TheVersionIsThatOfTheHeaderAndOfThePackage()
    {
        Assert.Equal(MemtierLibrary.ExpectedVersion, MemtierLibrary.Version);
        string package = FileVersionInfo.GetVersionInfo(typeof(MemoryStore).Assembly.Location).ProductVersion!;
        Assert.Equal(MemtierLibrary.ExpectedVersion.ToString(), package.Split('+')[0]);
        using JsonDocument details = JsonDocument.Parse(MemtierLibrary.Details);
        Assert.Equal(JsonValueKind.Object, details.RootElement.ValueKind);
    }

    [Fact]
    public void EveryOptionIsTaken()
    {
        var options = new MemoryStoreOptions
        {
            CreateIfMissing = true,
            Durability = MemoryDurability.Relaxed,
            RelaxedInterval = TimeSpan.FromMilliseconds(5),
            BusyTimeout = TimeSpan.FromSeconds(1),
            JournalBytes = MemoryStoreOptions.GetBounds(MemoryOption.JournalBytes).Minimum,
            MemoryLimitBytes = 64 << 20,
            ReaderCount = 2,
            Background = true,
            TransitionLimit = 100,
            AccessInterval = TimeSpan.FromSeconds(1),
            RefreshTimeToLiveOnRead = true,
            EvictionOrder = MemoryEvictionOrder.LeastRecentlyUsed,
            RandomSeed = 7,
            Ladder = MemoryLadder.Three,
            TimeProvider = Time,
        };
        using MemoryStore store = Open(options), same = MemoryStore.OpenInMemory(options);
        Assert.Equal(64 << 20, store.GetStatistics().MemoryLimitBytes);
        Assert.Equal(store.Put("x").Id, same.Put("x").Id); // the seed
        MemoryItem item = store.Put(new MemoryDraft("x") { Id = "x", TimeToLive = TimeSpan.FromMinutes(1) });
        Time.Now += TimeSpan.FromSeconds(30);
        // What a read asks for waits for nobody: where something is being written just then, the next call does it.
        Assert.True(SpinWait.SpinUntil(() => store.Get("x").ExpiresAt > item.ExpiresAt, TimeSpan.FromSeconds(10)));
        Assert.Equal(new MemoryOptionBounds(0, 1, 1), MemoryStoreOptions.GetBounds(MemoryOption.Create));
        Assert.Throws<MemoryInvalidException>(() => MemoryStoreOptions.GetBounds((MemoryOption)999));
        var failure = Assert.Throws<MemoryInvalidException>(() => Open(new MemoryStoreOptions { ReaderCount = -1 }));
        Assert.NotEqual("", failure.Message);
    }

    [Fact]
    public void FilesThatCannotBeOpenedSayWhy()
    {
        Assert.Throws<MemoryNotFoundException>(() => Open(new MemoryStoreOptions { CreateIfMissing = false }));
        Assert.Throws<MemoryNotFoundException>(() => MemoryStore.Open(Path.Combine(Folder, "none", "x.mem")));
        File.WriteAllText(FilePath, new string('x', 10_000));
        Assert.Equal(MemoryStatus.Corrupt, Assert.Throws<MemoryCorruptException>(() => Open()).Code);
        Assert.Equal(MemoryStatus.Unsupported, Assert.Throws<MemoryException>(() => MemoryStore.Open("http://x")).Code);
        Assert.Throws<ArgumentNullException>(() => MemoryStore.Open(null!));
        string other = Path.Combine(Folder, "\u00e4\U0001F375.mem");
        MemoryStore.Open(other, new MemoryStoreOptions { Ladder = MemoryLadder.Six }).Dispose();
        Assert.True(File.Exists(other));
        var levels = new MemoryStoreOptions { Ladder = MemoryLadder.Levels };
        Assert.Throws<MemoryMismatchException>(() => MemoryStore.Open(other, levels));
        levels.ChangeLadder = true;
        levels.Prefetch = 4;
        using MemoryStore changed = MemoryStore.Open(other, levels);
        Assert.Equal("important", changed.GetTiers()[2].Name);
        MemoryStoreStatistics read = changed.GetStatistics();
        Assert.Equal((0, 0), (read.Prefetched, read.PrefetchHits));
    }

    [Fact]
    public void ATokenizerIsKeptByItsStore()
    {
        var cjk = new MemoryStoreOptions { Tokenizer = MemoryTokenizer.Cjk };
        using (MemoryStore store = Open(cjk))
        {
            store.Put(new MemoryDraft("\u6211\u559c\u6b22\u7eff\u8336") { Id = "tea" });
            store.Put(new MemoryDraft("drinks") { Id = "drinks" });
            Assert.Equal(["tea"], Found(store, "\u7eff\u8336"));
            Assert.Empty(Found(store, "drink")); // no stems but with English
        }
        var english = new MemoryStoreOptions { Tokenizer = MemoryTokenizer.English };
        Assert.Throws<MemoryMismatchException>(() => Open(english));
        using MemoryStore again = Open();
        Assert.Equal(["tea"], Found(again, "\u7eff\u8336"));
    }

    [Fact]
    public void EveryTokenizerIsOneOfTheLibraryAndNoOtherIs()
    {
        foreach (MemoryTokenizer tokenizer in Enum.GetValues<MemoryTokenizer>())
        {
            MemoryStore.OpenInMemory(new MemoryStoreOptions { Tokenizer = tokenizer }).Dispose();
        }
        var none = new MemoryStoreOptions { Tokenizer = (MemoryTokenizer)99 };
        Assert.Contains("\"99\"", Assert.Throws<MemoryInvalidException>(() => Open(none)).Message);
    }

    private static string[] Found(MemoryStore store, string text) =>
        Ids(store.Search(new MemoryQuery(text)).Select(hit => hit.Item));

    [Theory]
    [InlineData("default", "working short_term long_term archive")]
    [InlineData("six", "immediate working session episodic semantic archived")]
    [InlineData("three", "short_term long_term external")]
    [InlineData("levels", "immediate recent important learned")]
    public void PresetsOfLadders(string name, string tiers)
    {
        MemoryLadder ladder = new[] { MemoryLadder.Default, MemoryLadder.Six, MemoryLadder.Three, MemoryLadder.Levels }
            .Single(preset => preset.ToString() == name);
        using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { Ladder = ladder });
        Assert.Equal(tiers, string.Join(" ", store.GetTiers().Select(tier => tier.Name)));
        Assert.Equal(tiers, string.Join(" ", store.GetLadder().Tiers.Select(tier => tier.Name)));
        // What it tells makes the same store, typed and as a document.
        using MemoryStore typed = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { Ladder = new MemoryLadder([.. store.GetLadder().Tiers]) });
        Assert.Equal(store.GetLadder().ToString(), typed.GetLadder().ToString());
        using MemoryStore document = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { Ladder = MemoryLadder.FromJson(store.GetLadder().ToString()) });
        Assert.Equal(store.GetLadder().ToString(), document.GetLadder().ToString());
    }

    [Fact]
    public void ALadderOfOnesOwnSaysEverything()
    {
        MemoryTier[] tiers =
        [
            new("hot", MemoryMedium.Ram)
            {
                CapacityItems = 3,
                CapacityBytes = 1 << 20,
                TimeToLive = TimeSpan.FromHours(1),
                LatencyBudget = TimeSpan.FromMicroseconds(50),
                Promotion = new MemoryPromotion { AccessCountAbove = 1 },
                Demotion = new MemoryDemotion(TimeSpan.FromMinutes(90), 5),
            },
            new("cold \U0001F9CA", MemoryMedium.Archive)
            {
                Promotion = new MemoryPromotion
                {
                    Reads = 3, Within = TimeSpan.FromMinutes(5), ImportanceAbove = 0.5, ValidationCountAbove = 2,
                },
                Demotion = new MemoryDemotion(TimeSpan.FromHours(2)),
            },
        ];
        using MemoryStore store = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { Ladder = new MemoryLadder(tiers), TimeProvider = Time });
        Assert.Equal(tiers, store.GetLadder().Tiers);
        Assert.Equal(2, store.TierCount);
        MemoryTierStatistics hot = store.GetTier(0);
        Assert.Equal((MemoryMedium.Ram, 3L, 1L << 20), (hot.Medium, hot.CapacityItems, hot.CapacityBytes));
        Assert.Equal(TimeSpan.FromMicroseconds(50), hot.LatencyBudget);
        Assert.Equal(TimeSpan.FromHours(1), store.Put("x").TimeToLive);
        Assert.Throws<MemoryInvalidException>(() => store.GetTier(2));
    }

    [Fact]
    public void ItemsMoveAndTheLogTellsIt()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "x" });
        store.Put(new MemoryDraft("y") { Id = "y", TimeToLive = TimeSpan.FromDays(1) });
        store.Move("x", "archive");
        Assert.Equal("archive", store.List(MemoryField.Id.Eq("x")).Single().Tier);
        Assert.Throws<MemoryNotFoundException>(() => store.Move("x", "nowhere"));
        Time.Now += TimeSpan.FromHours(25);
        Assert.Equal(1, store.Sweep());
        store.Put(new MemoryDraft("z") { Id = "z" });
        Time.Now += TimeSpan.FromHours(25);
        MemoryOptimization moved = store.Optimize();
        Assert.Equal(1, moved.Total);
        Assert.Equal([1, 0, 0, 0], moved.DemotedByTier);
        var log = store.GetTransitions();
        Assert.Equal(["idle", "expired", "manual"], log.Select(row => row.Reason));
        Assert.Equal(new MemoryTransition("x", "working", "archive", "manual", ManualTime.Start), log[2]);
        Assert.Null(log[1].ToTier);
        Assert.Single(store.GetTransitions("x"));
        Assert.Single(store.GetTransitions(since: ManualTime.Start.AddHours(26)));
        Assert.Single(store.GetTransitions(limit: 1));
        Assert.Empty(store.GetTransitions(scope: new MemoryScope { User = "nobody" }));
        MemoryStoreStatistics statistics = store.GetStatistics();
        Assert.Equal((2L, 1L, 3L), (statistics.ItemCount, statistics.Expirations, statistics.Puts));
        Assert.Equal(1, store.ClearTiers(["short_term"]));
        Assert.Throws<MemoryNotFoundException>(() => store.ClearTiers(["nowhere"]));
    }

    [Fact]
    public void WhatIsExportedIsImported()
    {
        using MemoryStore store = Open();
        var scope = new MemoryScope { User = "ada", Collection = "notes" };
        store.PutMany([new("tea") { Id = "a", Tags = ["t"] }, new("coffee") { Id = "b" }], scope);
        string file = Path.Combine(Folder, "\u00fc.jsonl.gz");
        Assert.Equal(2, store.ExportFile(file, scope: MemoryScope.AllCollections));
        Assert.Equal(1, store.ExportFile(file, MemoryField.Id.Eq("a"), scope));
        using MemoryStore other = MemoryStore.OpenInMemory(Options);
        Assert.Equal(new MemoryImportStatistics { Lines = 1, Stored = 1 }, other.ImportFile(file));
        Assert.Equal(["t"], other.Get("a", scope).Tags);
        Assert.Equal(1, other.ImportFile(file, new MemoryImportOptions { KeepExisting = true }).Skipped);
        var archived = new MemoryImportOptions { Tier = "archive", Format = MemoryImportFormat.Items };
        Assert.Equal(1, other.ImportFile(file, archived).Replaced);
        other.ImportFile(file, scope: new MemoryScope { User = "bob" });
        Assert.True(other.Exists("a", scope with { User = "bob" }));
        Assert.Throws<MemoryNotFoundException>(() => other.ImportFile(Path.Combine(Folder, "none")));
    }

    [Fact]
    public void BadLinesEndAnImportOrAreLeftOut()
    {
        using MemoryStore store = Open();
        byte[] lines = Encoding.UTF8.GetBytes(
            "{\"role\": \"user\", \"text\": \"I moved to Bari.\"}\n\nnonsense\n" +
            "{\"text\": \"It is sunny. \U0001F31E\"}\n");
        var failure = Assert.Throws<MemoryMalformedException>(() => store.Import(new MemoryStream(lines)));
        Assert.Contains("line 3", failure.Message);
        Assert.Equal((1L, 1L), (failure.CompletedCount, failure.ImportStatistics!.Stored));
        MemoryImportStatistics all = store.Import(new MemoryStream(lines),
            new MemoryImportOptions { SkipBadLines = true, Format = MemoryImportFormat.Conversation });
        Assert.Equal((3L, 1L, 3L), (all.Lines, all.Failed, all.FirstFailedLine));
        Assert.Equal(2, store.Count(MemoryField.Type.Eq("episodic")));
    }

    [Fact]
    public void AFlushAndACloseKeepWhatWasRelaxed()
    {
        using (MemoryStore store = Open())
        {
            store.Put(new MemoryDraft("x") { Id = "x" }, durability: MemoryDurability.Relaxed);
            store.Flush();
            store.Put(new MemoryDraft("y") { Id = "y" }, durability: MemoryDurability.Relaxed);
        }
        using MemoryStore again = Open();
        Assert.Equal(2, again.Count());
    }

    [Fact]
    public void Answers_are_kept()
    {
        using var store = MemoryStore.OpenInMemory(new MemoryStoreOptions { QueryCacheBytes = 1 << 20 });
        store.Put("tea");
        Assert.Single(store.Search(new MemoryQuery("tea")));
        Assert.Single(store.Search(new MemoryQuery("tea")));
        store.Put("tea");
        Assert.Equal(2, store.Search(new MemoryQuery("tea")).Count);
        MemoryStoreStatistics read = store.GetStatistics();
        Assert.Equal((1L, 2L, 1L), (read.QueryCacheHits, read.QueryCacheMisses, read.QueryCacheEntries));
        Assert.True(read.QueryCacheBytes > 0);
    }

    [Fact]
    public void AnExternalArchiveLiesBesideTheStore()
    {
        MemoryTier[] tiers =
        [
            new("near", MemoryMedium.Ram), new("far", MemoryMedium.External) { Target = "cold" },
        ];
        MemoryStoreOptions options = Options;
        options.Ladder = new MemoryLadder(tiers);
        using MemoryStore store = MemoryStore.Open(FilePath, options);
        store.Put(new MemoryDraft("green tea") { Id = "a", Tier = "far" });
        Assert.Equal(1, store.PackArchive().Items);
        Assert.Single(System.IO.Directory.GetFiles(System.IO.Path.Combine(Folder, "cold")));
        Assert.Equal("green tea", store.Get("a")!.Content);
        Assert.Equal(tiers, store.GetLadder().Tiers);
        Assert.Equal(MemoryMedium.External, store.GetTier(1).Medium);
    }
}
