using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Memtier.Interop;
using Xunit;

namespace Memtier.Tests;

/// <summary>Indexes of one's own: of a path, and of what a callback extracts.</summary>
public sealed class IndexTests : StoreTest
{
    private static readonly MemoryField City = MemoryField.Metadata("place.city");
    private static readonly MemoryField Word = MemoryField.Index("word");

    private sealed class Broken : Exception;

    private static void Words(IReadOnlyList<MemoryItem> items, MemoryKeys keys)
    {
        for (int i = 0; i < items.Count; i++)
        {
            foreach (string word in items[i].Content.Split(' '))
            {
                keys.Add(i, word);
            }
        }
    }

    private MemoryStore OpenPlaces()
    {
        MemoryStore store = Open();
        foreach (string city in (string[])["Bari", "Rome", "Oslo"])
        {
            store.Put(new MemoryDraft("moved to " + city)
            {
                Id = city,
                Metadata = "{\"place\": {\"city\": \"" + city + "\"}}",
            });
        }
        return store;
    }

    private static string[] Found(MemoryStore store, MemoryFilter filter) =>
        [.. Ids(store.List(new MemoryListOptions { Filter = filter })).Order(StringComparer.Ordinal)];

    [Fact]
    public void APathGetsAnIndexThatIsKept()
    {
        MemoryIndex[] made = [new("city", MemoryIndexKind.Path, "metadata.place.city", true, 300, 0)];
        int told = 0;
        using (MemoryStore store = Open())
        {
            store.PutMany(Enumerable.Range(0, 300).Select(i => new MemoryDraft("x")
            {
                Metadata = "{\"place\": {\"city\": " + i + "}}",
            })).ThrowIfFailed();
            store.CreateIndex("city", City, new Progress(_ => told++));
            store.CreateIndex("city", City); // it is there
            Assert.Equal(made, store.GetIndexes());
            Assert.Contains("index city", store.Explain(new MemoryListOptions { Filter = City.Eq(7) }));
        }
        Assert.True(told > 0);
        using MemoryStore again = Open();
        Assert.Equal(made, again.GetIndexes());
        Assert.Throws<MemoryExistsException>(() => again.CreateIndex("city", MemoryField.Metadata("town")));
        Assert.Throws<MemoryInvalidException>(() => again.CreateIndex("type", MemoryField.Type));
        Assert.Throws<ArgumentException>(() => again.CreateIndex("\ud83c", City));
        again.DropIndex("city");
        Assert.Throws<MemoryNotFoundException>(() => again.DropIndex("city"));
        Assert.Empty(again.GetIndexes());
        Assert.Equal(10, again.Count(City.Lt(10)));
    }

    [Fact]
    public void AnIndexOfWhichTheMakingIsStoppedIsGone()
    {
        using MemoryStore store = OpenPlaces();
        var failing = new Progress(_ => throw new Broken());
        Assert.Throws<MemoryCallbackException>(() => store.CreateIndex("city", City, failing));
        Assert.Throws<MemoryCallbackException>(() => store.CreateIndex("word", Words, failing));
        var stopped = new CancellationToken(true);
        Assert.Throws<MemoryCanceledException>(() => store.CreateIndex("city", City, null, stopped));
        Assert.Throws<MemoryCanceledException>(() => store.CreateIndex("word", Words, null, stopped));
        Assert.Throws<MemoryCanceledException>(() => store.DropIndex("city", null, stopped));
        Assert.Empty(store.GetIndexes());
    }

    [Fact]
    public void KeysOfACallbackAreAFieldOfFilters()
    {
        using MemoryStore store = OpenPlaces();
        int before = Callbacks.Registered;
        int caller = Environment.CurrentManagedThreadId;
        var extracted = new List<string>();
        store.CreateIndex("word", (items, keys) =>
        {
            int thread = Environment.CurrentManagedThreadId;
            extracted.AddRange(items.Select(item => $"{item.Id} in {item.Tier} on {thread}"));
            GC.Collect();
            Words(items, keys);
        });
        Assert.Equal(["Bari"], Found(store, Word.Eq("Bari")));
        Assert.Equal(["Oslo", "Rome"], Found(store, Word.In("Rome", "Oslo")));
        store.Put(new MemoryDraft("left Bari") { Id = "new" });
        MemoryFilter left = Word.Eq("Bari") & Word.Ne("moved");
        Assert.Equal(["new"], Found(store, left));
        Assert.Equal(["new"], Ids(store.Search(new MemoryQuery("Bari") { Filter = left }).Select(hit => hit.Item)));
        Assert.Equal(
            ((string[])["Bari", "Oslo", "Rome", "new"]).Select(id => $"{id} in working on {caller}"),
            extracted.Order(StringComparer.Ordinal));
        Assert.Equal(
            [new MemoryIndex("word", MemoryIndexKind.Callback, null, true, 11, 0)], store.GetIndexes());
        Assert.Throws<MemoryExistsException>(() => store.CreateIndex("word", Words));
        Assert.Throws<MemoryInvalidException>(() => store.CreateIndex("", Words));
        Assert.Throws<ArgumentNullException>(() => store.CreateIndex("none", (MemoryKeyExtractor)null!));
        Assert.Throws<MemoryInvalidException>(() => store.Count(MemoryField.Index("unknown").Eq("x")));
        Assert.Equal(before + 1, Callbacks.Registered);
        store.DropIndex("word");
        Assert.Equal(before, Callbacks.Registered);
        store.CreateIndex("word", Words);
    }

    public static TheoryData<string> Failures => [.. Failing.Keys];

    private static Dictionary<string, (MemoryKeyExtractor Extractor, Type Cause)> Failing { get; } = new()
    {
        ["throws"] = ((_, _) => throw new Broken(), typeof(Broken)),
        ["too many"] = ((_, keys) =>
        {
            for (int i = 0; i <= MemtierLibrary.MaxKeys; i++)
            {
                keys.Add(0, "key " + i);
            }
        }, typeof(MemoryException)),
        ["too long"] = (
            (_, keys) => keys.Add(0, new string('x', MemtierLibrary.MaxKeyBytes + 1)), typeof(MemoryInvalidException)),
        ["no such item"] = ((items, keys) => keys.Add(items.Count, "x"), typeof(MemoryInvalidException)),
        ["no text"] = ((_, keys) => keys.Add(0, "\ud83c"), typeof(ArgumentException)),
        ["null"] = ((_, keys) => keys.Add(0, null!), typeof(ArgumentNullException)),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void AnExtractorThatFailsFailsTheCallThatAsked(string name)
    {
        (MemoryKeyExtractor failing, Type cause) = Failing[name];
        using MemoryStore store = Open();
        store.Put("tea");
        var failure = Assert.Throws<MemoryCallbackException>(() => store.CreateIndex("word", failing));
        Assert.IsType(cause, failure.InnerException);
        MemoryKeyExtractor extractor = Words;
        store.CreateIndex("word", (items, keys) => extractor(items, keys));
        store.Put("tea");
        extractor = failing;
        failure = Assert.Throws<MemoryCallbackException>(() => store.Count(Word.Eq("tea")));
        Assert.IsType(cause, failure.InnerException);
        extractor = Words;
        Assert.Equal(2, store.Count(Word.Eq("tea")));
    }

    [Fact]
    public void AnExtractorCannotUseItsStore()
    {
        using MemoryStore store = OpenPlaces();
        var failure = Assert.Throws<MemoryCallbackException>(
            () => store.CreateIndex("word", (_, _) => store.Get("Bari")));
        Assert.IsType<MemoryReentrantException>(failure.InnerException);
        Assert.Empty(store.GetIndexes());
    }

    [Fact]
    public void ManyThreadsAskForKeysWhileItemsChange()
    {
        using MemoryStore store = Open();
        store.CreateIndex("word", Words);
        Parallel.For(0, 4, i =>
        {
            string word = "writer" + i;
            for (int n = 1; n <= 50; n++)
            {
                store.Put(new MemoryDraft(word + " tea"));
                Assert.Equal(n, store.Count(Word.Eq(word)));
            }
        });
        Assert.Equal(200, store.Count(Word.Eq("tea")));
    }

    [Fact]
    public void NoIndexChangesWhatIsFound()
    {
        JsonElement[] indexes = [.. Vectors.Load("indexes.json", "indexes")];
        using (MemoryStore store = Open())
        {
            PutAll(store, "items");
            foreach (JsonElement index in indexes)
            {
                store.CreateIndex(Vectors.Text(index, "name")!, FieldOf(index));
            }
            PutAll(store, "items_after");
            AssertMatches(store);
        }
        using MemoryStore again = Open();
        AssertMatches(again);
        foreach (JsonElement index in indexes)
        {
            again.DropIndex(Vectors.Text(index, "name")!);
            AssertMatches(again);
        }
    }

    [Fact]
    public void WrongIndexesAreRefused()
    {
        using MemoryStore store = Open();
        store.CreateIndex("city", City);
        foreach (JsonElement test in Vectors.Load("indexes.json", "refused"))
        {
            JsonElement document = test.GetProperty("document");
            string? name = Vectors.Text(document, "name"), path = Vectors.Text(document, "path");
            if (name is null || path?.StartsWith("metadata.", StringComparison.Ordinal) != true
                || document.EnumerateObject().Count() != 2)
            {
                continue; // it says what cannot be said here
            }
            var failure = Assert.ThrowsAny<MemoryException>(() => store.CreateIndex(name, FieldOf(document)));
            bool exists = test.TryGetProperty("status", out _);
            Assert.Equal(exists ? MemoryStatus.Exists : MemoryStatus.Invalid, failure.Code);
            Assert.Contains(Vectors.Text(test, "error")!, failure.Message);
        }
    }

    private static MemoryField FieldOf(JsonElement index) =>
        MemoryField.Metadata(Vectors.Text(index, "path")!["metadata.".Length..]);

    private static void PutAll(MemoryStore store, string key)
    {
        foreach (JsonElement item in Vectors.Load("indexes.json", key))
        {
            store.Put(MemoryDraft.FromJson(item.GetRawText()));
        }
    }

    private static void AssertMatches(MemoryStore store)
    {
        foreach (JsonElement test in Vectors.Load("indexes.json", "cases"))
        {
            MemoryFilter filter = MemoryFilter.FromJson(Vectors.Document(test, "filter"));
            string[] expected = [.. Vectors.Texts(test, "matches").Order(StringComparer.Ordinal)];
            Assert.True(expected.SequenceEqual(Found(store, filter)), Vectors.Label(test));
            Assert.True(expected.Length == store.Count(filter), Vectors.Label(test));
        }
    }
}
