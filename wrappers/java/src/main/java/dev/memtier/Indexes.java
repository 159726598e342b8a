package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The indexes of one's own that a {@link MemoryStore} has. */
public final class Indexes {
  private final MemoryStore store;

  Indexes(MemoryStore store) {
    this.store = store;
  }

  /**
   * Makes an index of what the metadata have at a path. It makes filters on exactly this path
   * quicker, writes a little slower, and changes no answer. It is kept in the file.
   *
   * @param name its name
   * @param path such as {@link Filter#key Filter.key("place.city")}
   * @throws AlreadyExistsException if the name has another path
   */
  public void create(String name, FilterKey path) {
    create(name, path, Control.NONE);
  }

  /**
   * Makes an index of what the metadata have at a path. Others read and write meanwhile. Where
   * there is one of this name and path already, this sees that it is ready.
   *
   * @param name its name
   * @param path such as {@link Filter#key Filter.key("place.city")}
   * @param control watches and stops it; told of items looked at. Stopped, there is no index
   * @throws AlreadyExistsException if the name has another path
   */
  public void create(String name, FilterKey path, Control control) {
    Objects.requireNonNull(name, "name");
    Call call = new Call();
    byte[] document = Utf8.encode(Json.write(Map.of("name", name, "path", path.path())));
    int status = Native.indexCreate(store.handle, document, control.open(), call.error);
    keep(control);
    call.check(status);
  }

  /**
   * Makes an index of what a callback extracts from items, for filters on {@link Filter#index}. It
   * belongs to this store and lives in its RAM, so it is made again after each opening. Filters see
   * every write that was acknowledged before them.
   *
   * @param name its name
   * @param extractor extracts the keys
   * @throws AlreadyExistsException if there is an index of this name
   * @throws CallbackException if the extractor failed; its exception is the cause
   */
  public void create(String name, KeyExtractor extractor) {
    create(name, extractor, Control.NONE);
  }

  /**
   * Makes an index of what a callback extracts from items, for filters on {@link Filter#index}.
   *
   * @param name its name
   * @param extractor extracts the keys
   * @param control watches and stops it; told of changes looked at. Stopped, there is no index
   * @throws AlreadyExistsException if there is an index of this name
   * @throws CallbackException if the extractor failed; its exception is the cause
   */
  public void create(String name, KeyExtractor extractor, Control control) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    Callbacks.Extract callback = callback(extractor, store.tiers);
    long[] watch = control.open();
    long number = Callbacks.register(callback);
    int status = Native.indexCreateCallback(store.handle, text, number, watch, call.error);
    keep(control);
    call.check(status);
  }

  /** Static, so that it does not hold the store, which could not be collected then. */
  private static Callbacks.Extract callback(KeyExtractor extractor, TierNames tiers) {
    Objects.requireNonNull(extractor, "extractor");
    return (items, handle) -> {
      KeyCollector keys = new KeyCollector(handle);
      try {
        extractor.extract(Images.copyItems(items, tiers), keys);
      } finally {
        keys.takeBack();
      }
    };
  }

  /** {@return the indexes, in order of their names} */
  public List<Index> list() {
    return list(Control.NONE);
  }

  /**
   * The indexes, in order of their names.
   *
   * @param control stops it, for their entries are counted
   * @return the indexes
   */
  public List<Index> list(Control control) {
    Call call = new Call();
    int status = Native.indexList(store.handle, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(index -> Index.of((Map<?, ?>) index)).toList();
  }

  /**
   * Drops an index, of whichever kind; no item changes.
   *
   * @param name its name
   * @throws NotFoundException if there is none
   */
  public void drop(String name) {
    drop(name, Control.NONE);
  }

  /**
   * Drops an index, of whichever kind; no item changes.
   *
   * @param name its name
   * @param control watches and stops it; stopped, the index is gone all the same
   * @throws NotFoundException if there is none
   */
  public void drop(String name, Control control) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int status = Native.indexDrop(store.handle, text, control.open(), call.error);
    keep(control);
    call.check(status);
  }

  private void keep(Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
  }
}
