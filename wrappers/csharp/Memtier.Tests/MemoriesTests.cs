using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Memtier.Tests;

/// <summary>What an agent knows, what happened, and what it did.</summary>
public sealed class MemoriesTests : IDisposable
{
    private static readonly MemoryScope Ada = new() { User = "ada" };
    private readonly MemoryStore _store = MemoryStore.Open(":memory:");

    public void Dispose() => _store.Dispose();

    [Fact]
    public void KnowledgeKeepsWhatWasBelieved()
    {
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset moved = from.AddYears(4);
        MemoryKnowledge first = _store.PutKnowledge(
            new MemoryKnowledge
            {
                Id = "home",
                Subject = "Ada",
                Attribute = "lives in",
                Value = "Rome",
                Source = "herself",
                ValidFrom = from,
                Metadata = "{\"own\":1}",
            },
            Ada);
        Assert.Equal("Ada lives in Rome", first.Content);
        Assert.Equal("Rome", first.Value);
        Assert.Equal("{\"own\":1}", first.Metadata);
        Assert.Equal(1, first.Number);
        var bari = new MemoryKnowledge { Value = "Bari", ValidFrom = moved };
        _store.UpdateKnowledge("home", bari, Ada, version: 1);
        Assert.Throws<MemoryConflictException>(() => _store.UpdateKnowledge("home", bari, Ada, version: 1));
        Assert.Throws<MemoryInvalidException>(
            () => _store.UpdateKnowledge("home", new MemoryKnowledge("nobody knows"), Ada));
        _store.UpdateKnowledge("home", new MemoryKnowledge("nobody knows") { ValueJson = "null" }, Ada);
        IReadOnlyList<MemoryKnowledge> beliefs = _store.GetKnowledgeHistory("home", Ada);
        Assert.Equal(["Ada lives in Rome", "Ada lives in Bari", "nobody knows"], beliefs.Select(one => one.Content));
        Assert.Equal(moved, beliefs[0].ValidUntil);
        Assert.NotNull(beliefs[0].ReplacedAt);
        Assert.Null(beliefs[2].Value);
        Assert.Null(beliefs[2].ReplacedAt);
        Assert.Equal("herself", beliefs[2].Source);
        Assert.Equal(2, Assert.Single(_store.GetKnowledgeHistory("home", Ada, 2), one => one.Number == 2).Number);
    }

    [Fact]
    public void ContradictionsHaveTwoSides()
    {
        foreach (string who in new[] { "one", "two" })
        {
            _store.GetAgent(Ada with { Agent = who }).Know(
                new MemoryKnowledge { Subject = "Ada", Attribute = "drinks", Value = who });
        }
        MemoryContradiction pair = Assert.Single(_store.GetContradictions());
        Assert.Equal("\"one\"", pair.First.ValueJson);
        Assert.Equal("two", pair.Second.Scope.Agent);
        Assert.Null(pair.Until);
        Assert.Empty(_store.GetContradictions(scope: Ada with { Agent = "one" }));
    }

    [Fact]
    public void AnEpisodeIsFoundAroundItsTime()
    {
        var began = new DateTimeOffset(2025, 8, 10, 8, 0, 0, TimeSpan.Zero);
        MemoryEpisode storm = _store.PutEpisode(new MemoryEpisode("no ferry")
        {
            Id = "storm",
            Location = "Bari",
            Participants = ["Ada", "Tom"],
            Emotions = new Dictionary<string, double> { ["fear"] = 0.6 },
            Started = began,
            Ended = began.AddHours(12),
        });
        Assert.Equal("Bari, Ada, Tom", storm.Title);
        Assert.Equal(0.6, storm.Emotions["fear"]);
        Assert.Equal(began.AddHours(12), storm.Ended);
        Assert.Equal("storm", Assert.Single(_store.GetAround(new MemoryAroundQuery { At = began.AddHours(6) })).Id);
        Assert.Empty(_store.GetAround(new MemoryAroundQuery { Id = "storm" }));
        Assert.Empty(_store.GetAround());
    }

    [Fact]
    public void WhatIsRunIsRemembered()
    {
        MemoryAgent agent = _store.GetAgent(Ada);
        Assert.Equal(42, agent.Run("count", "seats to Oslo", () => 42));
        var thrown = new InvalidOperationException("no seats");
        Assert.Same(
            thrown, Assert.Throws<InvalidOperationException>(() => agent.Run<int>("book", "a train", () => throw thrown)));
        MemoryRun count = MemoryRun.FromItem(agent.Search(new MemoryQuery { Text = "Oslo" })[0].Item);
        Assert.Equal(("count", "seats to Oslo", "42", true), (count.Name, count.Input, count.Result, count.Success));
        MemoryRun book = MemoryRun.FromItem(agent.Search(new MemoryQuery { Text = "train" })[0].Item);
        Assert.False(book.Success);
        Assert.Equal("InvalidOperationException: no seats", book.Error);
        Assert.Null(book.Result);
    }

    [Fact]
    public void WhatIsNoTextIsRunAllTheSame()
    {
        MemoryAgent agent = _store.GetAgent(Ada);
        Assert.Equal("\ud800", agent.Run("odd", "\ud800", () => "\ud800"));
        Assert.NotNull(Assert.Single(agent.Search(new MemoryQuery { Text = "odd" })));
    }

    [Fact]
    public void AnAgentConsolidatesItsOwn()
    {
        MemoryAgent agent = _store.GetAgent(Ada);
        agent.Remember("seat", "a seat by the window", 0.5);
        _store.GetAgent(new MemoryScope { User = "bob" }).Remember("seat", "by the aisle", 0.5);
        Assert.Equal(1, agent.Consolidate(new MemoryConsolidation { From = "short_term" }).Moved);
        Assert.Equal("long_term", agent.Recall("seat")!.Tier);
    }

    [Fact]
    public void AnAgentRecallsAndForgets()
    {
        MemoryAgent agent = _store.GetAgent(Ada);
        agent.Remember("nuts", "allergic to nuts", 0.9);
        Assert.Equal("allergic to nuts", agent.Recall("nuts")!.Content);
        Assert.Null(agent.Recall("seat"));
        Assert.Equal("nuts", Assert.Single(agent.GetContext()).Id);
        agent.Experience(new MemoryEpisode("a storm"));
        Assert.Equal(2, agent.Forget().Items);
        Assert.Null(agent.Recall("nuts"));
    }
}
