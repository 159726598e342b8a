package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;

/** The archive rules of a {@link MemoryStore}. */
public final class ArchiveRules {
  private final MemoryStore store;

  ArchiveRules(MemoryStore store) {
    this.store = store;
  }

  /**
   * Puts an archive rule in the place of the one of its name, if there is one.
   *
   * @param rule the rule
   */
  public void put(ArchiveRule rule) {
    Call call = new Call();
    byte[] document = Utf8.encode(rule.toJson());
    int status = Native.archiveRulePut(store.handle, document, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /** {@return the archive rules, in order of their names} */
  public List<ArchiveRule> list() {
    Call call = new Call();
    int status = Native.archiveRuleList(store.handle, call.out, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(rule -> ArchiveRule.of((Map<?, ?>) rule)).toList();
  }

  /**
   * Deletes an archive rule; no item changes.
   *
   * @param name its name
   * @throws NotFoundException if there is none
   */
  public void delete(String name) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int status = Native.archiveRuleDelete(store.handle, text, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /**
   * Follows archive rules. An item is archived by the first that holds for it.
   *
   * @param scope whose items
   * @param request which rules
   * @return what each did, in their order
   */
  public List<Applied> apply(Scope scope, ApplyRequest request) {
    return apply(scope, request, Control.NONE);
  }

  /**
   * Follows archive rules. An item is archived by the first that holds for it.
   *
   * @param scope whose items
   * @param request which rules
   * @param control watches and stops it; stopped, what was done before stays
   * @return what each did, in their order
   */
  public List<Applied> apply(Scope scope, ApplyRequest request, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(request.toJson());
    long where = scope.handle();
    long[] watch = control.open();
    int status =
        Native.archiveRuleApply(store.handle, where, document, watch, call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    return call.report(status, Applied::list);
  }
}
