package dev.memtier;

import java.util.List;

/** Some items of {@link MemoryStore#putMany} could not be stored; the others are. */
public final class BatchException extends MemtierException {
  private static final long serialVersionUID = 1L;

  private final transient List<ItemResult> results;

  BatchException(MemtierException first, List<ItemResult> results) {
    super(first.status(), first.getMessage(), first);
    describe(first.code(), first.isRetriable(), first.completed());
    this.results = List.copyOf(results);
  }

  /** {@return what became of each item, in the order given; empty after deserialization} */
  public List<ItemResult> results() {
    return results == null ? List.of() : results;
  }
}
