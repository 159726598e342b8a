package dev.memtier;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tiers as members of a ladder document, and back. */
final class TierDocuments {
  private static final Tier.Promotion NEVER = Tier.Promotion.NEVER;
  private static final double MICROS_PER_HOUR = 3600e6;

  private TierDocuments() {}

  static Map<String, Object> write(Tier tier) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", tier.name());
    out.put("medium", tier.medium().name().toLowerCase(Locale.ROOT));
    tier.target().ifPresent(target -> out.put("target", target));
    out.put("capacity_items", tier.capacityItems());
    out.put("capacity_bytes", tier.capacityBytes());
    tier.ttl().ifPresent(ttl -> out.put("ttl_seconds", Times.seconds(ttl)));
    tier.latencyBudget().ifPresent(budget -> out.put("latency_budget_us", Times.micros(budget)));
    tier.promotion().ifPresent(rule -> out.put("promote", write(rule)));
    tier.demotion()
        .ifPresent(
            rule ->
                out.put(
                    "demote",
                    Map.of(
                        "idle_hours", Times.micros(rule.idle()) / MICROS_PER_HOUR,
                        "access_count_below", rule.accessCountBelow())));
    return out;
  }

  private static Map<String, Object> write(Tier.Promotion rule) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (rule.reads() != 0) {
      out.put("reads", rule.reads());
      out.put("within_seconds", Times.seconds(rule.within()));
    }
    rule.importanceAbove().ifPresent(value -> out.put("importance_above", value));
    rule.accessCountAbove().ifPresent(value -> out.put("access_count_above", value));
    rule.validationCountAbove().ifPresent(value -> out.put("validation_count_above", value));
    rule.filter().ifPresent(filter -> out.put("filter", new Json.Raw(filter.toJson())));
    return out;
  }

  /** From a document that memtier wrote. */
  static Tier read(Map<?, ?> in) {
    return new Tier(
        (String) in.get("name"),
        Medium.valueOf(((String) in.get("medium")).toUpperCase(Locale.ROOT)),
        number(in, "capacity_items").orElse(0L),
        number(in, "capacity_bytes").orElse(0L),
        number(in, "ttl_seconds").filter(ttl -> ttl != 0).map(Duration::ofSeconds),
        number(in, "latency_budget_us").filter(budget -> budget != 0).map(Times::duration),
        object(in, "promote").map(TierDocuments::readPromotion).filter(rule -> !rule.equals(NEVER)),
        object(in, "demote").map(TierDocuments::readDemotion),
        Optional.ofNullable((String) in.get("target")));
  }

  private static Tier.Promotion readPromotion(Map<?, ?> in) {
    return new Tier.Promotion(
        number(in, "reads").orElse(0L).intValue(),
        Duration.ofSeconds(number(in, "within_seconds").orElse(0L)),
        fraction(in, "importance_above"),
        number(in, "access_count_above"),
        number(in, "validation_count_above"),
        object(in, "filter").map(filter -> Filter.parse(Json.write(filter))));
  }

  private static Tier.Demotion readDemotion(Map<?, ?> in) {
    double hours = fraction(in, "idle_hours").orElse(0.0);
    return new Tier.Demotion(
        Times.duration(Math.round(hours * MICROS_PER_HOUR)),
        number(in, "access_count_below").orElse(Long.MAX_VALUE));
  }

  private static Optional<Long> number(Map<?, ?> in, String key) {
    return Optional.ofNullable((Number) in.get(key)).map(Number::longValue);
  }

  private static Optional<Double> fraction(Map<?, ?> in, String key) {
    return Optional.ofNullable((Number) in.get(key)).map(Number::doubleValue);
  }

  private static Optional<Map<?, ?>> object(Map<?, ?> in, String key) {
    return in.get(key) instanceof Map<?, ?> map ? Optional.of(map) : Optional.empty();
  }
}
