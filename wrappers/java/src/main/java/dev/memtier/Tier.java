package dev.memtier;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A tier of a {@link Ladder}.
 *
 * @param name 1 to 63 bytes, unique
 * @param medium where its items lie
 * @param capacityItems 0 unbounded
 * @param capacityBytes 0 unbounded
 * @param ttl default time to live of items put into it; whole seconds
 * @param latencyBudget what a read should take at most; for the metrics
 * @param promotion when a read brings an item one tier up
 * @param demotion what {@link MemoryStore#optimize} takes one tier down
 * @param target of {@link Medium#EXTERNAL}: a folder, from the store's file on unless it begins with /
 */
public record Tier(
    String name,
    Medium medium,
    long capacityItems,
    long capacityBytes,
    Optional<Duration> ttl,
    Optional<Duration> latencyBudget,
    Optional<Promotion> promotion,
    Optional<Demotion> demotion,
    Optional<String> target) {

  /**
   * When a read brings an item up: any of these.
   *
   * @param reads so many reads, 1 to 3, within {@code within}; 0 never
   * @param within in which time; whole seconds
   * @param importanceAbove an importance above this
   * @param accessCountAbove more reads in all than this
   * @param validationCountAbove more confirmations than this
   * @param filter what holds for the item once the read is counted
   */
  public record Promotion(
      int reads,
      Duration within,
      Optional<Double> importanceAbove,
      Optional<Long> accessCountAbove,
      Optional<Long> validationCountAbove,
      Optional<Filter> filter) {
    /** Never. */
    public static final Promotion NEVER =
        new Promotion(
            0,
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * By reads in a time.
     *
     * @param reads 1 to 3
     * @param within in which time
     * @return the rule
     */
    public Promotion reads(int reads, Duration within) {
      return new Promotion(
          reads, within, importanceAbove, accessCountAbove, validationCountAbove, filter);
    }

    /**
     * By importance.
     *
     * @param above 0 to 1
     * @return the rule
     */
    public Promotion importance(double above) {
      return new Promotion(
          reads, within, Optional.of(above), accessCountAbove, validationCountAbove, filter);
    }

    /**
     * By reads in all.
     *
     * @param above 0 or more
     * @return the rule
     */
    public Promotion accessCount(long above) {
      return new Promotion(
          reads, within, importanceAbove, Optional.of(above), validationCountAbove, filter);
    }

    /**
     * By confirmations.
     *
     * @param above 0 or more
     * @return the rule
     */
    public Promotion validationCount(long above) {
      return new Promotion(
          reads, within, importanceAbove, accessCountAbove, Optional.of(above), filter);
    }

    /**
     * By what the item is once the read is counted.
     *
     * @param filter any but one that asks an index
     * @return the rule
     */
    public Promotion filter(Filter filter) {
      return new Promotion(
          reads,
          within,
          importanceAbove,
          accessCountAbove,
          validationCountAbove,
          Optional.of(filter));
    }
  }

  /**
   * What goes down: both must hold.
   *
   * @param idle not read for so long
   * @param accessCountBelow read less often than this
   */
  public record Demotion(Duration idle, long accessCountBelow) {}

  /**
   * Checks that all is there.
   *
   * @param name 1 to 63 bytes, unique
   * @param medium where its items lie
   * @param capacityItems 0 unbounded
   * @param capacityBytes 0 unbounded
   * @param ttl default time to live
   * @param latencyBudget what a read should take at most
   * @param promotion when a read brings an item one tier up
   * @param demotion what is taken one tier down
   * @param target of an external archive
   */
  public Tier {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(medium, "medium");
    Objects.requireNonNull(ttl, "ttl");
    Objects.requireNonNull(latencyBudget, "latencyBudget");
    Objects.requireNonNull(promotion, "promotion");
    Objects.requireNonNull(demotion, "demotion");
    Objects.requireNonNull(target, "target");
  }

  /**
   * An unbounded tier without rules.
   *
   * @param name 1 to 63 bytes, unique
   * @param medium where its items lie
   * @return the tier
   */
  public static Tier of(String name, Medium medium) {
    Optional<Duration> none = Optional.empty();
    return new Tier(
        name, medium, 0, 0, none, none, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * This tier with another capacity.
   *
   * @param items at most so many; 0 unbounded
   * @return the tier
   */
  public Tier withCapacity(long items) {
    return new Tier(
        name, medium, items, capacityBytes, ttl, latencyBudget, promotion, demotion, target);
  }

  /**
   * This tier with another capacity.
   *
   * @param bytes at most so many; 0 unbounded
   * @return the tier
   */
  public Tier withCapacityBytes(long bytes) {
    return new Tier(
        name, medium, capacityItems, bytes, ttl, latencyBudget, promotion, demotion, target);
  }

  /**
   * This tier with another default time to live.
   *
   * @param ttl the time; whole seconds
   * @return the tier
   */
  public Tier withTtl(Duration ttl) {
    return new Tier(
        name,
        medium,
        capacityItems,
        capacityBytes,
        Optional.of(ttl),
        latencyBudget,
        promotion,
        demotion,
        target);
  }

  /**
   * This tier with another budget.
   *
   * @param budget what a read should take at most
   * @return the tier
   */
  public Tier withLatencyBudget(Duration budget) {
    return new Tier(
        name, medium, capacityItems, capacityBytes, ttl, Optional.of(budget), promotion, demotion, target);
  }

  /**
   * This tier with another rule of promotion.
   *
   * @param rule the rule
   * @return the tier
   */
  public Tier withPromotion(Promotion rule) {
    return new Tier(
        name,
        medium,
        capacityItems,
        capacityBytes,
        ttl,
        latencyBudget,
        Optional.of(rule),
        demotion,
        target);
  }

  /**
   * This tier with another rule of demotion.
   *
   * @param idle not read for so long
   * @param accessCountBelow and read less often than this
   * @return the tier
   */
  public Tier withDemotion(Duration idle, long accessCountBelow) {
    return new Tier(
        name,
        medium,
        capacityItems,
        capacityBytes,
        ttl,
        latencyBudget,
        promotion,
        Optional.of(new Demotion(idle, accessCountBelow)),
        target);
  }

  /**
   * An external archive: the last tier of its ladder.
   *
   * @param name 1 to 63 bytes, unique
   * @param folder of its blocks, from the store's file on unless it begins with /
   * @return the tier
   */
  public static Tier external(String name, String folder) {
    Tier tier = of(name, Medium.EXTERNAL);
    return new Tier(
        name,
        tier.medium,
        0,
        0,
        tier.ttl,
        tier.latencyBudget,
        tier.promotion,
        tier.demotion,
        Optional.of(folder));
  }
}
