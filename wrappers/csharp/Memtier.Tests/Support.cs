using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using Memtier.Interop;
using Xunit;

// One after the other: tests count what the library still holds.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Memtier.Tests;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    internal static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks = Start.UtcTicks;

    internal DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}

internal sealed class Progress(Action<MemoryProgress> report) : IProgress<MemoryProgress>
{
    public void Report(MemoryProgress value) => report(value);
}

/// <summary>A folder that goes with the test, and a check that every callback was let go.</summary>
public abstract class StoreTest : IDisposable
{
    protected StoreTest() => Folder = Directory.CreateTempSubdirectory("memtier-tests").FullName;

    internal static string Source { get; } = typeof(StoreTest).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "SourceFolder").Value!;

    internal ManualTime Time { get; } = new();

    protected string Folder { get; }

    protected string FilePath => Path.Combine(Folder, "test.mem");

    internal MemoryStoreOptions Options => new() { TimeProvider = Time };

    public virtual void Dispose()
    {
        Directory.Delete(Folder, true);
        // Objects that a test forgot on purpose go with their finalizers.
        for (int i = 0; i < 100 && Callbacks.Registered != 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }
        Assert.Equal(0, Callbacks.Registered);
        GC.SuppressFinalize(this);
    }

    internal MemoryStore Open(MemoryStoreOptions? options = null) => MemoryStore.Open(FilePath, options ?? Options);

    internal static string[] Ids(IEnumerable<MemoryItem> items) => [.. items.Select(item => item.Id)];
}
