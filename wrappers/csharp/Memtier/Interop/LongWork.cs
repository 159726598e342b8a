using System;
using System.Threading;

namespace Memtier.Interop;

/// <summary>The control of one long call: its token trips C's, its progress is told.</summary>
internal unsafe struct LongWork : IDisposable
{
    private readonly IProgress<MemoryProgress>? _progress;
    private readonly nint _cancel;
    private CancellationTokenRegistration _registration;

    internal LongWork(IProgress<MemoryProgress>? progress, CancellationToken token)
    {
        _progress = progress;
        if (token.IsCancellationRequested)
        {
            throw new MemoryCanceledException(MemtierLibrary.GetStatusText(MemoryStatus.Cancelled), token);
        }
        if (!token.CanBeCanceled)
        {
            return;
        }
        nint cancel = 0, error = 0;
        Failures.Check(Native.CancelCreate(&cancel, &error), error);
        _cancel = cancel;
        _registration = token.UnsafeRegister(static handle => Native.CancelTrip((nint)handle!, null), cancel);
    }

    /// <summary>
    /// Fills in a control that lies on the caller's stack; null where there is nothing to say. To be
    /// called where it is given to C, which lets the callback go: once made, it must be used.
    /// </summary>
    internal readonly Control* Begin(Control* control)
    {
        if (_cancel == 0 && _progress is null)
        {
            return null;
        }
        *control = Callbacks.NewControl(_cancel, _progress is null ? null : Report);
        return control;
    }

    /// <summary>Waits for a cancellation that is just being told.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        Native.CancelDestroy(_cancel);
    }

    private readonly int Report(long done, long total)
    {
        _progress!.Report(new MemoryProgress(done, total < 0 ? null : total));
        return Native.MEMTIER_CALLBACK_OK;
    }
}
