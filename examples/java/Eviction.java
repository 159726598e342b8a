import dev.memtier.Field;
import dev.memtier.Filter;
import dev.memtier.Ladder;
import dev.memtier.LogLevel;
import dev.memtier.Medium;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Scope;
import dev.memtier.Tier;

/** An eviction order of one's own: of a full tier, the longest items go first. */
public class Eviction {
  public static void main(String[] arguments) {
    Ladder ladder =
        Ladder.of(Tier.of("near", Medium.RAM).withCapacity(2), Tier.of("far", Medium.DATABASE));
    try (MemoryStore store = MemoryStore.inMemory()
        .ladder(ladder)
        .log(LogLevel.WARNING, (level, line) -> System.err.println(level + " " + line))
        .evictionScorer((candidates, scores) -> {
          long[] sizes = candidates.sizes();
          for (int i = 0; i < scores.length; i++) {
            scores[i] = -sizes[i]; // the lowest go first
          }
          return true;
        })
        .build()) {
      store.put(MemoryItem.of("tea").id("short"));
      store.put(MemoryItem.of("a long story about tea").id("long"));
      store.put(MemoryItem.of("ink").id("also short"));

      Filter longOne = Field.TIER.eq("far").and(Field.ID.eq("long"));
      boolean isFar = store.count(Scope.DEFAULT, longOne) == 1;
      System.out.println("the long one lies in \"far\": " + isFar);
      if (!isFar) {
        throw new AssertionError("the long one goes first");
      }
    }
  }
}
