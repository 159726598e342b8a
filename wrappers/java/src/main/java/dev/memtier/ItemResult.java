package dev.memtier;

import java.util.Optional;

/**
 * What became of one item in a call for many.
 *
 * @param status {@link Status#OK}, or why there is no item
 * @param item the item; empty where there is none, and of deleted ones
 * @param failure what the call for this item alone would have thrown; empty when all went well
 */
public record ItemResult(
    Status status, Optional<MemoryItem> item, Optional<MemtierException> failure) {

  /** {@return whether all went well} */
  public boolean isOk() {
    return status == Status.OK;
  }

  /** {@return the item, or throws the failure} */
  public MemoryItem require() {
    failure.ifPresent(
        thrown -> {
          throw thrown;
        });
    return item.orElseThrow();
  }
}
