using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Memtier.Interop;
using Xunit;

namespace Memtier.Tests;

/// <summary>
/// Clock, log, eviction scorer, progress and streams, from the caller's thread and from the store's own. What
/// one throws is the cause of the caller's error, and the store is as it was.
/// </summary>
public sealed class CallbackTests : StoreTest
{
    private static readonly MemoryLadder Two = new(
        new MemoryTier("small", MemoryMedium.Ram) { CapacityItems = 2 });

    private sealed class Broken : Exception;

    private sealed class BrokenTime : TimeProvider
    {
        internal volatile bool IsBroken;

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new Broken() : ManualTime.Start;
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new Broken();

        public override int Read(Span<byte> buffer) => throw new Broken();
    }

    private sealed class EndlessStream(Action<int> reading) : MemoryStream
    {
        private int _reads;

        public override int Read(Span<byte> buffer)
        {
            reading(++_reads);
            byte[] line = Encoding.UTF8.GetBytes($"{{\"text\": \"tea {_reads}\"}}\n");
            line.CopyTo(buffer);
            return line.Length;
        }
    }

    [Fact]
    public void EveryAgeFollowsTheClock()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "x", TimeToLive = TimeSpan.FromMinutes(1) });
        Time.Now += TimeSpan.FromSeconds(59);
        Assert.True(store.Exists("x"));
        Time.Now += TimeSpan.FromSeconds(2);
        Assert.False(store.Exists("x"));
        Assert.Equal(1, store.GetStatistics().ExpiredCount);
        Assert.Equal(1, store.Sweep());
    }

    [Fact]
    public void WhatAClockThrowsIsTheCauseAndNothingIsChanged()
    {
        var time = new BrokenTime();
        using MemoryStore store = Open(new MemoryStoreOptions { TimeProvider = time, Background = false });
        store.Put(new MemoryDraft("old") { Id = "x" });
        time.IsBroken = true;
        var failure = Assert.Throws<MemoryCallbackException>(() => store.Put(new MemoryDraft("new") { Id = "x" }));
        Assert.IsType<Broken>(failure.InnerException);
        Assert.Equal(MemoryStatus.Callback, failure.Code);
        Assert.True(failure.CallbackCode < 0);
        FailsAsBroken(() => store.Get("x"));
        FailsAsBroken(() => store.PutMany(["a", "b"]).ThrowIfFailed());
        time.IsBroken = false;
        Assert.Equal(("old", 1L), (store.Get("x").Content, store.Get("x").Version));
        Assert.Equal(1, store.Count());
    }

    [Fact]
    public void TheScorerDecidesWhatLeaves()
    {
        MemoryEvictionScorer scorer = (candidates, scores) =>
        {
            Assert.Equal(candidates.Count, scores.Length);
            for (int i = 0; i < scores.Length; i++)
            {
                Assert.Equal("note s ada",
                    $"{candidates.GetItemType(i)} {candidates.GetSession(i)} {candidates.GetUser(i)}");
                Assert.Equal(0.5, candidates.Importance[i]);
                Assert.True(candidates.RetentionScore[i] > 0);
                Assert.Equal(Times.ToUs(ManualTime.Start), candidates.CreatedMicroseconds[i]);
                Assert.Equal(candidates.CreatedMicroseconds[i], candidates.AccessedMicroseconds[i]);
                Assert.Equal((0L, 0L, 0L, 0L), (candidates.ExpiresMicroseconds[i], candidates.IdleMicroseconds[i],
                    candidates.AccessCount[i], candidates.ValidationCount[i]));
                Assert.True(candidates.SizeBytes[i] > 0);
                scores[i] = candidates.Priority[i];
            }
            return true;
        };
        using MemoryStore store = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { TimeProvider = Time, Ladder = Two, EvictionScorer = scorer });
        var scope = new MemoryScope { User = "ada", Session = "s" };
        foreach ((string id, long priority) in new[] { ("high", 9L), ("low", -9L), ("middle", 0L) })
        {
            store.Put(new MemoryDraft("x") { Id = id, Type = "note", Priority = priority }, scope);
        }
        Assert.Equal(["high", "middle"], Ids(store.List()).Order());
    }

    [Fact]
    public void WhatAScorerThrowsIsTheCauseAndNothingIsStored()
    {
        bool broken = true;
        MemoryEvictionScorer scorer = (candidates, _) =>
            broken ? throw new Broken() : candidates.GetId(candidates.Count) == "";
        using MemoryStore store = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { Ladder = Two, EvictionScorer = scorer });
        store.PutMany(["a", "b"]);
        FailsAsBroken(() => store.Put("c"));
        FailsAsBroken(() => store.PutMany(["c"]));
        Assert.Equal(["a", "b"], store.List().Select(item => item.Content).Order());
        broken = false;
        var failure = Assert.Throws<MemoryCallbackException>(() => store.Put("c"));
        Assert.IsType<ArgumentOutOfRangeException>(failure.InnerException);
    }

    [Fact]
    public void AScorerCanLeaveItToTheLibrary()
    {
        using MemoryStore store = MemoryStore.OpenInMemory(
            new MemoryStoreOptions { Ladder = Two, EvictionScorer = (_, _) => false });
        store.PutMany([new("a") { Importance = 1 }, new("b") { Importance = 0 }, new("c") { Importance = 1 }])
            .ThrowIfFailed();
        Assert.Equal(["a", "c"], store.List().Select(item => item.Content).Order());
    }

    [Fact]
    public void TheLogTellsWhatGoesWrongBehindTheScenes()
    {
        var lines = new List<(MemoryLogLevel Level, string Text)>();
        int asked = 0;
        var options = new MemoryStoreOptions
        {
            Ladder = Two,
            // Once before the write, which decides about it, and once after it.
            EvictionScorer = (_, _) => ++asked > 1 ? throw new Broken() : true,
            LogLevel = MemoryLogLevel.Debug,
            Log = (level, text) =>
            {
                lines.Add((level, text));
                throw new Broken(); // goes nowhere
            },
        };
        using MemoryStore store = MemoryStore.OpenInMemory(options);
        store.PutMany(["a", "b"]);
        store.Put("c");
        (MemoryLogLevel Level, string Text) line = Assert.Single(lines);
        Assert.Equal(MemoryLogLevel.Warning, line.Level);
        Assert.Contains("eviction callback failed", line.Text);
    }

    [Fact]
    public unsafe void ANativeThreadCallsBackToo()
    {
        var time = new BrokenTime();
        using MemoryStore store = Open(new MemoryStoreOptions { TimeProvider = time });
        store.Put(new MemoryDraft("x") { Id = "x" });
        time.IsBroken = true;
        Exception? failure = null;
        OnNativeThread(() => failure = Record.Exception(() => store.Get("x")));
        Assert.IsType<Broken>(Assert.IsType<MemoryCallbackException>(failure).InnerException);

        // Straight from C: the thread itself runs the function that lets a callback go.
        Clock clock = Callbacks.NewClock(() => 0);
        int registered = Callbacks.Registered;
        nint thread;
        Assert.Equal(0, StartThread(&thread, 0, (delegate* unmanaged[Cdecl]<nint, nint>)clock.Destroy, clock.UserData));
        Assert.Equal(0, JoinThread(thread, 0));
        Assert.Equal(registered - 1, Callbacks.Registered);
    }

    [Fact]
    public void EveryCallbackRunsOnANativeThread()
    {
        var threads = new HashSet<(string, int)>();
        void Called(string what) => threads.Add((what, Environment.CurrentManagedThreadId));
        int asked = 0;
        var options = new MemoryStoreOptions
        {
            Ladder = Two,
            TimeProvider = new ToldTime(() => Called("clock")),
            EvictionScorer = (_, _) =>
            {
                Called("scorer");
                // Once before the write, which decides about it; what fails after it goes to the log.
                return ++asked == 2 ? throw new Broken() : true;
            },
            Log = (_, _) => Called("log"),
            Background = false,
        };
        using MemoryStore store = MemoryStore.OpenInMemory(options);
        threads.Clear();
        int native = 0;
        OnNativeThread(() =>
        {
            native = Environment.CurrentManagedThreadId;
            store.PutMany(["a", "b"]);
            store.Put("c");
            store.Sweep(new Progress(_ => Called("progress")));
        });
        Assert.NotEqual(Environment.CurrentManagedThreadId, native);
        Assert.Equal(
            [("clock", native), ("log", native), ("progress", native), ("scorer", native)], threads.Order());
    }

    private sealed class ToldTime(Action told) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            told();
            return ManualTime.Start;
        }
    }

    private static unsafe void OnNativeThread(Action action)
    {
        _onNativeThread = action;
        nint thread;
        Assert.Equal(0, StartThread(&thread, 0, &Run, 0));
        Assert.Equal(0, JoinThread(thread, 0));
    }

    [Fact]
    public void ProgressIsToldAndWhatItThrowsIsTheCause()
    {
        using MemoryStore store = Open();
        store.PutMany(Enumerable.Range(0, 50).Select(i => new MemoryDraft("x" + i)));
        MemoryProgress last = default;
        using var lines = new MemoryStream();
        Assert.Equal(50, store.Export(lines, progress: new Progress(p => last = p)));
        Assert.Equal(new MemoryProgress(50, 50), last);
        var broken = new Progress(_ => throw new Broken());
        Action[] calls =
        [
            () => store.Export(new MemoryStream(), progress: broken), () => store.Sweep(broken),
            () => store.Flush(broken),
            () => store.Optimize(null, broken), () => store.ClearTiers(["archive"], null, broken),
            () => store.UpdateWhere(MemoryField.Type.Eq("x"), new MemoryChanges(), progress: broken),
            () => store.ExportFile(Path.Combine(Folder, "out"), progress: broken),
        ];
        foreach (Action call in calls)
        {
            FailsAsBroken(call);
        }
        Assert.Equal(50, store.Count());
        Assert.False(File.Exists(Path.Combine(Folder, "out")));
    }

    [Fact]
    public void ATokenThatIsCancelledInTheMiddleEndsTheWork()
    {
        using MemoryStore store = Open();
        using var source = new CancellationTokenSource();
        var endless = new EndlessStream(reads =>
        {
            if (reads == 10)
            {
                source.Cancel();
            }
        });
        var failure = Assert.Throws<MemoryCanceledException>(
            () => store.Import(endless, cancellationToken: source.Token));
        Assert.Equal(source.Token, failure.CancellationToken);
        Assert.Equal(store.Count(), failure.ImportStatistics!.Stored);
        Assert.Equal(store.Count(), failure.CompletedCount);
    }

    [Fact]
    public void WhatAStreamThrowsIsTheCause()
    {
        using MemoryStore store = Open();
        store.Put("x");
        FailsAsBroken(() => store.Export(new BrokenStream()));
        var failure = Assert.Throws<MemoryCallbackException>(() => store.Import(new BrokenStream()));
        Assert.IsType<Broken>(failure.InnerException);
        Assert.Equal(new MemoryImportStatistics(), failure.ImportStatistics);
        Assert.Equal(1, store.Count());
    }

    [Fact]
    public void AStoreCannotBeUsedInsideACallback()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("x") { Id = "x" });
        using LiveMemoryItem live = store.GetLive("x");
        Exception? used = null, closed = null;
        string? read = null;
        store.Sweep(new Progress(_ =>
        {
            used = Record.Exception(() => store.Get("x"));
            closed = Record.Exception(store.Dispose);
            read = live.ToItem().Content; // what takes no store is allowed
        }));
        Assert.IsType<MemoryReentrantException>(used);
        Assert.IsType<MemoryReentrantException>(closed);
        Assert.Equal("x", read);
        Assert.Equal("x", store.Get("x").Content);
    }

    [Fact]
    public void OptionsOpenAnyNumberOfStoresAndFailToo()
    {
        MemoryStoreOptions options = Options;
        options.EvictionScorer = (_, _) => true;
        options.Log = (_, _) => { };
        using (MemoryStore one = Open(options), two = MemoryStore.OpenInMemory(options))
        {
            Assert.Equal(6, Callbacks.Registered);
        }
        options.CreateIfMissing = false;
        Assert.Throws<MemoryNotFoundException>(() => MemoryStore.Open(Path.Combine(Folder, "none"), options));
        options.Ladder = MemoryLadder.FromJson("nonsense");
        Assert.Throws<MemoryInvalidException>(() => MemoryStore.OpenInMemory(options));
        Assert.Equal(0, Callbacks.Registered);
    }

    private static void FailsAsBroken(Action call) =>
        Assert.IsType<Broken>(Assert.Throws<MemoryCallbackException>(call).InnerException);

    private static Action? _onNativeThread;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Run(nint argument)
    {
        _onNativeThread!();
        return argument;
    }

    [DllImport("libc", EntryPoint = "pthread_create")]
    private static extern unsafe int StartThread(
        nint* thread, nint attributes, delegate* unmanaged[Cdecl]<nint, nint> run, nint argument);

    [DllImport("libc", EntryPoint = "pthread_join")]
    private static extern int JoinThread(nint thread, nint result);
}
