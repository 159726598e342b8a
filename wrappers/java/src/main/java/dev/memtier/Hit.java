package dev.memtier;

import java.util.Optional;

/**
 * What a search found.
 *
 * @param item the item
 * @param score BM25; larger is better, to be compared only within one result; 0 without words
 * @param snippet the passage that matches, where {@link Query#snippets} asked for it
 */
public record Hit(MemoryItem item, double score, Optional<String> snippet) {}
