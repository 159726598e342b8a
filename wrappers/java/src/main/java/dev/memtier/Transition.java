package dev.memtier;

import java.time.Instant;
import java.util.Optional;

/**
 * A row of the transition log.
 *
 * @param id which item
 * @param fromTier from where
 * @param toTier to where; empty: it was removed
 * @param time when
 * @param reason why: "capacity", "reads", "importance", "access_count", "validation", "idle",
 *     "manual", "evicted" or "expired"
 */
public record Transition(
    String id, String fromTier, Optional<String> toTier, Instant time, String reason) {}
