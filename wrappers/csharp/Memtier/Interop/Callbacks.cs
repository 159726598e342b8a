using System;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Memtier.Interop;

internal delegate long ClockCallback();
internal delegate void LogCallback(int level, ReadOnlySpan<byte> message);

/// <summary>Returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_CANCEL.</summary>
internal delegate int ProgressCallback(long done, long total);

/// <summary>Fills scores; returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_DEFAULT.</summary>
internal delegate int ScoreCallback(nint candidates, Span<double> scores);

/// <summary>Sets to 1 the numbers of the items that it chooses; the handle is lent for the length of the call.</summary>
internal delegate void PromoteCallback(nint read, Span<int> chosen);

/// <summary>Adds keys of items; both handles are lent for the length of the call.</summary>
internal delegate void ExtractCallback(nint items, nint keys);
/// <summary>Fills vectors, zeros on entry, with vectors.Length / texts.Length components for each text.</summary>
internal delegate void EmbedCallback(string[] texts, Span<float> vectors);

/// <summary>Sets to 1 the numbers of the items that it chooses; the handle is lent for the length of the call.</summary>
internal delegate void DecideCallback(nint items, bool dryRun, Span<int> chosen);

/// <summary>Fills tokens; returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_DEFAULT.</summary>
internal delegate int CountCallback(string[] texts, Span<long> tokens);
internal delegate void WriteCallback(ReadOnlySpan<byte> data);

/// <summary>Fills the buffer from its start and returns how many bytes; 0 is the end.</summary>
internal delegate int ReadCallback(Span<byte> buffer);

/// <summary>
/// The C# side of every callback: a table of numbers. C holds a number and the address of a static
/// function, no delegate. Nothing thrown crosses: an exception is kept under the negative number that C
/// gets and the caller's error then carries (<c>ErrorCallbackCode</c>); <see cref="TakeFailure"/> finds
/// it on whichever thread.
/// </summary>
internal static unsafe class Callbacks
{
    private const int FirstFailure = -1_000_000;
    private const int MaxFailures = 256;

    private static readonly ConcurrentDictionary<nint, Delegate> Table = new();
    private static readonly ConcurrentDictionary<int, Exception> Failures = new();
    private static long _lastNumber;
    private static int _nextFailure = FirstFailure;

    /// <summary>How many callbacks are registered, for tests.</summary>
    internal static int Registered => Table.Count;

    /// <summary>What the callback that failed with this number threw, once.</summary>
    internal static Exception? TakeFailure(int callbackCode) =>
        Failures.TryRemove(callbackCode, out Exception? failure) ? failure : null;

    // Tables. Each registers its callback for exactly one call that takes the table: that call lets it
    // go when the library is done with it, also when the call fails.

    internal static Clock NewClock(ClockCallback callback) => new()
    {
        StructSize = (uint)sizeof(Clock),
        Now = (nint)(delegate* unmanaged[Cdecl]<long*, nint, int>)&OnClock,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Log NewLog(LogCallback callback, int level) => new()
    {
        StructSize = (uint)sizeof(Log),
        Level = level,
        LogLine = (nint)(delegate* unmanaged[Cdecl]<int, byte*, nuint, nint, int>)&OnLog,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Eviction NewEviction(ScoreCallback callback) => new()
    {
        StructSize = (uint)sizeof(Eviction),
        Score = (nint)(delegate* unmanaged[Cdecl]<nint, double*, long, nint, int>)&OnScore,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Promotion NewPromotion(PromoteCallback callback) => new()
    {
        StructSize = (uint)sizeof(Promotion),
        Decide = (nint)(delegate* unmanaged[Cdecl]<nint, int*, long, nint, int>)&OnPromote,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static KeyExtractor NewKeyExtractor(ExtractCallback callback) => new()
    {
        StructSize = (uint)sizeof(KeyExtractor),
        Extract = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, int>)&OnExtract,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Embedder NewEmbedder(EmbedCallback callback, int dimension) => new()
    {
        StructSize = (uint)sizeof(Embedder),
        Dimension = dimension,
        Embed = (nint)(delegate* unmanaged[Cdecl]<Slice*, long, float*, long, nint, int>)&OnEmbed,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static PolicyDecider NewPolicyDecider(DecideCallback callback) => new()
    {
        StructSize = (uint)sizeof(PolicyDecider),
        Decide = (nint)(delegate* unmanaged[Cdecl]<nint, int, int*, long, nint, int>)&OnDecide,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static TokenCounter NewTokenCounter(CountCallback callback) => new()
    {
        StructSize = (uint)sizeof(TokenCounter),
        Count = (nint)(delegate* unmanaged[Cdecl]<Slice*, long, long*, nint, int>)&OnCount,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Writer NewWriter(WriteCallback callback) => new()
    {
        StructSize = (uint)sizeof(Writer),
        Write = (nint)(delegate* unmanaged[Cdecl]<byte*, nuint, nint, int>)&OnWrite,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    internal static Reader NewReader(ReadCallback callback) => new()
    {
        StructSize = (uint)sizeof(Reader),
        Read = (nint)(delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, nint, int>)&OnRead,
        Destroy = DestroyFunction,
        UserData = Register(callback),
    };

    /// <param name="cancel">A cancel handle, or 0.</param>
    /// <param name="progress">May be null.</param>
    internal static Control NewControl(nint cancel, ProgressCallback? progress) => progress is null
        ? new Control { StructSize = (uint)sizeof(Control), Cancel = cancel }
        : new Control
        {
            StructSize = (uint)sizeof(Control),
            Cancel = cancel,
            Progress = (nint)(delegate* unmanaged[Cdecl]<long, long, nint, int>)&OnProgress,
            Destroy = DestroyFunction,
            UserData = Register(progress),
        };

    private static nint DestroyFunction => (nint)(delegate* unmanaged[Cdecl]<nint, void>)&OnDestroy;

    private static nint Register(Delegate callback)
    {
        nint number = (nint)Interlocked.Increment(ref _lastNumber);
        Table[number] = callback;
        return number;
    }

    private static T Find<T>(nint number) where T : Delegate =>
        Table.TryGetValue(number, out Delegate? callback)
            ? (T)callback
            : throw new ObjectDisposedException(typeof(T).Name, "called after it was let go");

    private static int Keep(Exception failure)
    {
        int code = Interlocked.Decrement(ref _nextFailure);
        if (code >= 0 || code == int.MinValue)
        {
            Interlocked.Exchange(ref _nextFailure, FirstFailure);
            code = FirstFailure;
        }
        Failures[code] = failure;
        // Failures that nobody asks for (a background thread's) must not pile up.
        Failures.TryRemove(code + MaxFailures, out _);
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnClock(long* outNow, nint number)
    {
        try
        {
            *outNow = Find<ClockCallback>(number)();
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnLog(int level, byte* message, nuint size, nint number)
    {
        try
        {
            Find<LogCallback>(number)(level, new ReadOnlySpan<byte>(message, (int)size));
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnProgress(long done, long total, nint number)
    {
        try
        {
            return Find<ProgressCallback>(number)(done, total);
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnScore(nint candidates, double* scores, long count, nint number)
    {
        try
        {
            return Find<ScoreCallback>(number)(candidates, new Span<double>(scores, checked((int)count)));
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnPromote(nint read, int* outChosen, long count, nint number)
    {
        try
        {
            Find<PromoteCallback>(number)(read, new Span<int>(outChosen, checked((int)count)));
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnExtract(nint items, nint keys, nint number)
    {
        try
        {
            Find<ExtractCallback>(number)(items, keys);
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnEmbed(Slice* texts, long count, float* vectors, long dimension, nint number)
    {
        try
        {
            string[] given = new string[checked((int)count)];
            for (int i = 0; i < given.Length; i++)
            {
                given[i] = Utf8Text.ToString(new ReadOnlySpan<byte>((void*)texts[i].Data, (int)texts[i].Size));
            }
            Find<EmbedCallback>(number)(given, new Span<float>(vectors, checked((int)(count * dimension))));
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnDecide(nint items, int dryRun, int* outChosen, long count, nint number)
    {
        try
        {
            var chosen = new Span<int>(outChosen, checked((int)count));
            Find<DecideCallback>(number)(items, dryRun != 0, chosen);
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCount(Slice* texts, long count, long* tokens, nint number)
    {
        try
        {
            string[] copies = new string[checked((int)count)];
            for (int i = 0; i < copies.Length; i++)
            {
                copies[i] = Utf8Text.ToString(texts[i]);
            }
            return Find<CountCallback>(number)(copies, new Span<long>(tokens, copies.Length));
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(byte* data, nuint size, nint number)
    {
        try
        {
            Find<WriteCallback>(number)(new ReadOnlySpan<byte>(data, checked((int)size)));
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(byte* buffer, nuint size, nuint* outSize, nint number)
    {
        try
        {
            int read = Find<ReadCallback>(number)(new Span<byte>(buffer, (int)Math.Min(size, int.MaxValue)));
            if (read < 0 || (nuint)read > size)
            {
                throw new InvalidOperationException($"a reader returned {read} for {size} bytes");
            }
            *outSize = (nuint)read;
            return Native.MEMTIER_CALLBACK_OK;
        }
        catch (Exception failure)
        {
            return Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDestroy(nint number) => Table.TryRemove(number, out _);
}
