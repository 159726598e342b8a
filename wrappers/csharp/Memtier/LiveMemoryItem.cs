using System;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// An item that the library holds: its version is fixed, while its tier, access statistics and validation
/// count follow the store for as long as it is resident. Outlives the store. For reading,
/// <see cref="MemoryItem"/> is lighter.
/// </summary>
public sealed unsafe class LiveMemoryItem : IDisposable
{
    private readonly ObjectHandle _handle;
    private readonly string[] _tiers;

    internal LiveMemoryItem(nint handle, string[] tiers)
    {
        _handle = new ObjectHandle(handle, &Native.ItemDestroy);
        _tiers = tiers;
    }

    /// <summary>The name of the tier in which it lies now.</summary>
    public string Tier => ReadText(Native.MEMTIER_FIELD_TIER);

    /// <summary>When it was last read, by now.</summary>
    public DateTimeOffset AccessedAt => Times.ToTime(ReadInt64(Native.MEMTIER_FIELD_ACCESSED_US));

    /// <summary>How often it was read, by now.</summary>
    public long AccessCount => ReadInt64(Native.MEMTIER_FIELD_ACCESS_COUNT);

    /// <summary>How often it was confirmed, by now.</summary>
    public long ValidationCount => ReadInt64(Native.MEMTIER_FIELD_VALIDATION_COUNT);

    /// <summary>Its size in bytes, of content, metadata and names.</summary>
    public long SizeBytes => ReadInt64(Native.MEMTIER_FIELD_SIZE_BYTES);

    /// <summary>The item as it is now.</summary>
    public MemoryItem ToItem()
    {
        var item = new MemoryItem(ImageReader.Read(_handle.Value), _tiers);
        GC.KeepAlive(_handle);
        return item;
    }

    /// <summary>Whether a filter is true for it. Needs no store.</summary>
    /// <param name="filter">The filter.</param>
    public bool Matches(MemoryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        byte[] json = MemoryFilter.ToUtf8(filter);
        int matches = 0;
        nint error = 0;
        fixed (byte* start = json)
        {
            Failures.Check(Native.ItemMatches(_handle.Value, start, (nuint)json.Length, &matches, &error), error);
        }
        GC.KeepAlive(_handle);
        return matches != 0;
    }

    /// <summary>The item as a JSON document, lossless; <see cref="MemoryDraft.FromJson(string)"/> reads it.</summary>
    public string ToJson()
    {
        nint json = 0, error = 0;
        Failures.Check(Native.ItemToJson(_handle.Value, &json, &error), error);
        GC.KeepAlive(_handle);
        return Utf8Text.ToString(Utf8Text.TakeBytes(json));
    }

    /// <summary>A second one of the same item, for another owner.</summary>
    public LiveMemoryItem Clone()
    {
        nint copy = 0, error = 0;
        Failures.Check(Native.ItemClone(_handle.Value, &copy, &error), error);
        GC.KeepAlive(_handle);
        return new LiveMemoryItem(copy, _tiers);
    }

    /// <summary>Releases it. Again: nothing.</summary>
    public void Dispose() => _handle.Dispose();

    private string ReadText(int field)
    {
        Slice text = default;
        nint error = 0;
        // Disposing of it on another thread meanwhile would take the borrowed bytes away.
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            Failures.Check(Native.ItemReadText(_handle.Value, field, &text, &error), error);
            return Utf8Text.ToString(text);
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    private long ReadInt64(int field)
    {
        long value = 0;
        nint error = 0;
        Failures.Check(Native.ItemReadInt64(_handle.Value, field, &value, &error), error);
        GC.KeepAlive(_handle);
        return value;
    }
}
