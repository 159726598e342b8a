package dev.memtier;

/**
 * What conditions of policies and archive rules ask beside the fields of a filter:
 * {@code PolicyField.IDLE_DAYS.gt(30)}. Each but {@link #ARCHIVED} is compared with {@code gt},
 * {@code gte}, {@code lt} and {@code lte}.
 */
public enum PolicyField implements FilterKey {
  /** Days since the creation. */
  AGE_DAYS("age_days"),
  /** Seconds since the creation. */
  AGE_SECONDS("age_seconds"),
  /** Days since the last read, or the creation. */
  IDLE_DAYS("idle_days"),
  /** Seconds since the last read, or the creation. */
  IDLE_SECONDS("idle_seconds"),
  /** Reads in all / days since the creation, at least one. */
  ACCESSES_PER_DAY("accesses_per_day"),
  /** Whether its tier's medium is the archive: {@code ARCHIVED.eq(true)}. */
  ARCHIVED("archived");

  private final String path;

  PolicyField(String path) {
    this.path = path;
  }

  @Override
  public String path() {
    return path;
  }
}
