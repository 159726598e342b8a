package dev.memtier;

import java.util.List;

/**
 * Chooses which items a policy concerns, for {@link Policies#put(Policy, PolicyDecider)}. Runs on the
 * thread that applies the policy. From inside it the store cannot be used.
 */
@FunctionalInterface
public interface PolicyDecider {
  /**
   * Chooses items. Where the policy's action is {@link Policy.Action#CALLBACK}, it does itself what is
   * to be done with them, but not in a dry run.
   *
   * @param items a batch that the policy's condition holds for, at most 500
   * @param dryRun whether nothing must change
   * @param chosen one for each item, false; those that are set are chosen
   * @throws Exception fails the call that applies it, with {@link CallbackException}
   */
  void decide(List<MemoryItem> items, boolean dryRun, boolean[] chosen) throws Exception;
}
