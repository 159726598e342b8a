package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The vector spaces of a {@link MemoryStore}, and the vectors that items have in them. */
public final class Spaces {
  /** The least score of what {@link #similar} finds where the query says nothing else. */
  public static final double SIMILAR_THRESHOLD = 0.7;

  private final MemoryStore store;

  Spaces(MemoryStore store) {
    this.store = store;
  }

  /**
   * Makes a space, which is kept in the file. If there is one just like it, nothing happens.
   *
   * @param space the space
   * @throws AlreadyExistsException if another one has the name
   */
  public void create(Space space) {
    Call call = new Call();
    byte[] document = Utf8.encode(space.toJson());
    int status = Native.spaceCreate(store.handle, document, call.error);
    keep(Scope.DEFAULT, Control.NONE);
    call.check(status);
  }

  /** {@return the spaces, in order of their names} */
  public List<Space> list() {
    return list(Control.NONE);
  }

  /**
   * The spaces, in order of their names.
   *
   * @param control stops it, for the vectors are counted
   * @return the spaces
   */
  public List<Space> list(Control control) {
    Call call = new Call();
    int status = Native.spaceList(store.handle, control.open(), call.out, call.error);
    keep(Scope.DEFAULT, control);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(space -> Space.of((Map<?, ?>) space)).toList();
  }

  /**
   * Drops a space with all its vectors; no item changes.
   *
   * @param name its name
   * @throws NotFoundException if there is none
   */
  public void drop(String name) {
    drop(name, Control.NONE);
  }

  /**
   * Drops a space with all its vectors; no item changes.
   *
   * @param name its name
   * @param control watches and stops it; stopped, the space is gone all the same
   * @throws NotFoundException if there is none
   */
  public void drop(String name, Control control) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int status = Native.spaceDrop(store.handle, text, control.open(), call.error);
    keep(Scope.DEFAULT, control);
    call.check(status);
  }

  /**
   * Compares what searches for some of the vectors find with what comparing all of them finds.
   *
   * @param scope whose vectors
   * @param space the name of the space
   * @param samples how many vectors are looked for
   * @param limit how many nearest ones of each
   * @return what came of it
   */
  public Recall measureRecall(Scope scope, String space, int samples, int limit) {
    return measureRecall(scope, space, samples, limit, Control.NONE);
  }

  /**
   * Compares what searches for some of the vectors find with what comparing all of them finds.
   *
   * @param scope whose vectors
   * @param space the name of the space
   * @param samples how many vectors are looked for
   * @param limit how many nearest ones of each
   * @param control watches and stops it
   * @return what came of it
   */
  public Recall measureRecall(
      Scope scope, String space, int samples, int limit, Control control) {
    Call call = new Call();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("space", Objects.requireNonNull(space, "space"));
    document.put("samples", samples);
    document.put("limit", limit);
    byte[] json = Utf8.encode(Json.write(document));
    long where = scope.handle();
    int status =
        Native.spaceMeasureRecall(
            store.handle, where, json, control.open(), call.out, call.error);
    keep(scope, control);
    call.check(status);
    Map<?, ?> told = (Map<?, ?>) JsonReader.read(Images.takeText(call.out[0]));
    return new Recall(
        number(told, "recall").doubleValue(),
        number(told, "samples").longValue(),
        number(told, "limit").longValue(),
        number(told, "vectors").longValue());
  }

  private static Number number(Map<?, ?> document, String key) {
    return (Number) document.get(key);
  }

  /**
   * Gives an item a vector in a space. It goes with the item, and when the item gets other content.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @param vector as many components as the space has
   * @throws NotFoundException if there is no such item or space
   */
  public void put(Scope scope, String space, String id, float... vector) {
    put(scope, space, id, vector, Durability.DEFAULT);
  }

  /**
   * Gives an item a vector in a space.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @param vector as many components as the space has
   * @param durability what the write survives
   * @throws NotFoundException if there is no such item or space
   */
  public void put(Scope scope, String space, String id, float[] vector, Durability durability) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    byte[] in = Utf8.encode(space);
    long where = scope.handle();
    int status =
        Native.vectorPut(store.handle, where, name, in, vector, durability.code, call.error);
    keep(scope, Control.NONE);
    call.check(status);
  }

  /**
   * Gives many items a vector each, in as few commits as possible.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param vectors by the items' ids
   * @return what became of each, in their order; there are no items in it
   * @throws BatchException if one could not be stored; the others are
   */
  public List<ItemResult> putMany(Scope scope, String space, Map<String, float[]> vectors) {
    return putMany(scope, space, vectors, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Gives many items a vector each, in as few commits as possible.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param vectors by the items' ids, all of one length
   * @param durability what the write survives
   * @param control watches and stops it, between two commits
   * @return what became of each, in their order; there are no items in it
   * @throws BatchException if one could not be stored; the others are
   */
  public List<ItemResult> putMany(
      Scope scope,
      String space,
      Map<String, float[]> vectors,
      Durability durability,
      Control control) {
    float[] all = null;
    int at = 0;
    for (float[] vector : vectors.values()) {
      if (all == null) {
        all = new float[Math.multiplyExact(vectors.size(), vector.length)];
      }
      if (vector.length * vectors.size() != all.length) {
        throw new IllegalArgumentException("vectors: they do not all have the same length");
      }
      System.arraycopy(vector, 0, all, at, vector.length);
      at += vector.length;
    }
    float[] components = all == null ? new float[0] : all;
    byte[] in = Utf8.encode(space);
    return BatchCalls.putVectors(
        store, scope, vectors.keySet(), in, components, durability, control);
  }

  /**
   * An item's vector in a space. Does not count as a read.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @return the vector; empty if there is no such item or space, or the item has none there
   */
  public Optional<float[]> get(Scope scope, String space, String id) {
    byte[] name = Utf8.encode(id);
    byte[] in = Utf8.encode(space);
    long where = scope.handle();
    float[] vector = new float[1024];
    while (true) {
      Call call = new Call();
      int status =
          Native.vectorGet(store.handle, where, name, in, vector, call.out, call.error);
      keep(scope, Control.NONE);
      if (status == NativeConstants.MEMTIER_TOO_SMALL) {
        Native.errorDestroy(call.error[0]);
        vector = new float[(int) call.out[0]];
        continue;
      }
      if (status == NativeConstants.MEMTIER_NOT_FOUND) {
        Native.errorDestroy(call.error[0]);
        return Optional.empty();
      }
      call.check(status);
      return Optional.of(Arrays.copyOf(vector, (int) call.out[0]));
    }
  }

  /**
   * Takes an item's vector in a space away.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @return false: there is no such item or space, or the item has none there
   */
  public boolean delete(Scope scope, String space, String id) {
    return delete(scope, space, id, Durability.DEFAULT);
  }

  /**
   * Takes an item's vector in a space away.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @param durability what the write survives
   * @return false: there is no such item or space, or the item has none there
   */
  public boolean delete(Scope scope, String space, String id, Durability durability) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    byte[] in = Utf8.encode(space);
    long where = scope.handle();
    int status = Native.vectorDelete(store.handle, where, name, in, durability.code, call.error);
    keep(scope, Control.NONE);
    if (status == NativeConstants.MEMTIER_NOT_FOUND) {
      Native.errorDestroy(call.error[0]);
      return false;
    }
    call.check(status);
    return true;
  }

  /**
   * Finds the items whose vectors are nearest to that of an item, which is not among them.
   *
   * @param scope who may be seen
   * @param space the name of the space
   * @param id the item's id
   * @param limit at most so many
   * @return those with a score of at least {@link #SIMILAR_THRESHOLD}
   * @throws NotFoundException if the item has no vector there
   */
  public Hits similar(Scope scope, String space, String id, int limit) {
    float[] vector =
        get(scope, space, id)
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "item \"" + id + "\" has no vector in space \"" + space + "\""));
    Query query =
        Query.vector(vector)
            .space(space)
            .threshold(SIMILAR_THRESHOLD)
            .filter(Field.ID.ne(id))
            .topK(limit);
    return store.search(scope, query);
  }

  private void keep(Scope scope, Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
