using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>Changes to an item, or to many: what is not set stays as it was.</summary>
public sealed class MemoryChanges : MemoryFields
{
    private List<string>? _added;
    private List<string>? _removed;

    /// <summary>No changes yet.</summary>
    public MemoryChanges()
    {
    }

    private MemoryChanges(byte[] json) => Json = json;

    /// <summary>Tags to be added.</summary>
    public IList<string> AddTags
    {
        get => ListOf(ref _added);
        init => _added = [.. value];
    }

    /// <summary>Tags to be removed.</summary>
    public IList<string> RemoveTags
    {
        get => ListOf(ref _removed);
        init => _removed = [.. value];
    }

    /// <summary>
    /// Changes as a JSON document says them, with the keys of an item's. What is set besides wins. The
    /// document is read when it is used: unknown keys are refused then.
    /// </summary>
    /// <param name="json">A JSON object.</param>
    public static MemoryChanges FromJson(string json) => new(Utf8Text.ToArray(json));

    /// <summary>As <see cref="FromJson(string)"/>, from UTF-8.</summary>
    /// <param name="json">A JSON object in UTF-8.</param>
    public static MemoryChanges FromJson(ReadOnlySpan<byte> json) => new(json.ToArray());

    internal static unsafe void ForEachTag(
        nint builder, List<string> tags, delegate*<nint, byte*, nuint, nint*, int> call)
    {
        Span<byte> room = stackalloc byte[Utf8Text.StackBytes];
        foreach (string tag in tags)
        {
            using var bytes = new Utf8Text(tag, room);
            nint error = 0;
            fixed (byte* start = bytes.Bytes)
            {
                Failures.Check(call(builder, start, (nuint)bytes.Bytes.Length, &error), error);
            }
        }
    }

    private protected override unsafe void Fill(nint builder)
    {
        base.Fill(builder);
        if (_added is not null)
        {
            ForEachTag(builder, _added, &Native.ItemBuilderAddTag);
        }
        if (_removed is not null)
        {
            ForEachTag(builder, _removed, &Native.ItemBuilderRemoveTag);
        }
    }
}
