using System.Collections.Generic;
using System.Text.Json;

namespace Memtier;

/// <summary>What <see cref="MemoryStore.Forget"/> took away.</summary>
/// <param name="Scope">The names that were given.</param>
/// <param name="ForgottenMicros">When, in microseconds since 1970.</param>
/// <param name="Items">How many.</param>
/// <param name="Concepts">How many.</param>
/// <param name="Transitions">Of the log.</param>
/// <param name="Tombstones">Notes of what was deleted.</param>
/// <param name="Scopes">Whose names are gone.</param>
/// <param name="Labels">Types and tags that nothing else had.</param>
/// <param name="Blocks">Of the archive, made anew.</param>
/// <param name="DamagedBlocks">That could not be read, and stay.</param>
public sealed record MemoryReceipt(
    IReadOnlyDictionary<string, string> Scope, long ForgottenMicros, long Items, long Concepts, long Transitions,
    long Tombstones, long Scopes, long Labels, long Blocks, long DamagedBlocks)
{
    internal static MemoryReceipt Parse(byte[] json)
    {
        using JsonDocument told = JsonDocument.Parse(json);
        var names = new Dictionary<string, string>();
        foreach (JsonProperty name in told.RootElement.GetProperty("scope").EnumerateObject())
        {
            names[name.Name] = name.Value.GetString()!;
        }
        long Number(string name) => told.RootElement.GetProperty(name).GetInt64();
        return new(
            names, Number("forgotten_us"), Number("items"), Number("concepts"), Number("transitions"),
            Number("tombstones"), Number("scopes"), Number("labels"), Number("blocks"), Number("damaged_blocks"));
    }
}
