using System;
using Memtier.Interop;

namespace Memtier;

/// <summary>A query that was checked, to be run many times, by any threads, on any stores.</summary>
public sealed class MemoryPreparedQuery : IDisposable
{
    private readonly ObjectHandle _handle;

    /// <summary>Checks a query.</summary>
    /// <param name="query">What is searched for.</param>
    public unsafe MemoryPreparedQuery(MemoryQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        byte[] json = query.ToUtf8();
        nint created = 0, error = 0;
        fixed (byte* start = json)
        {
            Failures.Check(Native.QueryCreate(start, (nuint)json.Length, &created, &error), error);
        }
        _handle = new ObjectHandle(created, &Native.QueryDestroy);
    }

    /// <summary>
    /// Gives the query another vector to look for; none takes it away. Searches that have begun go on with the
    /// one before.
    /// </summary>
    /// <param name="vector">As many components as the space has.</param>
    public unsafe void SetVector(ReadOnlySpan<float> vector)
    {
        nint error = 0;
        int status;
        fixed (float* start = vector)
        {
            status = Native.QuerySetVector(_handle.Value, start, vector.Length, &error);
        }
        GC.KeepAlive(this);
        Failures.Check(status, error);
    }

    internal nint Handle => _handle.Value;

    /// <summary>Releases it. Again: nothing.</summary>
    public void Dispose() => _handle.Dispose();
}
