namespace Memtier;

/// <summary>How far long work is. Told at most about 20 times a second, and once at the end.</summary>
/// <param name="Done">Items that are done; of an import from a file, bytes.</param>
/// <param name="Total">Of how many; null where that is not known.</param>
public readonly record struct MemoryProgress(long Done, long? Total);
