using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Memtier.Tests;

public sealed class LifetimeTests : StoreTest
{
    [Fact]
    public void ClosingTwiceIsNothingAndUseAfterIsDotNetsOwnError()
    {
        MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "x" });
        store.Close();
        store.Close();
        store.Dispose();
        Action[] calls =
        [
            () => store.Put("x"), () => store.Put(MemoryDraft.FromJson("{}")), () => store.PutMany(["x"]),
            () => store.Get("x"), () => store.TryGet("x"u8, out _), () => store.GetLive("x"),
            () => store.GetMany(["x"]), () => store.Exists("x"), () => store.Update("x", new MemoryChanges()),
            () => store.Pin("x"), () => store.Delete("x"), () => store.DeleteMany(["x"]),
            () => store.Validate("x"), () => store.Move("x", "archive"), () => store.Count(), () => store.List(),
            () => store.OpenCursor(), () => store.UpdateWhere(MemoryFilter.All, new MemoryChanges()),
            () => store.DeleteWhere(MemoryField.Id.Eq("x")), () => store.Search("x"),
            () => store.SearchMany([]), () => store.Explain(), () => store.GetIndexes(),
            () => store.CreateIndex("x", MemoryField.Metadata("x")), () => store.CreateIndex("x", (_, _) => { }),
            () => store.PutPolicy(new MemoryPolicy("x", MemoryPolicyAction.Demote)),
            () => store.PutPolicy(new MemoryPolicy("y", MemoryPolicyAction.Callback), (_, _, _) => { }),
            () => store.GetPolicies(), () => store.DeletePolicy("x"), () => store.ApplyPolicies(),
            () => store.PutArchiveRule(new MemoryArchiveRule("x", MemoryArchiveRuleKind.Time, MemoryFilter.All)),
            () => store.Forget(new MemoryScope { User = "nobody" }), () => store.PackArchive(), () => store.Restore(), () => store.GetArchiveStatistics(),
            () => store.GetArchiveRules(), () => store.DeleteArchiveRule("x"), () => store.ApplyArchiveRules(),
            () => store.DropIndex("x"), () => store.GetEmbedder(), () => store.Embed("x"),
            () => store.PutLink(new("x", "y")), () => store.PutLinks([]), () => store.GetLink("x", "y"),
            () => store.DeleteLinks(new MemoryLinkQuery { Source = "x" }), () => store.ListLinks(),
            () => store.CreateConcept("c"), () => store.ListConcepts(), () => store.DeleteConcept("c"),
            () => store.GetNeighbours("x"), () => store.FindPath("x", "y"), () => store.Spread(["x"]),
            () => store.ExportGraph(), () => store.DrawGraph(),
            () => store.CreateCollection("x"), () => store.GetCollections(), () => store.DropCollection("x"),
            () => store.CopyToCollection("x"), () => store.MoveToCollection("x"),
            () => store.CreateSpace(new MemorySpace("s", 2)), () => store.GetSpaces(),
            () => store.DropSpace("s"), () => store.MeasureRecall("s"), () => store.PutVector("s", "x", [1, 2]),
            () => store.PutVectors("s", [new("x", [1, 2])]), () => store.GetVector("s", "x"),
            () => store.DeleteVector("s", "x"), () => store.FindSimilar("s", "x"),
            () => store.AddFeedback("x", 1), () => store.GetPreferences(), () => store.ClearFeedback(),
            () => store.GetPendingVectors(), () => store.Reembed(),
            () => store.GetConversation(new MemoryScope { Session = "s" }).Append(new MemoryTurn(MemoryRole.User)),
            () => store.GetConversation(new MemoryScope { Session = "s" }).AppendMany([]),
            () => store.GetConversation(new MemoryScope { Session = "s" }).Last(1),
            () => store.GetConversation(new MemoryScope { Session = "s" }).Replace([]),
            () => store.GetTurnContext(), () => store.GetRecentTurns(TimeSpan.Zero), () => store.GetSessions(),
            () => store.Remember("k", "x", 0.5), () => store.GetActiveContext(),
            () => store.PutKnowledge(new MemoryKnowledge("x")),
            () => store.UpdateKnowledge("k", new MemoryKnowledge("x")), () => store.GetKnowledgeHistory("k"),
            () => store.GetContradictions(), () => store.PutEpisode(new MemoryEpisode("x")), () => store.GetAround(),
            () => store.RecordRun(new MemoryRun("x")), () => store.GetAgent().Recall("k"),
            () => store.Export(new MemoryStream()), () => store.Import(new MemoryStream()),
            () => store.ExportFile(FilePath + ".out"), () => store.ImportFile(FilePath),
            () => store.GetStatistics(), () => store.GetLadder(), () => store.GetTiers(), () => store.GetTier(0),
            () => store.Optimize(), () => store.ClearTiers(["*"]), () => store.Sweep(),
            () => store.Tick(), () => store.PauseMaintenance(), () => store.ResumeMaintenance(),
            () => store.GetTransitions(), () => store.Flush(),
            () => store.Flush(new Progress(_ => { }), CancellationToken.None),
            () => store.Sweep(new Progress(_ => { })), () => store.GetTransitions("x"), () => _ = store.TierCount,
        ];
        foreach (Action call in calls)
        {
            Assert.Throws<ObjectDisposedException>(call);
        }
        Assert.Equal(FilePath, store.Path);
    }

    [Fact]
    public void ResultsOutliveTheStore()
    {
        MemoryStore store = Open();
        store.PutMany([new("tea") { Id = "a" }, new("tea") { Id = "b" }]);
        MemoryItem item = store.Get("a");
        MemorySearchResult hits = store.Search("tea");
        using MemoryCursor cursor = store.OpenCursor();
        IEnumerable<MemoryItem> list = store.List();
        store.Dispose();
        Assert.Equal(("tea", "working"), (item.Content, item.Tier));
        Assert.Equal(2, hits.Count);
        Assert.Equal(2, cursor.Next().Count);
        Assert.Throws<ObjectDisposedException>(() => list.ToArray());
        cursor.Dispose();
        cursor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cursor.Next());
        Assert.Throws<ObjectDisposedException>(() => cursor.GetToken());
    }

    [Fact]
    public void AQueryThatWasDisposedOfIsRefused()
    {
        using MemoryStore store = Open();
        var query = new MemoryPreparedQuery("tea");
        query.Dispose();
        query.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Search(query));
    }

    [Fact]
    public void WhatIsForgottenIsCollected()
    {
        WeakReference store = Forget();
        for (int i = 0; i < 200 && Interop.Callbacks.Registered != 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }
        Assert.False(store.IsAlive);
        Assert.Equal(0, Interop.Callbacks.Registered); // the clock: so it was closed
        using MemoryStore again = Open();
        Assert.Equal("kept", again.Get("x").Content);
    }

    /// <summary>A clock that collects, so in the middle of each call, and looks what is left.</summary>
    private sealed class CollectingTime : TimeProvider
    {
        private volatile WeakReference[] _watched = [];

        internal int Collections { get; private set; }

        internal int Lost { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (_watched.Length > 0)
            {
                GC.Collect();
                Collections++;
                Lost += Array.FindAll(_watched, watched => !watched.IsAlive).Length;
            }
            return ManualTime.Start;
        }

        internal void Watch(params object[] objects) =>
            _watched = Array.ConvertAll(objects, one => new WeakReference(one));
    }

    [Fact]
    public void NothingThatACallUsesIsCollectedUnderIt()
    {
        var time = new CollectingTime();
        var options = new MemoryStoreOptions { TimeProvider = time, Background = false };
        Action<MemoryStore, MemoryScope>[] calls =
        [
            (store, scope) => store.Put(new MemoryDraft("tea") { Id = "x" }, scope),
            (store, scope) => store.Put(MemoryDraft.FromJson("{\"id\": \"y\"}"), scope),
            (store, scope) => store.PutMany(["tea"], scope), (store, scope) => store.Get("x", scope),
            (store, scope) => store.TryGet("x"u8, out _, scope), (store, scope) => store.GetLive("x", scope),
            (store, scope) => store.GetMany(["x"], scope), (store, scope) => store.Exists("x", scope),
            (store, scope) => store.Update("x", new MemoryChanges { Type = "t" }, scope),
            (store, scope) => store.Validate("x", scope), (store, scope) => store.Move("x", "archive", scope),
            (store, scope) => store.Count(MemoryField.Id.Eq("x"), scope), (store, scope) => store.Search("tea", scope),
            (store, scope) => store.Search(new MemoryPreparedQuery("tea"), scope),
            (store, scope) => store.UpdateWhere(MemoryField.Id.Eq("x"), new MemoryChanges { Priority = 1 }, scope),
            (store, scope) => store.Export(new MemoryStream(), null, scope),
            (store, scope) => Without(scope, store.Sweep()),
            (store, scope) => store.Import(new MemoryStream("{\"text\": \"x\"}"u8.ToArray()), null, scope),
            (store, scope) => store.Optimize(scope), (store, scope) => Without(scope, store.GetStatistics()),
            (store, scope) => Without(scope, store.GetTier(0)),
            (store, scope) => store.DeleteMany(["y"], scope), (store, scope) => store.Delete("x", scope),
            (store, scope) => store.DeleteWhere(MemoryField.Version.Gte(1), scope),
            (store, scope) => store.ClearTiers(["*"], scope),
        ];
        int silent = 0;
        foreach (Action<MemoryStore, MemoryScope> call in calls)
        {
            int before = time.Collections;
            CallOnFresh(time, options, call);
            silent += time.Collections == before ? 1 : 0;
        }
        Assert.Equal(0, time.Lost);
        Assert.True(silent <= 3, $"{silent} of {calls.Length} calls did not ask the time: nothing was seen");
    }

    // A call that takes no scope.
    private static void Without(MemoryScope scope, object result) => GC.KeepAlive((scope, result));

    // Nothing holds the store and the scope but the call itself.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CallOnFresh(
        CollectingTime time, MemoryStoreOptions options, Action<MemoryStore, MemoryScope> call)
    {
        time.Watch();
        MemoryStore store = MemoryStore.Open(Path.Combine(Folder, "fresh"), options);
        var scope = new MemoryScope { User = "ada" };
        store.Count(scope: scope); // the file is read and the scope made before anything is watched
        time.Watch(store, scope);
        call(store, scope);
    }

    [Fact]
    public async Task TheCollectorRunsInsideEveryCall()
    {
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        for (int round = 0; round < 20; round++)
        {
            // Nothing keeps these but the calls themselves.
            Fresh("gc" + round).Put(new MemoryDraft("tea") { Id = "x" }, new MemoryScope { User = "u" });
            Assert.Equal("tea", Fresh("gc" + round).Get("x", new MemoryScope { User = "u" }).Content);
            Assert.Single(Fresh("gc" + round).GetMany(["x"], new MemoryScope { User = "u" }));
            Assert.Equal(1, Fresh("gc" + round).Count(MemoryField.Id.Eq("x"), new MemoryScope { User = "u" }));
            Assert.Single(Fresh("gc" + round).List());
            Assert.Single(Fresh("gc" + round).Search(new MemoryPreparedQuery("tea"), new MemoryScope { User = "u" }));
            Assert.Contains("tea", Fresh("gc" + round).GetLive("x").ToJson());
            Assert.Equal("x", Fresh("gc" + round).OpenCursor().Next()[0].Item!.Id);
            Assert.Equal(1, Fresh("gc" + round).Export(new MemoryStream(), progress: new Progress(_ => GC.Collect())));
            Assert.Equal(2, Fresh("gc" + round).Update("x", new MemoryChanges { Content = "tea" }).Version);
            Assert.Equal(4, Fresh("gc" + round).GetTiers().Count);
        }
        stop.Cancel();
        await collector;
    }

    [Fact]
    public async Task AThousandTasksShareAStore()
    {
        using MemoryStore store = Open();
        var scope = new MemoryScope { User = "ada" };
        Task[] tasks = [.. Enumerable.Range(0, 1000).Select(n => Task.Run(() =>
        {
            MemoryItem put = store.Put(new MemoryDraft($"tea {n} \U0001F375") { Id = "n" + n }, scope);
            Assert.Equal(put.Content, store.Get("n" + n, scope).Content);
            bool there = store.TryGet("n" + n / 2, out MemoryItem? other, scope);
            Assert.True(there ? other!.Content.StartsWith("tea ") : n > 0);
            if (n % 50 == 0)
            {
                Assert.NotEmpty(store.Search("tea", scope));
            }
        }))];
        await Task.WhenAll(tasks);
        Assert.Equal(1000, store.Count(scope: scope));
    }

    [Fact]
    public void AThousandThreadsReadAtOnce()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(Options);
        store.Put(new MemoryDraft("tea") { Id = "x" });
        int read = 0;
        using var begin = new ManualResetEventSlim();
        Thread[] threads = [.. Enumerable.Range(0, 1000).Select(_ => new Thread(
            () =>
            {
                begin.Wait();
                Interlocked.Add(ref read, store.Get("x").Content.Length);
            },
            256 * 1024))];
        Array.ForEach(threads, thread => thread.Start());
        begin.Set();
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(3000, read);
    }

    [Fact]
    public async Task AStoreIsClosedWhileOthersCall()
    {
        for (int round = 0; round < 20; round++)
        {
            MemoryStore store = MemoryStore.OpenInMemory(Options);
            store.PutMany(Enumerable.Range(0, 100).Select(i => new MemoryDraft("tea") { Id = "n" + i }));
            using var begun = new CountdownEvent(4);
            Task[] tasks = [.. Enumerable.Range(0, 4).Select(n => Task.Run(() =>
            {
                begun.Signal();
                while (true)
                {
                    try
                    {
                        Use(store, n);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                    catch (MemoryCanceledException)
                    {
                        // a long call that the close ended; the next one is refused
                    }
                }
            }))];
            begun.Wait();
            Parallel.Invoke(store.Close, store.Dispose, store.Close);
            await Task.WhenAll(tasks);
        }
    }

    private static void Use(MemoryStore store, int how)
    {
        switch (how)
        {
            case 0:
                Assert.Equal("tea", store.Get("n1").Content);
                break;
            case 1:
                store.Put("more tea");
                break;
            case 2:
                Assert.NotEmpty(store.Search("tea"));
                break;
            default:
                store.UpdateWhere(MemoryField.Id.StartsWith("n"), new MemoryChanges { Type = "t" });
                break;
        }
    }

    private MemoryStore Fresh(string name) => MemoryStore.Open(Path.Combine(Folder, name), Options);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Forget()
    {
        MemoryStore store = Open();
        store.Put(new MemoryDraft("kept") { Id = "x" });
        _ = store.GetLive("x");
        _ = store.OpenCursor();
        store.CreateIndex("k", (_, keys) => keys.Add(0, "k"));
        store.PutPolicy(new MemoryPolicy("own", MemoryPolicyAction.Callback), (_, _, _) => { });
        return new WeakReference(store);
    }
}
