using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Batches that are watched and stopped, and many queries in one call.</summary>
public sealed class BatchTests : StoreTest
{
    // A batch is done in parts; this is several of them.
    private const int Large = 20000;

    private sealed class Broken : Exception;

    /// <summary>A clock that is asked in each part of a batch, and does something then.</summary>
    private sealed class AskedTime : TimeProvider
    {
        private Action _then = () => { };
        private int _left;

        /// <summary>Has something done when it is asked for the time the given number of times.</summary>
        internal void At(int times, Action then) => (_left, _then) = (times, then);

        public override DateTimeOffset GetUtcNow()
        {
            if (--_left == 0)
            {
                _then();
            }
            return ManualTime.Start;
        }
    }

    private static IEnumerable<string> Numbers => Enumerable.Range(0, Large).Select(i => "n" + i);

    private static MemoryDraft[] Drafts(bool builders = false) => [.. Numbers.Select(id => builders
        ? MemoryDraft.FromJson($$"""{"id": "{{id}}"}""")
        : new MemoryDraft("x") { Id = id })];

    private static MemoryStore OpenAsking(AskedTime time) =>
        MemoryStore.OpenInMemory(new MemoryStoreOptions { TimeProvider = time, Background = false });

    // How many entries are done: those up to some place in the middle; the others have the failure.
    private static int AssertCut(MemoryBatch batch)
    {
        Assert.Equal(Large, batch.Count);
        int done = batch.TakeWhile(entry => entry.Succeeded).Count();
        Assert.InRange(done, 1, Large - 1);
        Assert.All(batch.Skip(done), entry => Assert.Same(batch.Failure, entry.Error));
        Assert.Equal(done, batch.SucceededCount);
        return done;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APutThatIsCancelledInTheMiddleTellsWhatItHasStored(bool builders)
    {
        var time = new AskedTime();
        using MemoryStore store = OpenAsking(time);
        using var source = new CancellationTokenSource();
        time.At(2, source.Cancel);
        MemoryBatch batch = store.PutMany(Drafts(builders), cancellationToken: source.Token);
        int stored = AssertCut(batch);
        Assert.Equal(stored, store.Count());
        Assert.Equal("n" + (stored - 1), batch[stored - 1].Item!.Id);
        Assert.Equal(MemoryStatus.Cancelled, batch[stored].Status);
        MemoryCanceledException failure = Assert.Throws<MemoryCanceledException>(batch.ThrowIfFailed);
        Assert.Equal((source.Token, stored), (failure.CancellationToken, failure.CompletedCount));
    }

    [Fact]
    public void ADeleteThatIsCancelledInTheMiddleTellsWhatItHasDeleted()
    {
        var time = new AskedTime();
        using MemoryStore store = OpenAsking(time);
        store.PutMany(Drafts()).ThrowIfFailed();
        using var source = new CancellationTokenSource();
        time.At(2, source.Cancel);
        MemoryBatch batch = store.DeleteMany(Numbers, cancellationToken: source.Token);
        Assert.IsType<MemoryCanceledException>(batch.Failure);
        Assert.Equal(Large - AssertCut(batch), store.Count());
    }

    [Fact]
    public void AGetThatIsCancelledInTheMiddleGivesNothing()
    {
        var time = new AskedTime();
        using MemoryStore store = OpenAsking(time);
        store.PutMany(Drafts()).ThrowIfFailed();
        using var source = new CancellationTokenSource();
        time.At(2, source.Cancel);
        Assert.Throws<MemoryCanceledException>(() => store.GetMany(Numbers, cancellationToken: source.Token));
    }

    [Fact]
    public void WhatEndedABatchIsNotTheErrorOfAnEntryThatFailedBefore()
    {
        var time = new AskedTime();
        using MemoryStore store = OpenAsking(time);
        store.Put(new MemoryDraft("there") { Id = "n0" });
        time.At(3, () => throw new Broken());
        MemoryBatch batch = store.PutMany(Drafts(), mode: MemoryPutMode.Create);
        Assert.IsType<Broken>(Assert.IsType<MemoryCallbackException>(batch.Failure).InnerException);
        Assert.IsType<MemoryExistsException>(batch[0].Error);
        Assert.True(batch[1].Succeeded);
        Assert.Same(batch.Failure, batch[^1].Error);
        Assert.Throws<MemoryCallbackException>(batch.ThrowIfFailed);
    }

    [Fact]
    public void AFailureIsThatOfTheFirstEntryAndNotThatOneIsMissing()
    {
        using MemoryStore store = Open();
        store.PutMany([new("x") { Id = "a" }, new("x") { Id = "b" }]).ThrowIfFailed();
        MemoryBatch batch = store.PutMany([new("x") { Id = "a" }, new("x") { Id = "b" }], mode: MemoryPutMode.Create);
        Assert.Same(batch[0].Error, batch.Failure);
        Assert.NotSame(batch[0].Error, batch[1].Error);
        Assert.IsType<MemoryExistsException>(batch[1].Error);
        batch = store.DeleteMany(["nobody", "a"]);
        Assert.Null(batch.Failure);
        Assert.Throws<MemoryNotFoundException>(batch.ThrowIfFailed);
    }

    [Fact]
    public void ProgressIsToldAndCanFail()
    {
        using MemoryStore store = Open();
        var calls = new Dictionary<string, Func<IProgress<MemoryProgress>, MemoryBatch>>
        {
            ["images"] = progress => store.PutMany(["x", "y"], progress: progress),
            ["builders"] = progress => store.PutMany(
                [MemoryDraft.FromJson("{}"), MemoryDraft.FromJson("{}")], progress: progress),
            ["get"] = progress => store.GetMany(["a", "b"], progress: progress),
            ["delete"] = progress => store.DeleteMany(["a", "b"], progress: progress),
        };
        foreach ((string name, Func<IProgress<MemoryProgress>, MemoryBatch> call) in calls)
        {
            MemoryProgress told = default;
            call(new Progress(progress => told = progress));
            Assert.True(told == new MemoryProgress(2, 2), $"{name}: {told}");
            var failure = Assert.Throws<MemoryCallbackException>(() => call(new Progress(_ => throw new Broken())));
            Assert.IsType<Broken>(failure.InnerException);
        }
    }

    [Fact]
    public void ManyQueriesAreOneCall()
    {
        using MemoryStore store = Open();
        store.PutMany([new("Ada likes green tea") { Id = "tea" }, new("Ada is allergic to hazelnuts") { Id = "nuts" }]);
        using var tea = new MemoryPreparedQuery(new MemoryQuery("tea") { Explain = true });
        using var nothing = new MemoryPreparedQuery("xyzzy");
        using var nuts = new MemoryPreparedQuery(new MemoryQuery("hazelnuts") { Snippets = true });
        IReadOnlyList<MemorySearchResult> found = store.SearchMany([tea, nothing, nuts, tea]);
        string[][] expected = [["tea"], [], ["nuts"], ["tea"]];
        Assert.Equal(expected, found.Select(hits => Ids(hits.Select(hit => hit.Item))));
        Assert.True(found[0][0].Score > 0);
        Assert.Equal("", found[0][0].Snippet);
        Assert.Contains("**hazelnuts**", found[2][0].Snippet);
        Assert.Equal([true, false, false, true], found.Select(hits => hits.Explanation != "{}"));
        Assert.All(found, hits => JsonDocument.Parse(hits.Explanation).Dispose());
        Assert.Empty(Assert.Single(store.SearchMany([tea], new MemoryScope { User = "bob" })));
        Assert.Empty(store.SearchMany([]));
    }

    [Fact]
    public void AWrongQueryAmongManyIsNamed()
    {
        using MemoryStore store = Open();
        using var tea = new MemoryPreparedQuery("tea");
        var disposed = new MemoryPreparedQuery("tea");
        disposed.Dispose();
        var failure = Assert.Throws<ObjectDisposedException>(() => store.SearchMany([tea, disposed]));
        Assert.Contains("queries[1]", failure.Message);
        Assert.Equal("queries[0]", Assert.Throws<ArgumentNullException>(() => store.SearchMany([null!])).ParamName);
        Assert.Throws<ArgumentNullException>(() => store.SearchMany(null!));
        int most = MemtierLibrary.MaxQueries;
        Assert.Equal(most, store.SearchMany(Enumerable.Repeat(tea, most)).Count);
        Assert.Throws<MemoryInvalidException>(() => store.SearchMany(Enumerable.Repeat(tea, most + 1)));
    }
}
