using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;

namespace Memtier.Interop;

/// <summary>Turns what C returned into exceptions.</summary>
internal static unsafe class Failures
{
    /// <summary>Throws where a call failed. Inlined, so that success costs one comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int status, nint error)
    {
        if (status != Native.MEMTIER_OK)
        {
            Throw(status, error);
        }
    }

    [DoesNotReturn]
    internal static void Throw(int status, nint error) => throw Take(status, error);

    /// <summary>Throws with how far the work had come.</summary>
    internal static void Check(
        int status, nint error, long completed, CancellationToken token, MemoryImportStatistics? import = null)
    {
        if (status == Native.MEMTIER_OK)
        {
            return;
        }
        Exception failure = Take(status, error, token);
        Describe(failure, completed, import);
        throw failure;
    }

    /// <summary>What a long call told, as <paramref name="read"/> takes it; a failure carries it.</summary>
    internal static T Report<T>(int status, nint error, nint json, CancellationToken token, Func<byte[], T> read)
        where T : class
    {
        T? told = json == 0 ? null : read(Utf8Text.TakeBytes(json));
        if (status == Native.MEMTIER_OK)
        {
            return told!;
        }
        Exception failure = Take(status, error, token);
        if (failure is MemoryException known)
        {
            known.Report = told;
        }
        else if (failure is MemoryCanceledException cancelled)
        {
            cancelled.Report = told;
        }
        throw failure;
    }

    /// <summary>Tells an exception how far the work had come.</summary>
    internal static void Describe(Exception failure, long completed, MemoryImportStatistics? import = null)
    {
        if (failure is MemoryException known)
        {
            known.CompletedCount = completed;
            known.ImportStatistics = import;
        }
        else if (failure is MemoryCanceledException cancelled)
        {
            cancelled.CompletedCount = completed;
            cancelled.ImportStatistics = import;
        }
    }

    /// <summary>The exception for a failure; releases the error.</summary>
    internal static Exception Take(int status, nint error, CancellationToken token = default)
    {
        string message = error == 0 ? "" : Message(error);
        bool retriable = Native.ErrorIsRetriable(error) != 0;
        int callbackCode = Native.ErrorCallbackCode(error);
        Exception? cause =
            status == Native.MEMTIER_CALLBACK ? Callbacks.TakeFailure(callbackCode) : null;
        Native.ErrorDestroy(error);
        Exception failure = New((MemoryStatus)status, message, cause, token);
        if (failure is MemoryException known)
        {
            known.IsRetriable = retriable;
            known.CallbackCode = callbackCode;
        }
        return failure;
    }

    internal static Exception New(
        MemoryStatus code, string message, Exception? cause = null, CancellationToken token = default)
    {
        if (message.Length == 0)
        {
            message = MemtierLibrary.GetStatusText(code);
        }
        return code switch
        {
            MemoryStatus.Invalid => new MemoryInvalidException(message),
            MemoryStatus.Closed => new ObjectDisposedException(null, message),
            MemoryStatus.Reentrant => new MemoryReentrantException(message),
            MemoryStatus.Malformed => new MemoryMalformedException(message),
            MemoryStatus.NotFound => new MemoryNotFoundException(message),
            MemoryStatus.Exists => new MemoryExistsException(message),
            MemoryStatus.Conflict => new MemoryConflictException(message),
            MemoryStatus.Ambiguous => new MemoryAmbiguousException(message),
            MemoryStatus.Mismatch => new MemoryMismatchException(message),
            MemoryStatus.Busy => new MemoryBusyException(message),
            MemoryStatus.Cancelled => new MemoryCanceledException(message, token),
            MemoryStatus.Callback => new MemoryCallbackException(message, cause),
            MemoryStatus.Io or MemoryStatus.Full or MemoryStatus.ReadOnly or MemoryStatus.Denied =>
                new MemoryFileException(code, message),
            MemoryStatus.Corrupt or MemoryStatus.NewerFormat => new MemoryCorruptException(code, message),
            _ => new MemoryException(code, message, cause),
        };
    }

    private static string Message(nint error) =>
        Encoding.UTF8.GetString(Native.ErrorMessage(error), checked((int)Native.ErrorMessageSize(error)));
}
