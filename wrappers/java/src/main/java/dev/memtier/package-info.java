/**
 * The memory of AI agents, in one library and one file.
 *
 * <p>A {@link dev.memtier.MemoryStore} is one file that holds items: a text (or any bytes) with an
 * id, a type, tags, metadata and an importance. Items lie in tiers, from RAM to a compressed
 * archive, and are found by id, by {@link dev.memtier.Filter} and by words.
 *
 * <pre>{@code
 * try (var store = MemoryStore.open(Path.of("agent.mem"))) {
 *   store.put(MemoryItem.of("Ada likes green tea").tag("taste").ttl(Duration.ofDays(30)));
 *   for (Hit hit : store.search(Query.text("what does Ada like?").topK(5))) {
 *     System.out.println(hit.item().content());
 *   }
 * }
 * }</pre>
 *
 * <p><b>Nullness.</b> No parameter may be null and nothing returned is null unless its text says
 * so; what may be missing is an {@link java.util.Optional}.
 *
 * <p><b>Threads.</b> A store, and everything that is immutable, is used by any number of threads at
 * once. Drafts, changes and builders belong to one thread at a time.
 *
 * <p><b>Errors</b> are {@link dev.memtier.MemtierException}s with a {@link dev.memtier.Status}.
 * Using what was closed is an {@link java.lang.IllegalStateException}; a text with half a character
 * (a lone surrogate) and a value that cannot be is an {@link java.lang.IllegalArgumentException}.
 */
package dev.memtier;
