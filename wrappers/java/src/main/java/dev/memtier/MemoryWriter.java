package dev.memtier;

import java.util.Collection;
import java.util.List;

/**
 * What writes items of a {@link MemoryStore}: for code that is to be handed no more than that, and
 * for tests that put something else in its place. Later versions may add methods.
 */
public interface MemoryWriter {
  /**
   * Stores an item, or replaces it: every read and search that starts afterwards finds it. What the
   * draft has not set takes its default, except that a replaced item's time of creation, tier and
   * access statistics are kept.
   *
   * @param draft the item, with the scope that it is filed under
   * @return the item as stored, with its id and version
   */
  default MemoryItem put(ItemDraft draft) {
    return put(draft, PutMode.REPLACE, Durability.DEFAULT);
  }

  /**
   * Stores an item.
   *
   * @param draft the item
   * @param mode what the put may do
   * @param durability what the write has survived
   * @return the item as stored
   * @throws AlreadyExistsException by {@link PutMode#CREATE}
   * @throws NotFoundException by {@link PutMode#UPDATE}, or if there is no such tier
   * @throws ConflictException if the version is not the expected one
   */
  MemoryItem put(ItemDraft draft, PutMode mode, Durability durability);

  /**
   * Stores many items in as few commits as possible.
   *
   * @param drafts at most {@link Memtier#MAX_BATCH}
   * @return the items as stored, in their order
   * @throws BatchException if some could not be stored; it tells which, the others are
   */
  default List<MemoryItem> putMany(Collection<ItemDraft> drafts) {
    return putMany(drafts, PutMode.REPLACE, Durability.DEFAULT);
  }

  /**
   * Stores many items in as few commits as possible.
   *
   * @param drafts at most {@link Memtier#MAX_BATCH}
   * @param mode what the put may do
   * @param durability what the writes have survived
   * @return the items as stored, in their order
   * @throws BatchException if some could not be stored; it tells which, the others are
   */
  default List<MemoryItem> putMany(
      Collection<ItemDraft> drafts, PutMode mode, Durability durability) {
    return putMany(drafts, mode, durability, Control.NONE);
  }

  /**
   * Stores many items in as few commits as possible.
   *
   * @param drafts at most {@link Memtier#MAX_BATCH}
   * @param mode what the put may do
   * @param durability what the writes have survived
   * @param control watches and stops it, between commits
   * @return the items as stored, in their order
   * @throws BatchException if some could not be stored, or it was stopped in the middle; it tells
   *     which, the others are
   * @throws CancelledException if it was stopped before anything was stored
   */
  List<MemoryItem> putMany(
      Collection<ItemDraft> drafts, PutMode mode, Durability durability, Control control);

  /**
   * Changes some fields of an item, and leaves the others. Atomic: nothing written in between is
   * lost.
   *
   * @param scope where it lies
   * @param id its id
   * @param changes what to change
   * @return the item after the change
   * @throws NotFoundException if there is none
   * @throws ConflictException if the version is not the expected one
   */
  default MemoryItem update(Scope scope, String id, ItemChanges changes) {
    return update(scope, id, changes, Durability.DEFAULT);
  }

  /**
   * Changes some fields of an item, and leaves the others.
   *
   * @param scope where it lies
   * @param id its id
   * @param changes what to change
   * @param durability what the write has survived
   * @return the item after the change
   */
  MemoryItem update(Scope scope, String id, ItemChanges changes, Durability durability);

  /**
   * Updates every item that a filter matches, in batches: stopped in the middle, what {@link
   * MemtierException#completed} counts has been changed.
   *
   * @param scope where to look
   * @param filter which items
   * @param changes what to change
   * @param durability what the writes have survived
   * @param control watches and stops it
   * @return how many were changed
   */
  long updateWhere(
      Scope scope, Filter filter, ItemChanges changes, Durability durability, Control control);

  /**
   * Updates every item that a filter matches, in batches.
   *
   * @param scope where to look
   * @param filter which items
   * @param changes what to change
   * @return how many were changed
   */
  default long updateWhere(Scope scope, Filter filter, ItemChanges changes) {
    return updateWhere(scope, filter, changes, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Deletes an item.
   *
   * @param id its id, in {@link Scope#DEFAULT}
   * @return whether there was one
   */
  default boolean delete(String id) {
    return delete(Scope.DEFAULT, id);
  }

  /**
   * Deletes an item.
   *
   * @param scope where it lies
   * @param id its id
   * @return whether there was one
   */
  default boolean delete(Scope scope, String id) {
    return delete(scope, id, 0, Durability.DEFAULT);
  }

  /**
   * Deletes an item.
   *
   * @param scope where it lies
   * @param id its id
   * @param version the version that must be there; 0 any
   * @param durability what the write has survived
   * @return whether there was one
   * @throws ConflictException if the version is not the expected one
   */
  boolean delete(Scope scope, String id, long version, Durability durability);

  /**
   * Deletes many items in as few commits as possible.
   *
   * @param scope where they lie
   * @param ids their ids
   * @return what became of each, in their order
   */
  default List<ItemResult> deleteMany(Scope scope, Collection<String> ids) {
    return deleteMany(scope, ids, Durability.DEFAULT);
  }

  /**
   * Deletes many items in as few commits as possible.
   *
   * @param scope where they lie
   * @param ids their ids
   * @param durability what the writes have survived
   * @return what became of each, in their order
   * @throws BatchException if some that are there could not be deleted; it tells which
   */
  default List<ItemResult> deleteMany(
      Scope scope, Collection<String> ids, Durability durability) {
    return deleteMany(scope, ids, durability, Control.NONE);
  }

  /**
   * Deletes many items in as few commits as possible.
   *
   * @param scope where they lie
   * @param ids their ids
   * @param durability what the writes have survived
   * @param control watches and stops it, between commits
   * @return what became of each, in their order
   * @throws BatchException if some that are there could not be deleted, or it was stopped in the
   *     middle; it tells which, the others are
   * @throws CancelledException if it was stopped before anything was deleted
   */
  List<ItemResult> deleteMany(
      Scope scope, Collection<String> ids, Durability durability, Control control);

  /**
   * Deletes every item that a filter matches, in batches, as {@link #updateWhere}.
   *
   * @param scope where to look
   * @param filter which items; must not be {@link Filter#everything}
   * @param durability what the writes have survived
   * @param control watches and stops it
   * @return how many were deleted
   */
  long deleteWhere(Scope scope, Filter filter, Durability durability, Control control);

  /**
   * Deletes every item that a filter matches, in batches.
   *
   * @param scope where to look
   * @param filter which items; must not be {@link Filter#everything}
   * @return how many were deleted
   */
  default long deleteWhere(Scope scope, Filter filter) {
    return deleteWhere(scope, filter, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Confirms an item: adds one to its validation count, which is not a new version.
   *
   * @param scope where it lies
   * @param id its id
   * @return the count
   * @throws NotFoundException if there is none
   */
  long validate(Scope scope, String id);

  /**
   * Pins an item, or lets it go: a pinned one never expires, moves or is evicted.
   *
   * @param scope where it lies
   * @param id its id
   * @param pinned whether it is pinned from now on
   * @return the item after the change
   * @throws NotFoundException if there is none
   */
  default MemoryItem pin(Scope scope, String id, boolean pinned) {
    return update(scope, id, new ItemChanges().pinned(pinned));
  }

  /**
   * Moves an item to a tier, by hand.
   *
   * @param scope where it lies
   * @param id its id
   * @param tier the tier's name
   * @throws NotFoundException if there is no such item or tier
   */
  void move(Scope scope, String id, String tier);
}
