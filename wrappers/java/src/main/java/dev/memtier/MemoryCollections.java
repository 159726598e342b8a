package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;

/** The collections that a {@link MemoryStore} has. The default one is always there. */
public final class MemoryCollections {
  private final MemoryStore store;

  MemoryCollections(MemoryStore store) {
    this.store = store;
  }

  /**
   * Makes a collection, which is kept while it is empty. (Putting an item into one makes it come
   * about as well.)
   *
   * @param name 1 to 256 bytes
   * @throws AlreadyExistsException if it was made already
   */
  public void create(String name) {
    create(name, "");
  }

  /**
   * Makes a collection with a description.
   *
   * @param name 1 to 256 bytes
   * @param description for people and agents
   * @throws AlreadyExistsException if it was made already
   */
  public void create(String name, String description) {
    Call call = new Call();
    byte[] document =
        Utf8.encode(Json.write(Map.of("name", name, "description", description)));
    int status = Native.collectionCreate(store.handle, document, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /**
   * Those that were made, and others in which anybody has an item, in order of their names.
   *
   * @return the collections
   */
  public List<MemoryCollection> list() {
    return list(Scope.DEFAULT, Control.NONE);
  }

  /**
   * Those that were made, and others in which the scope sees an item, in order of their names.
   *
   * @param scope whose items count; its collection does not matter
   * @param control stops it, for the items are counted
   * @return the collections
   */
  public List<MemoryCollection> list(Scope scope, Control control) {
    Call call = new Call();
    long where = scope.handle();
    int status =
        Native.collectionList(store.handle, where, control.open(), call.out, call.error);
    keep(scope, control);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(one -> MemoryCollection.of((Map<?, ?>) one)).toList();
  }

  /**
   * Drops a collection. It may be in use: items that are held stay valid, and what is put into it
   * later makes it come about anew.
   *
   * @param name its name
   * @param mode what becomes of its items
   * @return how many items were deleted
   * @throws NotFoundException if there is none
   * @throws ConflictException if it has items, and the mode is {@link DropMode#EMPTY}
   */
  public long drop(String name, DropMode mode) {
    return drop(name, mode, Control.NONE);
  }

  /**
   * Drops a collection, as {@link #drop(String, DropMode)}.
   *
   * @param name its name
   * @param mode what becomes of its items
   * @param control watches and stops it; stopped, the collection is still there
   * @return how many items were deleted
   */
  public long drop(String name, DropMode mode, Control control) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int code = mode.code;
    int status =
        Native.collectionDrop(store.handle, text, code, control.open(), call.out, call.error);
    keep(Scope.DEFAULT, control);
    call.checkCounting(status);
    return call.out[0];
  }

  /**
   * Copies items into another collection, with all they have; one of the same id there is replaced.
   *
   * @param scope which items; of one collection
   * @param filter which of them
   * @param to the other collection; empty for the default one
   * @return how many were copied
   */
  public long copy(Scope scope, Filter filter, String to) {
    return copy(scope, filter, to, PutMode.REPLACE, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Copies items into another collection, under the same ids and names and with all they have. In
   * batches: stopped in the middle, what is counted is copied.
   *
   * @param scope which items; of one collection
   * @param filter which of them
   * @param to the other collection; empty for the default one
   * @param mode {@link PutMode#CREATE} leaves out what is there, {@link PutMode#UPDATE} what is not
   * @param durability what the copies survive
   * @param control watches and stops it
   * @return how many were copied
   */
  public long copy(
      Scope scope,
      Filter filter,
      String to,
      PutMode mode,
      Durability durability,
      Control control) {
    return transfer(scope, filter, to, mode, durability, control, Native::collectionCopy);
  }

  /**
   * Moves items into another collection; one of the same id there is replaced.
   *
   * @param scope which items; of one collection
   * @param filter which of them
   * @param to the other collection; empty for the default one
   * @return how many were moved
   */
  public long move(Scope scope, Filter filter, String to) {
    return move(scope, filter, to, PutMode.REPLACE, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Moves items into another collection. Each stands in one of the two at any time; what the mode
   * leaves out stays where it is.
   *
   * @param scope which items; of one collection
   * @param filter which of them
   * @param to the other collection; empty for the default one
   * @param mode {@link PutMode#CREATE} leaves out what is there, {@link PutMode#UPDATE} what is not
   * @param durability what the moves survive
   * @param control watches and stops it
   * @return how many were moved
   */
  public long move(
      Scope scope,
      Filter filter,
      String to,
      PutMode mode,
      Durability durability,
      Control control) {
    return transfer(scope, filter, to, mode, durability, control, Native::collectionMove);
  }

  private interface Transfer {
    int run(
        long store,
        long scope,
        byte[] filter,
        byte[] to,
        int mode,
        int durability,
        long[] control,
        long[] count,
        long[] error);
  }

  private long transfer(
      Scope scope,
      Filter filter,
      String to,
      PutMode mode,
      Durability durability,
      Control control,
      Transfer transfer) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    byte[] target = Utf8.encode(to);
    long where = scope.handle();
    int how = mode.code;
    int level = durability.code;
    long[] watch = control.open();
    int status =
        transfer.run(
            store.handle, where, document, target, how, level, watch, call.out, call.error);
    keep(scope, control);
    call.checkCounting(status);
    return call.out[0];
  }

  private void keep(Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
