using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Memtier.Interop;

/// <summary><c>char[64]</c> inside a struct: UTF-8 that ends in NUL.</summary>
[InlineArray(64)]
internal struct Name64
{
    private byte _first;

    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(in _first, 64);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
