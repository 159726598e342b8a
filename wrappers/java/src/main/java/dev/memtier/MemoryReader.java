package dev.memtier;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What reads items of a {@link MemoryStore}: for code that is to be handed no more than that, and
 * for tests that put something else in its place. Later versions may add methods.
 */
public interface MemoryReader {
  /**
   * Gets an item. Counts as a read: it can bring the item a tier up.
   *
   * @param id its id, in {@link Scope#DEFAULT}
   * @return the item, if there is one
   * @throws MemtierException with {@link Status#AMBIGUOUS} if several lie in the scope
   */
  default Optional<MemoryItem> get(String id) {
    return get(Scope.DEFAULT, id);
  }

  /**
   * Gets an item. Counts as a read: it can bring the item a tier up.
   *
   * @param scope where to look
   * @param id its id
   * @return the item, if there is one
   * @throws MemtierException with {@link Status#AMBIGUOUS} if several lie in the scope
   */
  Optional<MemoryItem> get(Scope scope, String id);

  /**
   * Gets an item that must be there. Counts as a read.
   *
   * @param scope where to look
   * @param id its id
   * @return the item
   * @throws NotFoundException if there is none
   */
  MemoryItem require(Scope scope, String id);

  /**
   * Gets many items in one call. Counts as reads.
   *
   * @param scope where to look
   * @param ids their ids
   * @return what became of each, in their order; {@link Status#NOT_FOUND} where there is none
   */
  default List<ItemResult> getMany(Scope scope, Collection<String> ids) {
    return getMany(scope, ids, Control.NONE);
  }

  /**
   * Gets many items in one call. Counts as reads.
   *
   * @param scope where to look
   * @param ids their ids
   * @param control watches and stops a large batch
   * @return what became of each, in their order; {@link Status#NOT_FOUND} where there is none
   */
  List<ItemResult> getMany(Scope scope, Collection<String> ids, Control control);

  /**
   * Gets a handle on an item, which follows the store. Counts as a read.
   *
   * @param scope where to look
   * @param id its id
   * @return the handle, to be closed
   * @throws NotFoundException if there is none
   */
  LiveItem getLive(Scope scope, String id);

  /**
   * Whether there is such an item. Does not count as a read.
   *
   * @param id the id, in {@link Scope#DEFAULT}
   * @return whether there is
   */
  default boolean exists(String id) {
    return exists(Scope.DEFAULT, id);
  }

  /**
   * Whether there is such an item, or several. Does not count as a read.
   *
   * @param scope where to look
   * @param id the id
   * @return whether there is
   */
  boolean exists(Scope scope, String id);

  /**
   * Counts items.
   *
   * @param scope where to look
   * @param filter which items
   * @return how many
   */
  default long count(Scope scope, Filter filter) {
    return count(scope, filter, Control.NONE);
  }

  /**
   * Counts items.
   *
   * @param scope where to look
   * @param filter which items
   * @param control stops a count that takes long
   * @return how many
   */
  long count(Scope scope, Filter filter, Control control);

  /**
   * Lists items, page by page. Does not count as reading them.
   *
   * @param scope where to look
   * @param listing which items, in which order
   * @return a cursor, to be closed
   */
  Cursor list(Scope scope, Listing listing);

  /**
   * Lists items as a stream, which reads them page by page while it is consumed; sequential. Does
   * not count as reading them.
   *
   * @param scope where to look
   * @param listing which items, in which order
   * @return a stream, to be closed
   */
  Stream<MemoryItem> stream(Scope scope, Listing listing);

  /**
   * Tells how {@link #list} and {@link #count} go about a listing and its filter: reads the first
   * page, and counts. What is in the document is said at {@code memtier_item_explain} in {@code
   * memtier.h}; of a search it is {@link Query#explain} that asks.
   *
   * @param scope where to look
   * @param listing which items, in which order
   * @return a JSON object with the members "list" and "count"
   */
  default String explain(Scope scope, Listing listing) {
    return explain(scope, listing, Control.NONE);
  }

  /**
   * Tells how {@link #list} and {@link #count} go about a listing and its filter.
   *
   * @param scope where to look
   * @param listing which items, in which order
   * @param control stops it where it takes long
   * @return a JSON object with the members "list" and "count"
   */
  String explain(Scope scope, Listing listing, Control control);

  /**
   * Searches the default collection.
   *
   * @param query what to look for
   * @return the hits, best first
   */
  default Hits search(Query query) {
    return search(Scope.DEFAULT, query);
  }

  /**
   * Searches. Sees every write acknowledged before it starts.
   *
   * @param scope where to look
   * @param query what to look for
   * @return the hits, best first
   */
  default Hits search(Scope scope, Query query) {
    return search(scope, query, Control.NONE);
  }

  /**
   * Searches. Sees every write acknowledged before it starts.
   *
   * @param scope where to look
   * @param query what to look for
   * @param control stops a search that takes long
   * @return the hits, best first
   */
  Hits search(Scope scope, Query query, Control control);

  /**
   * Searches with a query that was checked before.
   *
   * @param scope where to look
   * @param query what to look for
   * @param control stops a search that takes long
   * @return the hits, best first
   */
  Hits search(Scope scope, PreparedQuery query, Control control);

  /**
   * Searches with several queries in one call.
   *
   * @param scope where to look
   * @param queries at most {@link Memtier#MAX_QUERIES}; the same may come again
   * @return the hits of each, in their order, with its {@link Hits#explanation}
   * @throws MemtierException where one of them fails; the message tells which
   */
  default List<Hits> searchMany(Scope scope, List<PreparedQuery> queries) {
    return searchMany(scope, queries, Control.NONE);
  }

  /**
   * Searches with several queries in one call.
   *
   * @param scope where to look
   * @param queries at most {@link Memtier#MAX_QUERIES}; the same may come again
   * @param control watches and stops it; progress counts queries
   * @return the hits of each, in their order, with its {@link Hits#explanation}
   * @throws MemtierException where one of them fails; the message tells which
   */
  List<Hits> searchMany(Scope scope, List<PreparedQuery> queries, Control control);
}
