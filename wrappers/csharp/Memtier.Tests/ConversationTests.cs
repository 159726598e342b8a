using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Memtier.Tests;

/// <summary>Conversations, and what of all this fits into a prompt.</summary>
public sealed class ConversationTests : StoreTest
{
    private static readonly MemoryScope Ada = new() { User = "ada" };
    private static readonly MemoryScope Session = Ada with { Session = "s1" };

    private sealed class Broken : Exception;

    private static IEnumerable<MemoryTurn> Said(params string[] texts) =>
        texts.Select(text => new MemoryTurn(MemoryRole.User, text));

    private static List<string?> Texts(IEnumerable<MemoryTurn> turns) => [.. turns.Select(turn => turn.Content)];

    [Fact]
    public void ATurnComesBackAsItWas()
    {
        using MemoryStore store = Open();
        MemoryConversation talk = store.GetConversation(Session);
        const string parts = """[{"text":"Let me look 🍵","type":"text"},{"type":"image","url":"x.png"}]""";
        MemoryTurn kept = talk.Append(new MemoryTurn(MemoryRole.Assistant)
        {
            Name = "Max",
            Parts = parts,
            State = """{"asked":1}""",
            Metadata = """{"mood":"glad"}""",
            Tags = ["x"],
            Importance = 0.7,
        });
        Assert.Equal("Let me look 🍵", kept.Content);
        IReadOnlyList<MemoryTurn> turns = talk.Last(10).Turns;
        MemoryTurn turn = turns[0];
        Assert.Equal((MemoryRole.Assistant, "Max", 1L), (turn.Role, turn.Name, turn.Sequence));
        Assert.Equal("s1#000000001", turn.Item!.Id);
        Assert.Equal(parts, turn.Parts);
        Assert.Equal(("""{"asked":1}""", """{"mood":"glad"}"""), (turn.State, turn.Metadata));
        Assert.Equal(new MemoryReplacement(2, 0), talk.Replace(turns)); // nothing differs
        Assert.Throws<ArgumentException>(() => MemoryTurn.FromItem(store.Put("x")));
        Assert.Throws<MemoryInvalidException>(() => talk.Append(new MemoryTurn(MemoryRole.User) { Parts = "[" }));
    }

    [Fact]
    public void AConversationIsAppendedToReadAndReplaced()
    {
        using MemoryStore store = Open();
        MemoryConversation talk = store.GetConversation(Session);
        long empty = talk.Last(1).Version;
        talk.AppendMany(Said("a", "b", "c"), empty, MemoryDurability.Full);
        Assert.Throws<MemoryConflictException>(() => talk.Append(new MemoryTurn(MemoryRole.User, "d"), empty));
        Assert.Throws<MemoryConflictException>(() => talk.Replace([], empty));
        MemoryHistory history = talk.Last(2);
        Assert.Equal(["b", "c"], Texts(history.Turns));
        MemoryReplacement done = talk.Replace(Said("a", "B", "c"), history.Version);
        Assert.Equal((1L, talk.Last(1).Version), (done.Changed, done.Version));
        store.GetConversation(Ada with { Session = "s2" }).Append(new MemoryTurn(MemoryRole.User, "elsewhere"));
        IReadOnlyList<MemorySession> sessions = store.GetSessions(10, Ada);
        Assert.Equal(4, sessions.Sum(session => session.Turns));
        Assert.Contains(Session, sessions.Select(session => session.Scope));
        Assert.Equal(4, store.GetRecentTurns(TimeSpan.FromHours(1), 10, Ada).Count);
        var query = new MemoryContextQuery("B") { Newest = 1, MaxItems = 2 };
        Assert.Equal(["B", "c"], Texts(talk.GetContext(query)));
        Assert.Throws<MemoryInvalidException>(
            () => store.GetConversation(Ada).Append(new MemoryTurn(MemoryRole.User, "x")));
    }

    [Fact]
    public void WhatAnAgentHasInMind()
    {
        using MemoryStore store = Open();
        Assert.Equal("long_term", store.Remember("nuts", "allergic to nuts", 0.9, Ada).Tier);
        MemoryItem seat = store.Remember("seat", "at the window", 0.5, Ada, MemoryDurability.Full);
        Assert.Equal(TimeSpan.FromHours(1), seat.TimeToLive);
        Assert.Equal(["seat", "nuts"], Ids(store.GetActiveContext(scope: Ada)));
        var query = new MemoryContextQuery("nuts") { Newest = 0, Exclude = ["seat"] };
        Assert.Equal(["nuts"], Ids(store.GetActiveContext(query, Ada)));
        Assert.Throws<MemoryInvalidException>(() => store.Remember("", "x", 0.5));
    }

    [Fact]
    public void TokensAreCountedByACallback()
    {
        MemoryTokenCounter counter = (_, _) => true;
        MemoryStoreOptions options = Options;
        options.TokenCounter = (texts, tokens) => counter(texts, tokens);
        using MemoryStore store = Open(options);
        MemoryConversation talk = store.GetConversation(Session);
        talk.AppendMany(Said("a", "b"));
        var query = new MemoryContextQuery { MaxTokens = 5 };
        Assert.Equal(2, talk.GetContext(query).Count);
        counter = (_, tokens) =>
        {
            tokens.Fill(4);
            return true;
        };
        Assert.Equal(["b"], Texts(talk.GetContext(query)));
        counter = (_, _) => false;
        Assert.Equal(2, talk.GetContext(query).Count);
        counter = (_, _) => throw new Broken();
        var failure = Assert.Throws<MemoryCallbackException>(() => talk.GetContext(query));
        Assert.IsType<Broken>(failure.InnerException);
    }
}
