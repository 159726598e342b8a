package dev.memtier;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which policies or archive rules to apply.
 *
 * @param names only these, also where they are not enabled; empty: all that are
 * @param dryRun whether to count, and change nothing
 */
public record ApplyRequest(Optional<List<String>> names, boolean dryRun) {
  /** {@return all that are enabled} */
  public static ApplyRequest all() {
    return new ApplyRequest(Optional.empty(), false);
  }

  /**
   * Only some, also where they are not enabled.
   *
   * @param names their names
   * @return the request
   */
  public static ApplyRequest of(Collection<String> names) {
    return new ApplyRequest(Optional.of(List.copyOf(names)), false);
  }

  /** {@return the same, to count and change nothing} */
  public ApplyRequest asDryRun() {
    return new ApplyRequest(names, true);
  }

  String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    names.ifPresent(list -> document.put("names", list));
    document.put("dry_run", dryRun);
    return Json.write(document);
  }
}
