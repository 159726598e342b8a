using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Batches, lists, filters, searches.</summary>
public sealed class ManyTests : StoreTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ABatchHasAStatusForEachItem(bool builders)
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("there") { Id = "b" });
        MemoryDraft[] drafts = [.. "abc".Select(c => builders
            ? MemoryDraft.FromJson($$"""{"id": "{{c}}", "content": "new"}""")
            : new MemoryDraft("new") { Id = c.ToString() })];
        MemoryBatch batch = store.PutMany(drafts, mode: MemoryPutMode.Create);
        Assert.Equal([MemoryStatus.Ok, MemoryStatus.Exists, MemoryStatus.Ok], batch.Select(entry => entry.Status));
        Assert.Equal(["a", "c"], Ids(batch.Items));
        Assert.Equal((3, 2), (batch.Count, batch.SucceededCount));
        Assert.IsType<MemoryExistsException>(batch[1].Error);
        Assert.Throws<MemoryExistsException>(batch.ThrowIfFailed);
        MemoryBatch got = store.GetMany(["c", "x", "b"]);
        Assert.Equal("new", got[0].Item!.Content);
        Assert.IsType<MemoryNotFoundException>(got[1].Error);
        Assert.NotEqual("", got[1].Error!.Message);
        Assert.Equal("there", got[2].Item!.Content);
        MemoryBatch deleted = store.DeleteMany(["a", "x"]);
        Assert.Equal([MemoryStatus.Ok, MemoryStatus.NotFound], deleted.Select(entry => entry.Status));
        Assert.Null(deleted[0].Item);
        Assert.Equal(2, store.Count());
        Assert.Empty(store.PutMany([]));
        Assert.Empty(store.GetMany([]));
    }

    [Fact]
    public void ThousandsGoInAndOutAtOnce()
    {
        using MemoryStore store = Open();
        store.PutMany(Enumerable.Range(0, 5000).Select(i => new MemoryDraft(new string('x', i % 300)) { Id = "n" + i }))
            .ThrowIfFailed();
        MemoryBatch got = store.GetMany(Enumerable.Range(0, 5000).Select(i => "n" + i));
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => i % 300), got.Select(entry => entry.Item!.Content.Length));
        Assert.Throws<MemoryInvalidException>(() => store.GetMany(Enumerable.Repeat("x", MemtierLibrary.MaxBatch + 1)));
    }

    [Fact]
    public void AListIsPagedAndOrdered()
    {
        using MemoryStore store = Open();
        store.PutMany(Enumerable.Range(0, 25).Select(i => new MemoryDraft("x") { Id = $"n{i:D2}", Priority = -i }));
        var byId = new MemoryListOptions { OrderBy = MemoryField.Id, Descending = false, PageSize = 7 };
        IEnumerable<MemoryItem> list = store.List(byId);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"n{i:D2}"), Ids(list));
        Assert.Equal(25, list.Count()); // each time anew
        Assert.Equal(["n03", "n04"], Ids(store.List(new MemoryListOptions
        {
            Filter = MemoryField.Priority.Gte(-10),
            OrderBy = MemoryField.Priority,
            Skip = 3,
            Limit = 2,
        })));
        using MemoryCursor cursor = store.OpenCursor(byId);
        Assert.Equal("", cursor.GetToken());
        Assert.Equal("n09", cursor.Next(10).Last().Item!.Id);
        string token = cursor.GetToken();
        Assert.Equal(15, cursor.Next().Count);
        Assert.Empty(cursor.Next());
        var behind = new MemoryListOptions { OrderBy = MemoryField.Id, Descending = false, After = token };
        Assert.Equal("n10", store.List(behind).First().Id);
        var wrong = new MemoryListOptions { OrderBy = MemoryField.Content };
        Assert.Throws<MemoryInvalidException>(() => store.List(wrong));
        Assert.Throws<MemoryInvalidException>(() => cursor.Next(0));
    }

    [Fact]
    public void AListTellsHowItIsDone()
    {
        using MemoryStore store = Open();
        store.PutMany([new("one") { Type = "fact" }, new("two") { Type = "fact" }, new("three") { Type = "note" }]);
        var facts = new MemoryListOptions { Filter = MemoryField.Type.Eq("fact"), Limit = 1 };
        using JsonDocument told = JsonDocument.Parse(store.Explain(facts));
        JsonElement list = told.RootElement.GetProperty("list"), count = told.RootElement.GetProperty("count");
        Assert.Equal("ix_type", list.GetProperty("path").GetString());
        Assert.Equal("ix_type", count.GetProperty("path").GetString());
        Assert.Equal(1, list.GetProperty("items").GetInt64());
        Assert.Equal(2, count.GetProperty("count").GetInt64());
        Assert.Contains("\"path\":\"none\"", store.Explain(facts, new MemoryScope { User = "nobody" }));
        var wrong = new MemoryListOptions { OrderBy = MemoryField.Content };
        Assert.Throws<MemoryInvalidException>(() => store.Explain(wrong));
    }

    [Fact]
    public void EveryOperatorOfAFilterCanBeSaid()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("Ada likes green tea")
        {
            Id = "x",
            Type = "fact",
            Tags = ["tea", "Tea Time"],
            Importance = 0.75,
            Metadata = """{"n": 18446744073709551615, "place": {"city": "Bari"}, "list": [1, 5], "none": null}""",
        });
        MemoryFilter[] holds =
        [
            MemoryFilter.All, MemoryField.Type.Eq("fact"), MemoryField.Type.Ne("Fact"),
            MemoryField.Importance.Gt(0.5), MemoryField.Importance.Gte(0.75), MemoryField.Importance.Lt(1),
            MemoryField.Importance.Lte(0.75), MemoryField.Importance.Between(0.7, 0.8),
            MemoryField.Tags.In("x", "tea"), MemoryField.Tags.NotIn("x"), MemoryField.Tags.Contains("tea"),
            MemoryField.Content.Contains("green"), MemoryField.Content.ContainsIgnoreCase("GREEN"),
            MemoryField.Content.StartsWith("Ada"), MemoryField.Metadata("place.city").In("Rome", "Bari"),
            MemoryField.Metadata("n").Eq(ulong.MaxValue), MemoryField.Metadata("list").Eq(5),
            MemoryField.Metadata("none").Eq(MemoryValue.Null), MemoryField.Metadata("none").Eq((string?)null),
            MemoryField.Metadata("m").Exists(false), MemoryField.Pinned.Eq(false),
            MemoryField.CreatedAt.Eq(ManualTime.Start), MemoryField.CreatedAt.Lte(ManualTime.Start.AddTicks(9)),
            MemoryField.TimeToLive.Ne(TimeSpan.FromHours(1)), MemoryField.Version.Eq(1L),
            MemoryFilter.Or(MemoryField.Type.Eq("x"), MemoryField.Type.Eq("fact")),
            MemoryField.Type.Eq("fact") & !(MemoryField.Tier.Eq("archive") | MemoryField.User.Exists()),
            MemoryFilter.FromJson("""{"type": "fact"}""") & MemoryField.Id.Eq("x"), MemoryFilter.And(),
            MemoryField.Id.In(new List<MemoryValue> { "x" }), !MemoryField.Id.NotIn(new List<MemoryValue> { "x" }),
        ];
        foreach (MemoryFilter filter in holds)
        {
            Assert.True(store.Count(filter) == 1, filter.ToString());
            Assert.True(store.Count(!filter) == 0, "not " + filter);
            Assert.Equal(1, store.Count(MemoryFilter.FromJson(filter.ToString())));
        }
        Assert.Equal("""{"$not":{"type":{"$in":["a",1,0.5,true,null]}}}""",
            (!MemoryField.Type.In("a", 1, 0.5, true, MemoryValue.Null)).ToString());
        Assert.Equal(0, store.Count(MemoryFilter.Or()));
        Assert.Equal(0, store.Count(MemoryField.Content.Contains("\"\\\u0001\n\U0001F375")));
        // The text of a filter cannot end the document that it is put into.
        MemoryFilter sly = MemoryFilter.FromJson("""{}, "limit": 1, "skip": {}""");
        Assert.Throws<MemoryInvalidException>(() => store.List(sly));
        Assert.Throws<ArgumentException>(() => store.Count(MemoryField.Importance.Eq(double.NaN)));
    }

    [Fact]
    public void WhatAFilterMatchesIsChangedAndDeleted()
    {
        using MemoryStore store = Open();
        store.PutMany(Enumerable.Range(0, 100).Select(i => new MemoryDraft("x") { Priority = i }));
        long told = 0;
        Assert.Equal(40, store.UpdateWhere(
            MemoryField.Priority.Lt(40), new MemoryChanges { Type = "low" },
            progress: new Progress(p => told = p.Done)));
        Assert.Equal(40, told);
        Assert.Equal(40, store.DeleteWhere(MemoryField.Type.Eq("low")));
        Assert.Equal(60, store.Count());
        Assert.Throws<MemoryInvalidException>(() => store.DeleteWhere(MemoryFilter.All));
        Assert.Equal(60, store.ClearTiers(["*"]));
    }

    [Fact]
    public void ASearchTellsScoreSnippetAndHow()
    {
        using MemoryStore store = Open();
        store.PutMany(
            ["Ada likes green tea", "Bob drinks coffee", new("x") { Metadata = "{\"title\": \"tea\"}" }]);
        MemorySearchResult hits = store.Search(new MemoryQuery("what about tea")
        {
            Filter = MemoryField.Content.Contains("tea"),
            Top = 5,
            Snippets = true,
            Explain = true,
        });
        Assert.Single(hits);
        Assert.True(hits[0].Score > 0);
        Assert.Contains("**tea**", hits[0].Snippet);
        Assert.NotEqual("{}", hits.Explanation);
        Assert.Equal("{}", store.Search("tea").Explanation);
        Assert.Equal(2, store.Search("tea").Count);
        Assert.Equal(3, store.Search(new MemoryQuery()).Count);
        Assert.Single(store.Search(new MemoryQuery("tea") { Skip = 1 }));
        var titles = new MemoryQuery("tea") { ContentWeight = 0, TitleWeight = 5, SpeakerWeight = 1 };
        Assert.Equal("x", store.Search(titles)[0].Item.Content);
        Assert.Single(store.Search(new MemoryQuery("green tea") { Match = MemoryQueryMatch.All }));
        Assert.Equal(2, store.Search(new MemoryQuery("coffee OR green") { Syntax = MemoryQuerySyntax.Boolean }).Count);
        var and = new MemoryQuery("AND") { Syntax = MemoryQuerySyntax.Boolean };
        Assert.Throws<MemoryInvalidException>(() => store.Search(and));
        Assert.Throws<MemoryInvalidException>(() => new MemoryPreparedQuery(new MemoryQuery { Top = 0 }));
    }

    [Fact]
    public void ATokenThatIsCancelledStopsEveryLongCall()
    {
        using MemoryStore store = Open();
        store.Put("tea");
        var stopped = new CancellationToken(true);
        Action[] calls =
        [
            () => store.PutMany(["tea"], cancellationToken: stopped),
            () => store.PutMany([MemoryDraft.FromJson("{}")], cancellationToken: stopped),
            () => store.GetMany(["x"], cancellationToken: stopped),
            () => store.DeleteMany(["x"], cancellationToken: stopped),
            () => store.Count(null, null, stopped), () => store.Explain(null, null, stopped),
            () => store.SearchMany([], null, stopped),
            () => store.Search("tea", null, stopped), () => store.List(cancellationToken: stopped).ToArray(),
            () => store.Sweep(null, stopped), () => store.Flush(null, stopped),
            () => store.Optimize(null, null, stopped), () => store.Tick(cancellationToken: stopped),
            () => store.ClearTiers(["*"], null, null, stopped),
            () => store.DeleteWhere(MemoryField.Version.Gte(1), cancellationToken: stopped),
            () => store.UpdateWhere(MemoryFilter.All, new MemoryChanges(), cancellationToken: stopped),
        ];
        foreach (Action call in calls)
        {
            var failure = Assert.Throws<MemoryCanceledException>(call);
            Assert.Equal((stopped, MemoryStatus.Cancelled), (failure.CancellationToken, failure.Code));
        }
        Assert.Equal(1, store.Count());
    }
}
