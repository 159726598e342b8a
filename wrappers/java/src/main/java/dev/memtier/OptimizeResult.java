package dev.memtier;

import java.util.Map;

/**
 * What {@link MemoryStore#optimize} did.
 *
 * @param total how many items were demoted
 * @param demoted how many left each tier, by its name, hottest first
 */
public record OptimizeResult(long total, Map<String, Long> demoted) {}
