package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The policies of a {@link MemoryStore}. */
public final class Policies {
  private final MemoryStore store;

  Policies(MemoryStore store) {
    this.store = store;
  }

  /**
   * Puts a policy in the place of the one of its name, if there is one.
   *
   * @param policy the policy
   * @throws AlreadyExistsException if the name is that of one with a decider
   */
  public void put(Policy policy) {
    Call call = new Call();
    byte[] document = Utf8.encode(policy.toJson());
    int status = Native.policyPut(store.handle, document, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /**
   * Puts a policy whose items a callback chooses, among those that its condition holds for. It belongs
   * to this store, and is not kept in the file.
   *
   * @param policy the policy
   * @param decider chooses items
   * @throws AlreadyExistsException if the name is that of one without a decider
   */
  public void put(Policy policy, PolicyDecider decider) {
    Call call = new Call();
    byte[] document = Utf8.encode(policy.toJson());
    long number = Callbacks.register(callback(decider, store.tiers));
    int status = Native.policyPutCallback(store.handle, document, number, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /** Static, so that it does not hold the store, which could not be collected then. */
  private static Callbacks.Decide callback(PolicyDecider decider, TierNames tiers) {
    Objects.requireNonNull(decider, "decider");
    return (items, dryRun, chosen) -> {
      boolean[] marks = new boolean[chosen.length];
      decider.decide(Images.copyItems(items, tiers), dryRun, marks);
      for (int i = 0; i < marks.length; i++) {
        chosen[i] = marks[i] ? 1 : 0;
      }
    };
  }

  /** {@return the policies, in order of their names} */
  public List<Policy> list() {
    Call call = new Call();
    int status = Native.policyList(store.handle, call.out, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
    List<?> list = (List<?>) JsonReader.read(Images.takeText(call.out[0]));
    return list.stream().map(policy -> Policy.of((Map<?, ?>) policy)).toList();
  }

  /**
   * Deletes a policy; no item changes.
   *
   * @param name its name
   * @throws NotFoundException if there is none
   */
  public void delete(String name) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int status = Native.policyDelete(store.handle, text, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
  }

  /**
   * Applies policies.
   *
   * @param scope whose items
   * @param request which policies
   * @return what each did, in their order
   */
  public List<Applied> apply(Scope scope, ApplyRequest request) {
    return apply(scope, request, Control.NONE);
  }

  /**
   * Applies policies.
   *
   * @param scope whose items
   * @param request which policies
   * @param control watches and stops it; stopped, what was done before stays
   * @return what each did, in their order
   */
  public List<Applied> apply(Scope scope, ApplyRequest request, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(request.toJson());
    long where = scope.handle();
    int status =
        Native.policyApply(store.handle, where, document, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    return call.report(status, Applied::list);
  }
}
