package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link Agent#forget} took away.
 *
 * @param scope the names that were given
 * @param forgottenMicros when
 * @param items how many
 * @param concepts how many
 * @param transitions of the log
 * @param tombstones notes of what was deleted
 * @param scopes whose names are gone
 * @param labels types and tags that nothing else had
 * @param blocks of the archive, made anew
 * @param damagedBlocks that could not be read, and stay
 */
public record Receipt(
    Map<String, String> scope,
    long forgottenMicros,
    long items,
    long concepts,
    long transitions,
    long tombstones,
    long scopes,
    long labels,
    long blocks,
    long damagedBlocks) {
  static Receipt of(MemoryStore store, Scope scope, Control control) {
    Call call = new Call();
    int status =
        Native.scopeForget(store.handle, scope.handle(), control.open(), call.out, call.error);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    return call.report(status, Receipt::read);
  }

  private static Receipt read(String json) {
    Map<String, Object> told = JsonReader.readObject(json);
    Map<String, String> names = new LinkedHashMap<>();
    ((Map<?, ?>) told.get("scope")).forEach((part, name) -> names.put((String) part, (String) name));
    return new Receipt(
        names,
        number(told, "forgotten_us"),
        number(told, "items"),
        number(told, "concepts"),
        number(told, "transitions"),
        number(told, "tombstones"),
        number(told, "scopes"),
        number(told, "labels"),
        number(told, "blocks"),
        number(told, "damaged_blocks"));
  }

  private static long number(Map<String, Object> document, String key) {
    return ((Number) document.get(key)).longValue();
  }
}
