using System.Collections.Generic;
using System.Text.Json;

namespace Memtier;

/// <summary>What packing the archive did.</summary>
/// <param name="Items">That were packed.</param>
/// <param name="RepackedBlocks">That were taken apart first.</param>
/// <param name="DamagedBlocks">That could not be read, and stay.</param>
public sealed record MemoryPacked(long Items, long RepackedBlocks, long DamagedBlocks)
{
    internal static MemoryPacked Parse(byte[] json)
    {
        using JsonDocument told = JsonDocument.Parse(json);
        long Number(string name) => told.RootElement.GetProperty(name).GetInt64();
        return new(Number("packed"), Number("repacked_blocks"), Number("damaged_blocks"));
    }
}

/// <summary>What restoring from the archive did.</summary>
/// <param name="Items">That were restored.</param>
/// <param name="Tier">Where to.</param>
/// <param name="Damaged">Ids of those that cannot be read, and stay.</param>
public sealed record MemoryRestored(long Items, string Tier, IReadOnlyList<string> Damaged)
{
    internal static MemoryRestored Parse(byte[] json)
    {
        using JsonDocument told = JsonDocument.Parse(json);
        var damaged = new List<string>();
        foreach (JsonElement id in told.RootElement.GetProperty("damaged").EnumerateArray())
        {
            damaged.Add(id.GetString()!);
        }
        return new(
            told.RootElement.GetProperty("restored").GetInt64(),
            told.RootElement.GetProperty("tier").GetString()!, damaged);
    }
}

/// <summary>Numbers about the archive.</summary>
/// <param name="Items">In blocks.</param>
/// <param name="Waiting">To be packed.</param>
/// <param name="Blocks">How many there are.</param>
/// <param name="OriginalBytes">Of the contents that were packed.</param>
/// <param name="CompressedBytes">Of what they became, the dictionary among it.</param>
/// <param name="Saved">Which part that saved.</param>
public sealed record MemoryArchiveStatistics(
    long Items, long Waiting, long Blocks, long OriginalBytes, long CompressedBytes, double Saved)
{
    internal static MemoryArchiveStatistics Parse(byte[] json)
    {
        using JsonDocument told = JsonDocument.Parse(json);
        long Number(string name) => told.RootElement.GetProperty(name).GetInt64();
        return new(
            Number("items"), Number("waiting"), Number("blocks"), Number("original_bytes"),
            Number("compressed_bytes"), told.RootElement.GetProperty("saved").GetDouble());
    }
}
