using System;

namespace Memtier;

/// <summary>
/// A call failed. <see cref="Code"/> says what kind of failure it is, the message what was wrong and
/// what to do. Some kinds have a class of their own; a call that was cancelled throws
/// <see cref="MemoryCanceledException"/>, and one on a closed store <see cref="ObjectDisposedException"/>.
/// </summary>
public class MemoryException : Exception
{
    internal MemoryException(MemoryStatus code, string message, Exception? cause)
        : base(message, cause) => Code = code;

    /// <summary>What kind of failure it is.</summary>
    public MemoryStatus Code { get; }

    /// <summary>Whether the same call may succeed later without a change (busy, full).</summary>
    public bool IsRetriable { get; internal set; }

    /// <summary>The number that C was given for a callback's failure; 0 where none failed.</summary>
    public int CallbackCode { get; internal set; }

    /// <summary>How many items had been done (changed, deleted, written) when a long call failed.</summary>
    public long CompletedCount { get; internal set; }

    /// <summary>What an import had done when it failed; null for other calls.</summary>
    public MemoryImportStatistics? ImportStatistics { get; internal set; }

    /// <summary>
    /// What a long call that gives a report had done when it failed or was stopped: what it would have returned. Null
    /// where nothing was begun, and for other calls.
    /// </summary>
    public object? Report { get; internal set; }
}

/// <summary>An argument or document is malformed, too long or out of range; the message says where.</summary>
public sealed class MemoryInvalidException : MemoryException
{
    internal MemoryInvalidException(string message, Exception? cause = null)
        : base(MemoryStatus.Invalid, message, cause)
    {
    }
}

/// <summary>A line that is imported is not what it should be; the message has its number.</summary>
public sealed class MemoryMalformedException : MemoryException
{
    internal MemoryMalformedException(string message)
        : base(MemoryStatus.Malformed, message, null)
    {
    }
}

/// <summary>There is no such item, tier or file.</summary>
public sealed class MemoryNotFoundException : MemoryException
{
    internal MemoryNotFoundException(string message)
        : base(MemoryStatus.NotFound, message, null)
    {
    }
}

/// <summary>The item that was to be made is there already.</summary>
public sealed class MemoryExistsException : MemoryException
{
    internal MemoryExistsException(string message)
        : base(MemoryStatus.Exists, message, null)
    {
    }
}

/// <summary>The version that was expected is not the one that is there.</summary>
public sealed class MemoryConflictException : MemoryException
{
    internal MemoryConflictException(string message)
        : base(MemoryStatus.Conflict, message, null)
    {
    }
}

/// <summary>Several items of this id lie in the given scope: narrow it.</summary>
public sealed class MemoryAmbiguousException : MemoryException
{
    internal MemoryAmbiguousException(string message)
        : base(MemoryStatus.Ambiguous, message, null)
    {
    }
}

/// <summary>The store was made with other settings, such as another ladder.</summary>
public sealed class MemoryMismatchException : MemoryException
{
    internal MemoryMismatchException(string message)
        : base(MemoryStatus.Mismatch, message, null)
    {
    }
}

/// <summary>Another writer held the store for the whole busy timeout: try again.</summary>
public sealed class MemoryBusyException : MemoryException
{
    internal MemoryBusyException(string message)
        : base(MemoryStatus.Busy, message, null)
    {
    }
}

/// <summary>
/// A callback (clock, eviction scorer, progress, stream) threw. What it threw is
/// <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class MemoryCallbackException : MemoryException
{
    internal MemoryCallbackException(string message, Exception? cause)
        : base(MemoryStatus.Callback, message, cause)
    {
    }
}

/// <summary>A store was used from inside a callback.</summary>
public sealed class MemoryReentrantException : MemoryException
{
    internal MemoryReentrantException(string message)
        : base(MemoryStatus.Reentrant, message, null)
    {
    }
}

/// <summary>
/// The file or its disk: <see cref="MemoryStatus.Io"/>, <see cref="MemoryStatus.Full"/>,
/// <see cref="MemoryStatus.ReadOnly"/> or <see cref="MemoryStatus.Denied"/>.
/// </summary>
public sealed class MemoryFileException : MemoryException
{
    internal MemoryFileException(MemoryStatus code, string message)
        : base(code, message, null)
    {
    }
}

/// <summary>
/// The file cannot be read: <see cref="MemoryStatus.Corrupt"/> or <see cref="MemoryStatus.NewerFormat"/>.
/// </summary>
public sealed class MemoryCorruptException : MemoryException
{
    internal MemoryCorruptException(MemoryStatus code, string message)
        : base(code, message, null)
    {
    }
}

/// <summary>
/// The work was cancelled: by its token, or because the store was closed meanwhile. Work in batches
/// stops between them: what is counted has been done.
/// </summary>
public sealed class MemoryCanceledException : OperationCanceledException
{
    internal MemoryCanceledException(string message, System.Threading.CancellationToken token)
        : base(message, token)
    {
    }

    /// <summary>Always <see cref="MemoryStatus.Cancelled"/>.</summary>
    public MemoryStatus Code => MemoryStatus.Cancelled;

    /// <summary>How many items had been done (changed, deleted, written).</summary>
    public long CompletedCount { get; internal set; }

    /// <summary>What an import had done; null for other calls.</summary>
    public MemoryImportStatistics? ImportStatistics { get; internal set; }

    /// <summary>
    /// What a long call that gives a report had done: what it would have returned. Null
    /// where nothing was begun, and for other calls.
    /// </summary>
    public object? Report { get; internal set; }
}
