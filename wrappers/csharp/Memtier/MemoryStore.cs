using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// An open store: one file that holds items, which any number of threads and processes can use at once.
/// Every call on a store that was closed throws <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed unsafe partial class MemoryStore : IDisposable
{
    private const string InMemory = ":memory:";

    private readonly StoreHandle _handle;
    private readonly string[] _tiers;

    private MemoryStore(string path, nint handle)
    {
        Path = path;
        _handle = new StoreHandle(handle);
        try
        {
            _tiers = ReadTierNames();
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>The path that it was opened with.</summary>
    public string Path { get; }

    /// <summary>Opens a store, and makes it where it does not exist.</summary>
    /// <param name="path">A file's path, or ":memory:" for a store that lives as long as this object.</param>
    /// <param name="options">null for defaults.</param>
    /// <exception cref="MemoryNotFoundException">The folder is missing, or the file must exist.</exception>
    /// <exception cref="MemoryCorruptException">The file is damaged, or no store, or too new.</exception>
    /// <exception cref="MemoryMismatchException">The store has another ladder.</exception>
    /// <exception cref="MemoryFileException">The file cannot be written, or there is no permission.</exception>
    public static MemoryStore Open(string path, MemoryStoreOptions? options = null)
    {
        byte[] bytes = Utf8Text.ToPath(path);
        nint native = options is null ? 0 : options.NewHandle();
        nint store = 0, error = 0;
        try
        {
            fixed (byte* start = bytes)
            {
                Failures.Check(Native.StoreOpen(start, native, &store, &error), error);
            }
        }
        finally
        {
            Native.OptionsDestroy(native);
        }
        return new MemoryStore(path, store);
    }

    /// <summary>Opens a store without a file, that lives as long as this object.</summary>
    /// <param name="options">null for defaults.</param>
    public static MemoryStore OpenInMemory(MemoryStoreOptions? options = null) => Open(InMemory, options);

    /// <summary>
    /// Closes the store: writes what is pending and ends its background thread. Calls under way in other
    /// threads end first, long ones with <see cref="MemoryCanceledException"/>. Again: nothing.
    /// </summary>
    /// <exception cref="MemoryFileException">
    /// Something that was acknowledged as relaxed could not be written; the store is closed then, too.
    /// </exception>
    /// <exception cref="MemoryReentrantException">Called inside a callback; the store stays open.</exception>
    public void Close()
    {
        nint error = 0;
        int status = Native.StoreClose(_handle.Value, &error);
        if (status != Native.MEMTIER_REENTRANT)
        {
            _handle.SetHandleAsInvalid();
        }
        Failures.Check(status, error);
    }

    /// <summary>As <see cref="Close"/>; it throws the same, for it would lose the news else.</summary>
    public void Dispose() => Close();

    /// <summary>
    /// Makes everything acknowledged so far survive loss of power, with the access statistics.
    /// </summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Flush(IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CountLong(
            [], null, progress, cancellationToken,
            (_, _, _, control, _, error) => Native.StoreFlush(_handle.Value, control, error));
    }

    /// <summary>Numbers about the store.</summary>
    public MemoryStoreStatistics GetStatistics()
    {
        var statistics = new StoreStatistics { StructSize = (uint)sizeof(StoreStatistics) };
        nint error = 0;
        int status = Native.StoreGetStatistics(_handle.Value, &statistics, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return MemoryStoreStatistics.From(statistics);
    }

    /// <summary>The ladder in force.</summary>
    public MemoryLadder GetLadder()
    {
        nint json = 0, error = 0;
        int status = Native.StoreGetLadder(_handle.Value, &json, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return MemoryLadder.Parse(Utf8Text.TakeBytes(json));
    }

    private string[] ReadTierNames()
    {
        MemoryLadder ladder = GetLadder();
        string[] names = new string[ladder.Tiers.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = ladder.Tiers[i].Name;
        }
        return names;
    }

    /// <summary>
    /// Calls what takes a scope and one text or document, and gives one thing back: a number, or a handle.
    /// </summary>
    private T Ask<T>(
        delegate*<nint, nint, byte*, nuint, T*, nint*, int> call, ReadOnlySpan<byte> text, MemoryScope? scope)
        where T : unmanaged
    {
        T answer = default;
        nint error = 0;
        int status;
        fixed (byte* start = text)
        {
            status = call(_handle.Value, MemoryScope.Handle(scope), start, (nuint)text.Length, &answer, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return answer;
    }

    /// <summary>A call that can take long: see <see cref="Work{T}"/>.</summary>
    private delegate int LongCall<T>(
        nint scope, byte* document, nuint size, Control* control, T* result, nint* error)
        where T : unmanaged;

    /// <summary>Makes a call that can take long, watched and stopped by the caller.</summary>
    /// <param name="document">Is pinned while it lasts.</param>
    /// <param name="scope">Is kept alive while it lasts.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="token">Stops it.</param>
    /// <param name="call">The call.</param>
    /// <param name="result">What it gives back, also where it fails: a number, a handle, statistics.</param>
    /// <param name="error">What went wrong.</param>
    /// <returns>The status.</returns>
    private int Work<T>(
        ReadOnlySpan<byte> document, MemoryScope? scope, IProgress<MemoryProgress>? progress,
        CancellationToken token, LongCall<T> call, ref T result, out nint error)
        where T : unmanaged
    {
        nint names = MemoryScope.Handle(scope);
        using var work = new LongWork(progress, token);
        nint failure = 0;
        Control control;
        int status;
        fixed (byte* start = document)
        fixed (T* place = &result)
        {
            status = call(names, start, (nuint)document.Length, work.Begin(&control), place, &failure);
        }
        Kept(scope);
        error = failure;
        return status;
    }

    /// <summary>The same for a call that counts; the exception has the count, too.</summary>
    private long CountLong(
        ReadOnlySpan<byte> document, MemoryScope? scope, IProgress<MemoryProgress>? progress,
        CancellationToken token, LongCall<long> call)
    {
        long count = 0;
        int status = Work(document, scope, progress, token, call, ref count, out nint error);
        Failures.Check(status, error, count, token);
        return count;
    }

    /// <summary>The same for a call that gives a handle.</summary>
    private nint AskLong(
        ReadOnlySpan<byte> document, MemoryScope? scope, CancellationToken token, LongCall<nint> call)
    {
        nint handle = 0;
        int status = Work(document, scope, null, token, call, ref handle, out nint error);
        Failures.Check(status, error, 0, token);
        return handle;
    }

    /// <summary>
    /// Ends a call: keeps the store and the scope from being collected until here, where their handles are
    /// not used any more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Kept(MemoryScope? scope)
    {
        GC.KeepAlive(this);
        GC.KeepAlive(scope);
    }
}
