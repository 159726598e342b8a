package dev.memtier;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a policy or an archive rule did, or in a dry run would do.
 *
 * @param name of the policy or rule
 * @param action what was done
 * @param count with how many items
 * @param skipped why nothing could be done, if so
 */
public record Applied(String name, Policy.Action action, long count, Optional<String> skipped) {
  static List<Applied> list(String json) {
    return of((List<?>) JsonReader.readObject(json).get("results"));
  }

  static List<Applied> of(List<?> results) {
    return results.stream().map(result -> of((Map<?, ?>) result)).toList();
  }

  private static Applied of(Map<?, ?> result) {
    return new Applied(
        (String) result.get("name"),
        Policy.Action.valueOf(((String) result.get("action")).toUpperCase(Locale.ROOT)),
        ((Number) result.get("count")).longValue(),
        Optional.ofNullable((String) result.get("skipped")));
  }
}
