using System.Runtime.InteropServices;

namespace Memtier.Interop;

/// <summary>
/// A handle of C, released when it is disposed of or, as a safety net, collected. C checks every handle:
/// one that was released gives MEMTIER_CLOSED, so a call needs no lock or count here. It must only keep
/// the owner alive until it ends, or the collector could release the handle under it.
/// </summary>
internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle(nint value)
        : base(0, true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    internal nint Value => handle;
}

internal sealed class StoreHandle(nint value) : NativeHandle(value)
{
    protected override unsafe bool ReleaseHandle() => Native.StoreClose(handle, null) == Native.MEMTIER_OK;
}

/// <summary>Any other handle: what destroys it is one function.</summary>
internal sealed unsafe class ObjectHandle(nint value, delegate*<nint, void> destroy) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        destroy(handle);
        return true;
    }
}
