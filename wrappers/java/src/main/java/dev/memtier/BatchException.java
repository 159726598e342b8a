package dev.memtier;

import java.util.List;
import java.util.OptionalLong;

/**
 * Some items of {@link MemoryStore#putMany} could not be stored, or some of {@link
 * MemoryStore#deleteMany} not be deleted; with the others it is done. Where the call was stopped in
 * the middle, the {@link #status} is {@link Status#CANCELLED} or what else stopped it, which is the
 * cause and the failure of all entries that were not reached.
 */
public final class BatchException extends MemtierException {
  private static final long serialVersionUID = 1L;

  private final transient List<ItemResult> results;

  BatchException(MemtierException first, List<ItemResult> results) {
    super(first.status(), first.getMessage(), first);
    long done = results.stream().filter(ItemResult::isOk).count();
    describe(first.code(), first.isRetriable(), OptionalLong.of(done));
    this.results = List.copyOf(results);
  }

  /** {@return what became of each item, in the order given; empty after deserialization} */
  public List<ItemResult> results() {
    return results == null ? List.of() : results;
  }
}
