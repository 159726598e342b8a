package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What was said in one session, in the order in which it was said. Its version changes with each turn
 * that is appended and each replacement; a call that is given one does nothing but throw {@link
 * ConflictException} where the conversation has moved on. Costs little; for any number of threads.
 */
public final class Conversation {
  /** In place of a version: whatever the conversation has. */
  public static final long ANY_VERSION = 0;

  private final MemoryStore store;
  private final Scope scope;

  Conversation(MemoryStore store, Scope scope) {
    this.store = store;
    this.scope = Objects.requireNonNull(scope, "scope");
  }

  /**
   * Some turns, and the version of the conversation that has them.
   *
   * @param turns the oldest first
   * @param version the conversation's
   */
  public record History(List<Turn> turns, long version) {}

  /**
   * What a replacement did.
   *
   * @param version the conversation's now
   * @param changed how many turns were written or removed
   */
  public record Replacement(long version, long changed) {}

  /** {@return its address} */
  public Scope scope() {
    return scope;
  }

  /**
   * Appends a turn.
   *
   * @param turn the turn
   * @return the turn as it is kept
   */
  public Turn append(Turn turn) {
    return append(turn, ANY_VERSION, Durability.DEFAULT);
  }

  /**
   * Appends a turn.
   *
   * @param turn the turn; it must not lie before the last one
   * @param version what the conversation must have, or {@link #ANY_VERSION}
   * @param durability what it survives
   * @return the turn as it is kept
   * @throws ConflictException if the conversation has moved on
   */
  public Turn append(Turn turn, long version, Durability durability) {
    Call call = new Call();
    byte[] document = Utf8.encode(Json.write(turn.document()));
    long where = scope.handle();
    int level = durability.code;
    int status =
        Native.conversationAppend(
            store.handle, where, document, version, level, call.out, call.error);
    keep(Control.NONE);
    call.check(status);
    return Turn.of(Images.takeItem(call.out[0], store.tiers));
  }

  /**
   * Appends turns, all or none.
   *
   * @param turns the turns
   * @return the turns as they are kept
   */
  public List<Turn> appendMany(Collection<Turn> turns) {
    return appendMany(turns, ANY_VERSION, Durability.DEFAULT, Control.NONE);
  }

  /**
   * Appends turns, all or none.
   *
   * @param turns the turns
   * @param version what the conversation must have, or {@link #ANY_VERSION}
   * @param durability what they survive
   * @param control watches and stops it
   * @return the turns as they are kept
   * @throws ConflictException if the conversation has moved on
   */
  public List<Turn> appendMany(
      Collection<Turn> turns, long version, Durability durability, Control control) {
    Call call = new Call();
    byte[] document = documentOf(turns);
    long where = scope.handle();
    int level = durability.code;
    long[] watch = control.open();
    int status =
        Native.conversationAppendMany(
            store.handle, where, document, version, level, watch, call.out, call.error);
    keep(control);
    call.check(status);
    return Turn.of(Images.takeItems(call.out[0], store.tiers));
  }

  /**
   * The last turns, the oldest of them first.
   *
   * @param limit at most so many
   * @return the turns, and the conversation's version
   */
  public History last(int limit) {
    Call call = new Call();
    long[] version = new long[1];
    long where = scope.handle();
    int status =
        Native.conversationReadLast(store.handle, where, limit, call.out, version, call.error);
    keep(Control.NONE);
    call.check(status);
    return new History(Turn.of(Images.takeItems(call.out[0], store.tiers)), version[0]);
  }

  /**
   * Makes the conversation have these turns.
   *
   * @param turns the turns; none clears it
   * @return what was done
   */
  public Replacement replace(Collection<Turn> turns) {
    return replace(turns, ANY_VERSION, Durability.DEFAULT);
  }

  /**
   * Makes the conversation have these turns, all at once or not at all, and writes no more than has
   * changed: turns that say the same keep their number and time.
   *
   * @param turns the turns; none clears it
   * @param version what the conversation must have, or {@link #ANY_VERSION}
   * @param durability what the change survives
   * @return what was done
   * @throws ConflictException if the conversation has moved on
   */
  public Replacement replace(Collection<Turn> turns, long version, Durability durability) {
    Call call = new Call();
    long[] changed = new long[1];
    byte[] document = documentOf(turns);
    long where = scope.handle();
    int level = durability.code;
    int status =
        Native.conversationReplace(
            store.handle, where, document, version, level, call.out, changed, call.error);
    keep(Control.NONE);
    call.check(status);
    return new Replacement(call.out[0], changed[0]);
  }

  /**
   * What of this conversation belongs into a prompt; see {@link Agent#turnContext}.
   *
   * @param query which turns
   * @return the turns, in the order in which they were said
   */
  public List<Turn> context(ContextQuery query) {
    return ContextCalls.turns(store, scope, query, Control.NONE);
  }

  private static byte[] documentOf(Collection<Turn> turns) {
    List<Map<String, Object>> list = turns.stream().map(Turn::document).toList();
    return Utf8.encode(Json.write(Map.of("turns", list)));
  }

  private void keep(Control control) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
