package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the owner of a scope, its app, user and agent, finds useful. Searches learn from it: {@link
 * Signal#PREFERENCE}.
 */
public final class Feedbacks {
  private final MemoryStore store;
  private final Scope scope;

  Feedbacks(MemoryStore store, Scope scope) {
    this.store = store;
    this.scope = scope;
  }

  /**
   * Says how useful items were, all or nothing.
   *
   * @param feedback at most {@link Memtier#MAX_FEEDBACK}
   * @throws NotFoundException if an item is not there
   */
  public void add(Feedback... feedback) {
    List<Object> items = new ArrayList<>(feedback.length);
    for (Feedback one : feedback) {
      items.add(Map.of("id", one.id(), "value", one.value()));
    }
    Call call = new Call();
    byte[] document = Utf8.encode(Members.NONE.with("items", items).json());
    int status = Native.feedbackAdd(store.handle, scope.handle(), document, call.error);
    keep();
    call.check(status);
  }

  /** {@return what was learned, the strongest first} */
  public List<Preference> preferences() {
    Call call = new Call();
    int status = Native.feedbackList(store.handle, scope.handle(), call.out, call.error);
    keep();
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(one -> Preference.of((Map<?, ?>) one)).toList();
  }

  /** Forgets what was learned. */
  public void clear() {
    Call call = new Call();
    int status = Native.feedbackClear(store.handle, scope.handle(), call.error);
    keep();
    call.check(status);
  }

  private void keep() {
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
