import dev.memtier.Ladder;
import dev.memtier.Medium;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Scope;
import dev.memtier.Tier;
import dev.memtier.Transition;
import dev.memtier.TransitionQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/** A ladder and a clock of one's own; items move, and every move is in the log with its reason. */
public class Tiers {
  /** A clock that is moved by hand. */
  private static final class ManualClock extends Clock {
    private volatile Instant now = Instant.parse("2026-06-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  public static void main(String[] arguments) {
    ManualClock clock = new ManualClock();
    Ladder ladder = Ladder.of(
        Tier.of("near", Medium.RAM).withCapacity(10).withDemotion(Duration.ofHours(24), 2),
        Tier.of("far", Medium.ARCHIVE)
            .withPromotion(Tier.Promotion.NEVER.reads(2, Duration.ofHours(1))));
    try (MemoryStore store = MemoryStore.inMemory().ladder(ladder).clock(clock).build()) {
      store.put(MemoryItem.of("Ada likes green tea").id("tea"));
      clock.now = clock.now.plus(Duration.ofDays(2));
      System.out.println("demoted: " + store.optimize().demoted());

      store.get("tea");
      store.get("tea");
      List<Transition> moves = store.transitions(Scope.DEFAULT, TransitionQuery.newest(10));
      for (Transition move : moves) {
        System.out.println(move.id() + ": " + move.fromTier() + " -> "
            + move.toTier().orElse("removed") + " (" + move.reason() + ", " + move.time() + ")");
      }
      if (moves.size() != 2) {
        throw new AssertionError("down by idleness, up by reads: " + moves);
      }
    }
  }
}
