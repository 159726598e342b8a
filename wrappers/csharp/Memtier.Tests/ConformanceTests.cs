using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Memtier.Tests;

/// <summary>Every file of tests/conformance, through the public layer.</summary>
public sealed class ConformanceTests : StoreTest
{
    [Fact]
    public void FiltersMatchByCountByListAndOnASingleItem()
    {
        using MemoryStore store = Open();
        var byId = new Dictionary<string, LiveMemoryItem>();
        foreach (JsonElement item in Vectors.Load("filters.json", "items"))
        {
            store.Put(MemoryDraft.FromJson(item.GetRawText()), Vectors.Names(item));
        }
        using (MemoryCursor cursor = store.OpenCursor(scope: MemoryScope.AllCollections))
        {
            foreach (LiveMemoryItem item in cursor.NextLive(1000))
            {
                byId[item.ToItem().Id] = item;
            }
        }
        foreach (JsonElement test in Cases("filters.json", "matches"))
        {
            MemoryFilter filter = MemoryFilter.FromJson(Vectors.Document(test, "filter"));
            MemoryScope? scope = Vectors.Scope(test);
            string[] expected = Sorted(Vectors.Texts(test, "matches"));
            Assert.True(expected.Length == store.Count(filter, scope), Vectors.Label(test));
            Assert.True(expected.SequenceEqual(Sorted(Ids(store.List(filter, scope)))), Vectors.Label(test));
            foreach (MemoryItem item in store.List(scope: scope))
            {
                bool matches = byId[item.Id].Matches(filter);
                Assert.Equal(matches, item.Matches(filter));
                Assert.True(expected.Contains(item.Id) == matches, item.Id + ": " + Vectors.Label(test));
            }
        }
    }

    [Fact]
    public void BadFiltersAreRefusedWithTheirPlace()
    {
        using MemoryStore store = Open();
        foreach (JsonElement test in Cases("filters.json", "error"))
        {
            MemoryFilter filter = MemoryFilter.FromJson(Vectors.Document(test, "filter"));
            Exception? failure = Record.Exception(() => store.Count(filter));
            Assert.True(failure is MemoryInvalidException, Vectors.Label(test) + ": " + failure);
            Assert.Contains(test.GetProperty("error").GetString()!, failure!.Message);
        }
    }

    [Fact]
    public void ItemsComeBackAsTheyWerePut()
    {
        var written = new Dictionary<(string, MemoryScope), string>();
        int cases = 0;
        using (MemoryStore store = Open())
        {
            foreach (JsonElement test in Vectors.Load("items.json", "cases"))
            {
                string put = Vectors.Expand(test.GetProperty("put").GetRawText());
                MemoryItem item = store.Put(MemoryDraft.FromJson(put), Vectors.Scope(test));
                string document = Json(store, item);
                ExpectRead(test, put, document);
                written[(item.Id, item.Scope)] = document;
                cases++;
            }
        }
        Assert.Equal(cases, written.Count);
        using var exported = new MemoryStream();
        using (MemoryStore again = Open())
        {
            ExpectAll(again, written);
            again.Export(exported, scope: MemoryScope.AllCollections);
        }
        exported.Position = 0;
        using MemoryStore other = MemoryStore.Open(Path.Combine(Folder, "other.mem"), Options);
        other.Import(exported);
        ExpectAll(other, written);
        using var second = new MemoryStream();
        other.Export(second, scope: MemoryScope.AllCollections);
        Assert.Equal(exported.ToArray(), second.ToArray());
    }

    [Fact]
    public void BadDocumentsAreRefusedWithAMessageThatHelps()
    {
        using MemoryStore store = Open();
        int tried = 0;
        foreach (JsonElement test in Vectors.Load("errors.json", "cases"))
        {
            string kind = test.GetProperty("kind").GetString()!;
            string text = Vectors.Expand(Vectors.Document(test, "document"));
            string status = Vectors.Text(test, "status") ?? (kind == "line" ? "MEMTIER_MALFORMED" : "MEMTIER_INVALID");
            var failure = Record.Exception(() => Give(store, kind, text)) as MemoryException;
            Assert.True(failure is not null, "was accepted: " + Vectors.Label(test));
            Assert.Equal(status, MemtierLibrary.GetStatusName(failure.Code));
            Assert.Contains(test.GetProperty("error").GetString()!, failure.Message);
            Assert.True(kind != "line" || failure.Message.Contains("line 1"), failure.Message);
            tried++;
        }
        Assert.True(tried > 100);
    }

    [Fact]
    public void SearchesFindWhatTheyShouldInThisOrder()
    {
        foreach (JsonElement corpus in Vectors.Load("search.json", "corpora"))
        {
            string name = corpus.GetProperty("name").GetString()!;
            MemoryStoreOptions options = Options;
            if (Vectors.Text(corpus, "tokenizer") is string tokenizer)
            {
                options.Tokenizer = Enum.Parse<MemoryTokenizer>(tokenizer, ignoreCase: true);
            }
            using MemoryStore store = MemoryStore.Open(Path.Combine(Folder, name + ".mem"), options);
            foreach (JsonElement item in corpus.GetProperty("items").EnumerateArray())
            {
                store.Put(MemoryDraft.FromJson(item.GetRawText()), Vectors.Names(item));
            }
            if (corpus.TryGetProperty("spaces", out JsonElement spaces))
            {
                PutVectors(store, spaces, corpus.GetProperty("vectors"));
            }
            if (corpus.TryGetProperty("feedback", out JsonElement feedback))
            {
                store.AddFeedback(feedback.EnumerateArray().Select(
                    said => new MemoryFeedback(Vectors.Text(said, "id")!, said.GetProperty("value").GetDouble())));
            }
            foreach (JsonElement test in corpus.GetProperty("cases").EnumerateArray())
            {
                ExpectHits(store, test);
            }
        }
    }

    private static void PutVectors(MemoryStore store, JsonElement spaces, JsonElement vectors)
    {
        foreach (JsonElement space in spaces.EnumerateArray())
        {
            store.CreateSpace(new MemorySpace(
                space.GetProperty("name").GetString()!, space.GetProperty("dimension").GetInt32(),
                Enum.Parse<MemoryMetric>(Vectors.Text(space, "metric") ?? "cosine", ignoreCase: true),
                Enum.Parse<MemoryVectorStorage>(Vectors.Text(space, "storage") ?? "float32", ignoreCase: true)));
        }
        foreach (JsonElement put in vectors.EnumerateArray())
        {
            float[] vector = [.. put.GetProperty("vector").EnumerateArray().Select(value => value.GetSingle())];
            store.PutVector(Vectors.Text(put, "space")!, Vectors.Text(put, "id")!, vector);
        }
    }

    private static void ExpectHits(MemoryStore store, JsonElement test)
    {
        MemoryQuery query = MemoryQuery.FromJson(Vectors.Document(test, "query"));
        MemorySearchResult hits = store.Search(query, Vectors.Scope(test));
        bool ordered = test.TryGetProperty("ids", out _);
        string[] expected = Vectors.Texts(test, ordered ? "ids" : "any_order");
        string[] found = Ids(hits.Select(hit => hit.Item));
        bool same = ordered ? expected.SequenceEqual(found) : Sorted(expected).SequenceEqual(Sorted(found));
        // "open": a known defect; the mark goes when it does.
        Assert.True(
            same != test.TryGetProperty("open", out _), Vectors.Label(test) + " finds " + string.Join(" ", found));
        using var prepared = new MemoryPreparedQuery(query);
        Assert.Equal(found, Ids(store.Search(prepared, Vectors.Scope(test)).Select(hit => hit.Item)));
        if (same && Vectors.Text(test, "snippet") is string snippet)
        {
            Assert.Contains(snippet, hits[0].Snippet);
        }
    }

    /// <summary>Hands the document to the call that it is for.</summary>
    private static void Give(MemoryStore store, string kind, string text)
    {
        switch (kind)
        {
            case "item":
                store.Put(MemoryDraft.FromJson(text));
                break;
            case "list":
                store.List(MemoryListOptions.FromJson(text));
                break;
            case "query":
                new MemoryPreparedQuery(MemoryQuery.FromJson(text)).Dispose();
                break;
            case "ladder":
                MemoryStore.OpenInMemory(new MemoryStoreOptions { Ladder = MemoryLadder.FromJson(text) }).Dispose();
                break;
            case "import":
                store.Import(new MemoryStream(), MemoryImportOptions.FromJson(text));
                break;
            default:
                Assert.Equal("line", kind);
                store.Import(new MemoryStream(Encoding.UTF8.GetBytes(text)));
                break;
        }
    }

    /// <summary>What was read has these keys with these values, metadata with these very bytes.</summary>
    private static void ExpectRead(JsonElement test, string put, string document)
    {
        using JsonDocument actual = JsonDocument.Parse(document);
        using JsonDocument source = JsonDocument.Parse(put);
        using JsonDocument expected = JsonDocument.Parse(
            test.TryGetProperty("read", out JsonElement read) ? Vectors.Expand(read.GetRawText()) : put);
        foreach (JsonProperty member in expected.RootElement.EnumerateObject())
        {
            Assert.True(actual.RootElement.TryGetProperty(member.Name, out JsonElement value), member.Name);
            Assert.True(JsonElement.DeepEquals(member.Value, value), member.Name + ": " + Vectors.Label(value));
        }
        foreach (string key in Vectors.Texts(test, "absent"))
        {
            Assert.False(actual.RootElement.TryGetProperty(key, out _), key);
        }
        Assert.Equal(Raw(source, "metadata"), Raw(actual, "metadata"));
    }

    private static string? Raw(JsonDocument json, string key) =>
        json.RootElement.TryGetProperty(key, out JsonElement value) ? value.GetRawText() : null;

    private static void ExpectAll(MemoryStore store, Dictionary<(string Id, MemoryScope Scope), string> written)
    {
        MemoryItem[] items = [.. store.List(scope: MemoryScope.AllCollections)];
        Assert.Equal(written.Count, items.Length);
        foreach (MemoryItem item in items)
        {
            using JsonDocument document = JsonDocument.Parse(written[(item.Id, item.Scope)]);
            JsonElement json = document.RootElement;
            Assert.Equal(Vectors.Text(json, "content"), item.IsText ? item.Content : null);
            Assert.Equal(Raw(document, "metadata"), item.Metadata);
            Assert.Equal(Vectors.Texts(json, "tags"), item.Tags);
            Assert.Equal(json.GetProperty("importance").GetDouble(), item.Importance);
            Assert.Equal(json.GetProperty("tier").GetString(), item.Tier);
            Assert.Equal(json.GetProperty("version").GetInt64(), item.Version);
            Assert.Equal(json.GetProperty("content_type").GetString(), item.ContentType);
            Assert.Equal(Vectors.Text(json, "type"), item.Type);
        }
    }

    // A read by id would count: a list and a filter do not, so the document stays as it was.
    private static string Json(MemoryStore store, MemoryItem item)
    {
        using var lines = new MemoryStream();
        store.Export(lines, MemoryField.Id.Eq(item.Id), item.Scope);
        string[] found = Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string exported = found.Single(line =>
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return Vectors.Names(json.RootElement) with { Collection = item.Collection } == item.Scope;
        });
        Assert.EndsWith(item.ToJson()[1..], exported);
        return exported;
    }

    private static IEnumerable<JsonElement> Cases(string file, string key)
    {
        JsonElement[] cases = [.. Vectors.Load(file, "cases").Where(test => test.TryGetProperty(key, out _))];
        Assert.NotEmpty(cases);
        return cases;
    }

    private static string[] Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];
}
