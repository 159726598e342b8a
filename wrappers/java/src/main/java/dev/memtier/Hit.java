package dev.memtier;

import java.util.Optional;

/**
 * What a search found.
 *
 * @param item the item
 * @param score larger is better, to be compared only within one result; 0 without words
 * @param textScore what the item's own words alone say, as BM25 counts them; 0 where none were
 *     looked for
 * @param vectorScore how near the item's vector alone is; 0 where none was asked for
 * @param snippet the passage that matches, where {@link Query#snippets} asked for it
 */
public record Hit(
    MemoryItem item,
    double score,
    double textScore,
    double vectorScore,
    Optional<String> snippet) {}
