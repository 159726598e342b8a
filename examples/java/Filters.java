import dev.memtier.Control;
import dev.memtier.Durability;
import dev.memtier.Field;
import dev.memtier.Filter;
import dev.memtier.ItemDraft;
import dev.memtier.Listing;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.MemtierException;
import dev.memtier.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Filters in counts and lists, an error that says where, many items deleted at once. */
public class Filters {
  public static void main(String[] arguments) {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.putMany(List.of(
          note("rent", "The rent is due on the 3rd", "home", 800),
          note("tea", "Ada likes green tea", "taste", 3),
          note("trip", "The trip to Rome cost too much", "travel", 1200)));

      Filter dear = Filter.key("cost").gt(500);
      Filter dearAtHome = dear.and(Filter.key("topic").in("home", "garden"));
      System.out.println(store.count(Scope.DEFAULT, dear) + " cost much, of these "
          + store.count(Scope.DEFAULT, dearAtHome) + " at home");

      Listing byCost = Listing.of(Field.TYPE.eq("note")).descendingBy(Filter.key("cost"));
      try (Stream<MemoryItem> items = store.stream(Scope.DEFAULT, byCost)) {
        items.forEach(item -> System.out.println(
            item.metadataMap().get("cost") + "  " + item.content()));
      }

      try {
        store.count(Scope.DEFAULT, Filter.parse("{\"importance\": {\"$gtt\": 1}}"));
      } catch (MemtierException wrong) {
        System.out.println(wrong.status() + ": " + wrong.getMessage());
      }

      long deleted = store.deleteWhere(Scope.DEFAULT, dear, Durability.FULL, Control.NONE);
      System.out.println(deleted + " deleted");
      if (deleted != 2) {
        throw new AssertionError("two items cost much");
      }
    }
  }

  private static ItemDraft note(String id, String text, String topic, long cost) {
    return MemoryItem.of(text).id(id).type("note").metadata(Map.of("topic", topic, "cost", cost));
  }
}
