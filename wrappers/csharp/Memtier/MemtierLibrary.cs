using System;
using System.Runtime.InteropServices;
using Memtier.Interop;

namespace Memtier;

/// <summary>The native library: its version and its limits.</summary>
public static unsafe class MemtierLibrary
{
    /// <summary>The most bytes (UTF-8) of an id.</summary>
    public const int MaxIdBytes = Native.MEMTIER_MAX_ID_BYTES;

    /// <summary>The most bytes of a type, a content type, a tag, and each name of a scope.</summary>
    public const int MaxNameBytes = Native.MEMTIER_MAX_NAME_BYTES;

    /// <summary>The most tags of an item.</summary>
    public const int MaxTags = Native.MEMTIER_MAX_TAGS;

    /// <summary>The most bytes of an item's metadata.</summary>
    public const int MaxMetadataBytes = Native.MEMTIER_MAX_METADATA_BYTES;

    /// <summary>The most bytes of an item's content.</summary>
    public const int MaxContentBytes = Native.MEMTIER_MAX_CONTENT_BYTES;

    /// <summary>The most items in one call.</summary>
    public const int MaxBatch = Native.MEMTIER_MAX_BATCH;

    /// <summary>The most queries in one call.</summary>
    public const int MaxQueries = Native.MEMTIER_MAX_QUERIES;

    /// <summary>The most indexes of each kind.</summary>
    public const int MaxIndexes = Native.MEMTIER_MAX_INDEXES;

    /// <summary>The most policies of each kind, and archive rules.</summary>
    public const int MaxPolicies = Native.MEMTIER_MAX_POLICIES;

    /// <summary>Items in one call of <see cref="MemoryStore.AddFeedback(System.Collections.Generic.IEnumerable{MemoryFeedback}, MemoryScope?)"/>.</summary>
    public const int MaxFeedback = Native.MEMTIER_MAX_FEEDBACK;

    /// <summary>Vector spaces in a store.</summary>
    public const int MaxSpaces = Native.MEMTIER_MAX_SPACES;

    /// <summary>Least components of a vector.</summary>
    public const int MinDimension = Native.MEMTIER_MIN_DIMENSION;

    /// <summary>Most components of a vector.</summary>
    public const int MaxDimension = Native.MEMTIER_MAX_DIMENSION;

    /// <summary>Bytes of a path that has an index.</summary>
    public const int MaxPathBytes = Native.MEMTIER_MAX_PATH_BYTES;

    /// <summary>The most keys of an item, from a <see cref="MemoryKeyExtractor"/>.</summary>
    public const int MaxKeys = Native.MEMTIER_MAX_KEYS;

    /// <summary>Bytes of such a key.</summary>
    public const int MaxKeyBytes = Native.MEMTIER_MAX_KEY_BYTES;

    /// <summary>The most tiers of a ladder.</summary>
    public const int MaxTiers = Native.MEMTIER_MAX_TIERS;

    /// <summary>The version of <c>memtier.h</c> that this assembly was made for.</summary>
    public static Version ExpectedVersion { get; } = new(
        Native.MEMTIER_VERSION_MAJOR, Native.MEMTIER_VERSION_MINOR, Native.MEMTIER_VERSION_PATCH);

    /// <summary>The version of the native library that was loaded.</summary>
    public static Version Version =>
        new(Native.VersionMajor(), Native.VersionMinor(), Native.VersionPatch());

    /// <summary>What was built in, as a JSON object: versions, compiler, file format.</summary>
    public static string Details => Text(Native.VersionDetails());

    /// <summary>The name of a status in C, such as "MEMTIER_NOT_FOUND".</summary>
    /// <param name="status">Any number.</param>
    public static string GetStatusName(MemoryStatus status) => Text(Native.StatusName((int)status));

    /// <summary>One sentence for people about a status.</summary>
    /// <param name="status">Any number.</param>
    public static string GetStatusText(MemoryStatus status) => Text(Native.StatusText((int)status));

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
