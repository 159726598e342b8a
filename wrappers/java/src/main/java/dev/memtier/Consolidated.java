package dev.memtier;

import java.util.List;
import java.util.Map;

/**
 * What a {@link Consolidation} did.
 *
 * @param from the tier
 * @param to the next one
 * @param triggered whether the tier was full enough
 * @param selected items that the filter leaves
 * @param belowScore of them
 * @param chosen those that were to go
 * @param batches how many
 * @param moved items
 * @param gone items that left the tier by another way meanwhile
 * @param retries of batches that failed
 * @param failed items that stay where they were
 * @param failedBatches how many
 * @param compressed items
 * @param savedBytes by that
 * @param errors why, of the first hundred batches that failed
 */
public record Consolidated(
    String from,
    String to,
    boolean triggered,
    long selected,
    long belowScore,
    long chosen,
    long batches,
    long moved,
    long gone,
    long retries,
    long failed,
    long failedBatches,
    long compressed,
    long savedBytes,
    List<Failed> errors) {
  /**
   * A batch that stays where it was.
   *
   * @param batch its number, from 1
   * @param items in it
   * @param message why
   */
  public record Failed(long batch, long items, String message) {}

  static Consolidated of(Map<?, ?> told) {
    List<?> errors = (List<?>) told.get("errors");
    return new Consolidated(
        (String) told.get("from"),
        (String) told.get("to"),
        (Boolean) told.get("triggered"),
        number(told, "selected"),
        number(told, "below_score"),
        number(told, "chosen"),
        number(told, "batches"),
        number(told, "moved"),
        number(told, "gone"),
        number(told, "retries"),
        number(told, "failed"),
        number(told, "failed_batches"),
        number(told, "compressed"),
        number(told, "saved_bytes"),
        errors.stream().map(error -> failed((Map<?, ?>) error)).toList());
  }

  private static Failed failed(Map<?, ?> error) {
    return new Failed(
        number(error, "batch"), number(error, "items"), (String) error.get("message"));
  }

  static long number(Map<?, ?> document, String key) {
    return ((Number) document.get(key)).longValue();
  }
}
