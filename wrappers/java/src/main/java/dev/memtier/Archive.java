package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The archive of a {@link MemoryStore}: packing it, restoring from it, numbers about it. */
public final class Archive {
  private final MemoryStore store;

  Archive(MemoryStore store) {
    this.store = store;
  }

  /**
   * What packing did.
   *
   * @param items that were packed
   * @param repackedBlocks that were taken apart
   * @param damagedBlocks that could not be read, and stay
   */
  public record Packed(long items, long repackedBlocks, long damagedBlocks) {}

  /**
   * What restoring did.
   *
   * @param items that were restored
   * @param tier where to
   * @param damaged ids of those that cannot be read, and stay
   */
  public record Restored(long items, String tier, List<String> damaged) {}

  /**
   * Numbers about the archive.
   *
   * @param items in blocks
   * @param waiting to be packed
   * @param blocks how many
   * @param originalBytes of the contents that were packed
   * @param compressedBytes of what they became, the dictionary among it
   * @param saved which part that saved
   */
  public record Statistics(
      long items, long waiting, long blocks, long originalBytes, long compressedBytes, double saved) {}

  /** {@return what packing all that waits, as small as can be, did} */
  public Packed pack() {
    return pack(9, false, Control.NONE);
  }

  /**
   * Packs archived items into blocks, which share a dictionary.
   *
   * @param level 1, quick, to 9, small
   * @param repack whether to take blocks apart first of which little is needed any more
   * @param control watches and stops it; stopped, what was packed stays so
   * @return what was done
   */
  public Packed pack(int level, boolean repack, Control control) {
    Call call = new Call();
    byte[] request = Utf8.encode(Json.write(Map.of("level", level, "repack", repack)));
    int status =
        Native.archivePack(store.handle, request, control.open(), call.out, call.error);
    keep(control);
    return call.report(status, Archive::readPacked);
  }

  private static Packed readPacked(String json) {
    Map<String, Object> told = JsonReader.readObject(json);
    return new Packed(
        number(told, "packed"), number(told, "repacked_blocks"), number(told, "damaged_blocks"));
  }

  /**
   * Restores items with everything that they had, into {@code short_term} or the tier above the archive.
   *
   * @param scope whose items
   * @param ids their ids, at most 10000
   * @return what was done
   */
  public Restored restore(Scope scope, Collection<String> ids) {
    return restore(scope, Map.of("ids", List.copyOf(ids)), "", Control.NONE);
  }

  /**
   * Restores what a filter finds in the archive.
   *
   * @param scope whose items
   * @param filter may ask for {@link PolicyField}s
   * @param tier where to; empty: {@code short_term} or the tier above the archive
   * @param control watches and stops it; stopped, what was restored stays so
   * @return what was done
   */
  public Restored restore(Scope scope, Filter filter, String tier, Control control) {
    return restore(scope, Map.of("filter", new Json.Raw(filter.toJson())), tier, control);
  }

  private Restored restore(Scope scope, Map<String, Object> what, String tier, Control control) {
    Call call = new Call();
    Map<String, Object> document = new LinkedHashMap<>(what);
    if (!tier.isEmpty()) {
      document.put("tier", tier);
    }
    byte[] request = Utf8.encode(Json.write(document));
    long where = scope.handle();
    int status =
        Native.archiveRestore(
            store.handle, where, request, control.open(), call.out, call.error);
    Reference.reachabilityFence(scope);
    keep(control);
    return call.report(status, Archive::readRestored);
  }

  private static Restored readRestored(String json) {
    Map<String, Object> told = JsonReader.readObject(json);
    List<String> damaged =
        ((List<?>) told.get("damaged")).stream().map(String.class::cast).toList();
    return new Restored(number(told, "restored"), (String) told.get("tier"), damaged);
  }

  /** {@return numbers about the archive} */
  public Statistics statistics() {
    Call call = new Call();
    int status = Native.archiveGetStatistics(store.handle, call.out, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
    Map<String, Object> told = JsonReader.readObject(Images.takeText(call.out[0]));
    return new Statistics(
        number(told, "items"),
        number(told, "waiting"),
        number(told, "blocks"),
        number(told, "original_bytes"),
        number(told, "compressed_bytes"),
        ((Number) told.get("saved")).doubleValue());
  }

  private static long number(Map<String, Object> document, String key) {
    return ((Number) document.get(key)).longValue();
  }

  private void keep(Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
  }
}
