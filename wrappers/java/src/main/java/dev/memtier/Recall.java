package dev.memtier;

/**
 * How good searches in a {@link Space} are.
 *
 * @param recall the share of the nearest vectors that searches find, 0 to 1
 * @param samples how many vectors were looked for
 * @param limit how many nearest ones of each
 * @param vectors how many the scope has
 */
public record Recall(double recall, long samples, long limit, long vectors) {}
