using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

public sealed class ItemTests : StoreTest
{
    private const string Odd = "a\0b \U0001F375 \u00e9 \ud83d\udc69\u200d\ud83d\ude80 \n\r\t\u2028";

    [Fact]
    public void AnItemComesBackAsItWasPut()
    {
        using MemoryStore store = Open();
        var scope = new MemoryScope { App = "app", User = "Ad\u00e4", Agent = "bot", Session = "s1", Collection = "c" };
        var draft = new MemoryDraft(Odd)
        {
            Id = "id \U0001F375",
            Type = "semantic",
            ContentType = "text/markdown",
            Metadata = "{ \"n\": 9223372036854775807,\"u\":18446744073709551615, \"t\": \"\\u00e9\U0001F375\" }",
            Tags = ["tea", "green tea", "\U0001F375"],
            Tier = "long_term",
            Importance = 0.25,
            Priority = -7,
            CreatedAt = ManualTime.Start.AddDays(-2),
            UpdatedAt = ManualTime.Start.AddDays(-1),
            AccessedAt = ManualTime.Start.AddHours(-1),
            TimeToLive = TimeSpan.FromHours(36),
            AccessCount = 4,
            ValidationCount = 2,
        };
        MemoryItem put = store.Put(draft, scope);
        foreach (MemoryItem item in new[] { put, store.List(scope: scope).Single(), store.Get("id \U0001F375", scope) })
        {
            Assert.Equal("id \U0001F375", item.Id);
            Assert.Equal(Odd, item.Content);
            Assert.Equal(Encoding.UTF8.GetBytes(Odd), item.ContentBytes.ToArray());
            Assert.True(item.IsText);
            Assert.Equal("semantic", item.Type);
            Assert.Equal("text/markdown", item.ContentType);
            Assert.Equal(draft.Metadata, item.Metadata);
            Assert.Equal(["tea", "green tea", "\U0001F375"], item.Tags);
            Assert.Equal(scope, item.Scope);
            Assert.Equal(("long_term", 2), (item.Tier, item.TierIndex));
            Assert.Equal((0.25, -7L, false), (item.Importance, item.Priority, item.IsPinned));
            Assert.Equal(draft.CreatedAt, item.CreatedAt);
            Assert.Equal(draft.UpdatedAt, item.UpdatedAt);
            Assert.Equal(TimeSpan.FromHours(36), item.TimeToLive);
            Assert.Equal(ManualTime.Start.AddHours(36), item.ExpiresAt);
            Assert.Equal((1L, 2L), (item.Version, item.ValidationCount));
        }
        Assert.Equal((draft.AccessedAt, 4L), (put.AccessedAt, put.AccessCount));
        Assert.Equal(ManualTime.Start, store.Get("id \U0001F375", scope).AccessedAt);
        using JsonDocument metadata = put.ParseMetadata()!;
        Assert.Equal(long.MaxValue, metadata.RootElement.GetProperty("n").GetInt64());
        Assert.Equal(ulong.MaxValue, metadata.RootElement.GetProperty("u").GetUInt64());
    }

    [Fact]
    public void WhatIsNotSaidHasItsDefault()
    {
        using MemoryStore store = Open();
        MemoryItem item = store.Put("only a text");
        Assert.NotEqual("", item.Id);
        Assert.Equal(("only a text", "text/plain"), (item.Content, item.ContentType));
        Assert.Equal(("default", "working"), (item.Collection, item.Tier));
        Assert.Null(item.Type);
        Assert.Null(item.Metadata);
        Assert.Null(item.ParseMetadata());
        Assert.Null(item.TimeToLive);
        Assert.Null(item.ExpiresAt);
        Assert.Null(item.User);
        Assert.Empty(item.Tags);
        Assert.Equal((0.5, ManualTime.Start), (item.Importance, item.CreatedAt));
        Assert.Equal("only a text".Length + item.Id.Length + "text/plain".Length + "default".Length, item.SizeBytes);
        using LiveMemoryItem live = store.GetLive(item.Id);
        Assert.Equal(live.SizeBytes, item.SizeBytes);
    }

    [Fact]
    public void ContentCanBeAnyBytes()
    {
        using MemoryStore store = Open();
        byte[] bytes = [0xff, 0xfe, 0, 1];
        MemoryItem item = store.Put(new MemoryDraft { Id = "x", ContentBytes = bytes });
        Assert.Equal(bytes, item.ContentBytes.ToArray());
        Assert.Equal("application/octet-stream", item.ContentType);
        Assert.False(item.IsText);
        Assert.Throws<InvalidOperationException>(() => item.Content);
        Assert.Equal("x: 4 bytes", item.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096 - 168)]
    [InlineData(4096)]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public void ContentOfAnySizeIsRead(int size)
    {
        using MemoryStore store = Open();
        string content = new('x', size);
        store.Put(new MemoryDraft(content) { Id = "large" });
        Assert.Equal(content, store.Get("large").Content);
        Assert.Equal(content, store.List().Single().Content);
        Assert.Equal(content, store.GetMany(["large", "large"])[1].Item!.Content);
        Assert.True(store.TryGet("large"u8, out MemoryItem? item) && item.Content.Length == size);
    }

    [Fact]
    public void ScopeNamesOfFullLengthFit()
    {
        using MemoryStore store = Open();
        string name = new('n', MemtierLibrary.MaxNameBytes);
        var scope = new MemoryScope { App = name, User = name, Agent = name, Session = name, Collection = name };
        var draft = new MemoryDraft("x") { Id = new string('i', MemtierLibrary.MaxIdBytes) };
        Assert.Equal(scope, store.Put(draft, scope).Scope);
        MemoryScope copy = scope with { User = "x" } with { User = name };
        Assert.Equal((scope, scope.GetHashCode()), (copy, copy.GetHashCode()));
        Assert.NotEqual(scope, scope with { User = "other" });
        Assert.False(store.Exists(new string('i', MemtierLibrary.MaxIdBytes), scope with { User = "other" }));
    }

    [Fact]
    public void AnEmptyNameOfAScopeIsRefused()
    {
        var scope = new MemoryScope { User = "ada" };
        Assert.Throws<ArgumentException>("App", () => scope with { App = "" });
        Assert.Throws<ArgumentException>("User", () => scope with { User = "" });
        Assert.Throws<ArgumentException>("Agent", () => new MemoryScope { Agent = "" });
        Assert.Throws<ArgumentException>("Session", () => new MemoryScope { Session = "" });
        Assert.Throws<ArgumentException>("Collection", () => new MemoryScope { Collection = "" });
        Assert.Equal(new MemoryScope(), scope with { User = null });
    }

    [Fact]
    public void TextThatIsNoUtf8IsRefusedAndNotReplaced()
    {
        using MemoryStore store = Open();
        const string Lone = "x\ud83d";
        Assert.Throws<ArgumentException>(() => store.Put(Lone));
        Assert.Throws<ArgumentException>(() => store.Put(new MemoryDraft { Id = Lone }));
        Assert.Throws<ArgumentException>(() => store.Put(new MemoryDraft { Tags = { Lone } }));
        Assert.Throws<ArgumentException>(() => store.Get(Lone));
        Assert.Throws<ArgumentException>(() => store.GetMany([Lone]));
        Assert.Throws<ArgumentException>(() => store.Exists("x", new MemoryScope { User = Lone }));
        Assert.Throws<ArgumentException>(() => store.Search(Lone));
        Assert.Throws<ArgumentException>(() => store.Count(MemoryField.Type.Eq(Lone)));
        Assert.Throws<ArgumentException>(() => MemoryField.Metadata(Lone));
        Assert.Throws<ArgumentException>(() => MemoryStore.Open("a\0b"));
        Assert.Equal(0, store.Count());
    }

    [Fact]
    public void WhatAnImageCannotSayGoesAnotherWayWithTheSameResult()
    {
        using MemoryStore store = Open();
        MemoryItem old = store.Put(new MemoryDraft("x") { CreatedAt = DateTimeOffset.UnixEpoch, Tier = "archive" });
        Assert.Equal((DateTimeOffset.UnixEpoch, "archive"), (old.CreatedAt, old.Tier));
        Assert.Throws<MemoryInvalidException>(() => store.Put(new MemoryDraft { Tags = { "two\nlines" } }));
        Assert.Throws<MemoryInvalidException>(() => store.Put(new MemoryDraft { Importance = -0.5 }));
        Assert.Throws<MemoryInvalidException>(() => store.Put(new MemoryDraft { Importance = double.NaN }));
        Assert.Throws<MemoryInvalidException>(() => store.Put(new MemoryDraft { Metadata = "[]" }));
        Assert.Throws<MemoryNotFoundException>(() => store.Put(new MemoryDraft { Tier = "nowhere" }));
        Assert.Null(store.Put(new MemoryDraft("x") { TimeToLive = Timeout.InfiniteTimeSpan }).TimeToLive);
        MemoryItem fromJson = store.Put(MemoryDraft.FromJson("""{"id": "j", "content": "json"}"""u8));
        Assert.Equal("json", fromJson.Content);
        Assert.Equal("set", store.Put(Overridden()).Content);
    }

    [Fact]
    public void ExtremeTimesAreTheNearestThatDotNetHas()
    {
        using MemoryStore store = Open();
        MemoryItem item = store.Put(MemoryDraft.FromJson(
            """
            {"created_us": 9223372036854775807, "accessed_us": -9223372036854775808, "ttl_us": 9223372036854775807}
            """));
        Assert.Equal(9999, item.CreatedAt.Year);
        Assert.Equal(1, item.AccessedAt.Year);
        Assert.Equal(TimeSpan.MaxValue, item.TimeToLive);
        var first = new MemoryDraft { CreatedAt = DateTimeOffset.MinValue };
        Assert.Equal(DateTimeOffset.MinValue, store.Put(first).CreatedAt);
    }

    [Fact]
    public void ModesAndVersionsDecideWhatAPutDoes()
    {
        using MemoryStore store = Open();
        var draft = new MemoryDraft("one") { Id = "x" };
        Assert.Throws<MemoryNotFoundException>(() => store.Put(draft, mode: MemoryPutMode.Update));
        Assert.Equal(1, store.Put(draft, mode: MemoryPutMode.Create).Version);
        Assert.Throws<MemoryExistsException>(() => store.Put(draft, mode: MemoryPutMode.Create));
        draft.ExpectedVersion = 1;
        Assert.Equal(2, store.Put(draft, durability: MemoryDurability.Full).Version);
        Assert.Throws<MemoryConflictException>(() => store.Put(draft));
        Assert.Throws<MemoryConflictException>(() => store.Update("x", new MemoryChanges { ExpectedVersion = 1 }));
        Assert.Throws<MemoryConflictException>(() => store.Delete("x", expectedVersion: 1));
        Assert.True(store.Exists("x"u8));
        Assert.True(store.Delete("x"u8, expectedVersion: 2));
        Assert.False(store.Exists("x"u8));
        Assert.False(store.Delete("x"));
    }

    [Fact]
    public void AnUpdateChangesWhatItSaysAndLeavesTheRest()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("old") { Id = "x", Tags = ["a", "b"], Importance = 0.9, Metadata = "{\"k\": 1}" });
        var changes = new MemoryChanges { Content = "new", AddTags = ["c"], RemoveTags = { "a" } };
        changes.SetMetadata(("n", long.MinValue), ("text", "t\U0001F375"), ("none", MemoryValue.Null), ("yes", true));
        MemoryItem item = store.Update("x", changes);
        Assert.Equal(("new", 0.9, 2L), (item.Content, item.Importance, item.Version));
        Assert.Equal(["b", "c"], item.Tags);
        Assert.Equal("{\"n\":-9223372036854775808,\"text\":\"t\U0001F375\",\"none\":null,\"yes\":true}", item.Metadata);
        Assert.Equal(0.1, store.Update("x", MemoryChanges.FromJson("""{"importance": 0.1}""")).Importance);
        Assert.True(store.Pin("x").IsPinned);
        Assert.False(store.Unpin("x").IsPinned);
        Assert.Equal(1, store.Validate("x"));
        Assert.Equal(2, store.Validate("x"));
        Assert.Throws<MemoryNotFoundException>(() => store.Validate("y"));
    }

    [Fact]
    public void AnIdIsLookedUpInItsScope()
    {
        using MemoryStore store = Open();
        MemoryScope ada = new() { User = "ada" }, bob = new() { User = "bob" };
        store.Put(new MemoryDraft("of Ada") { Id = "x" }, ada);
        store.Put(new MemoryDraft("of Bob") { Id = "x" }, bob);
        Assert.Equal("of Ada", store.Get("x", ada).Content);
        Assert.Equal("of Bob", store.Get("x"u8, bob).Content);
        Assert.Throws<MemoryAmbiguousException>(() => store.Get("x"));
        Assert.Throws<MemoryAmbiguousException>(() => store.TryGet("x", out _));
        Assert.True(store.Exists("x"));
        Assert.False(store.TryGet("y", out MemoryItem? none));
        Assert.Null(none);
        Assert.Throws<MemoryNotFoundException>(() => store.Get("y"));
    }

    [Fact]
    public void ALiveItemFollowsTheStoreAndOutlivesIt()
    {
        MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "x", Tier = "short_term" });
        LiveMemoryItem live = store.GetLive("x");
        long before = live.AccessCount;
        store.Get("x");
        store.Validate("x");
        Assert.Equal(before + 1, live.AccessCount);
        Assert.Equal(1, live.ValidationCount);
        Assert.Equal("short_term", live.Tier);
        store.Dispose();
        Assert.Equal("x", live.ToItem().Content);
        Assert.True(live.Matches(MemoryField.Id.Eq("x") & !MemoryField.Type.Exists()));
        using LiveMemoryItem clone = live.Clone();
        live.Dispose();
        live.Dispose();
        Assert.Throws<ObjectDisposedException>(() => live.Tier);
        Assert.Throws<ObjectDisposedException>(() => live.ToItem());
        Assert.Contains("\"id\":\"x\"", clone.ToJson().Replace(": ", ":"));
    }

    [Fact]
    public void AnItemMatchesWithoutItsStore()
    {
        MemoryStore store = Open();
        MemoryItem item = store.Put(new MemoryDraft("tea") { Id = "x", Tags = ["hot"], Importance = 0.25 });
        MemoryHit hit = store.Search("tea")[0];
        store.Dispose();
        MemoryFilter both = MemoryField.Tags.Eq("hot") & MemoryField.Tier.Eq("working");
        Assert.True(item.Matches(both));
        Assert.True(hit.Item.Matches(both));
        Assert.False(item.Matches(!both));
        var wrong = Assert.Throws<MemoryInvalidException>(
            () => item.Matches(MemoryFilter.FromJson("""{"colour": 1}""")));
        Assert.Contains("$.colour", wrong.Message);
        Assert.Throws<ArgumentNullException>(() => item.Matches(null!));
    }

    [Fact]
    public void TheDocumentOfAnItemMakesItAgain()
    {
        using MemoryStore store = Open();
        MemoryItem item = store.Put(new MemoryDraft("tea \U0001F375\0") { Tags = ["hot"], Metadata = """{"n": 9007199254740993}""" });
        MemoryItem again = store.Put(MemoryDraft.FromJson(item.ToJson()));
        Assert.Equal(item.Id, again.Id);
        Assert.Equal(item.Content, again.Content);
        Assert.Equal(item.Metadata, again.Metadata);
        Assert.Equal(item.Tags, again.Tags);
    }

    private static MemoryDraft Overridden()
    {
        MemoryDraft draft = MemoryDraft.FromJson("""{"id": "j", "content": "json"}""");
        draft.Content = "set";
        return draft;
    }
}
