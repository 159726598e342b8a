import dev.memtier.Field;
import dev.memtier.Hit;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Query;
import dev.memtier.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A first program: remembers three things about Ada, and finds them again. */
public class First {
  public static void main(String[] arguments) {
    Scope ada = Scope.ofUser("ada");
    try (MemoryStore store = MemoryStore.open(Path.of("agent.mem"))) {
      store.putMany(List.of(
          MemoryItem.of("Ada likes green tea").id("tea").scope(ada).tag("drink")
              .metadata(Map.of("said", "at breakfast")),
          MemoryItem.of("Ada is allergic to hazelnuts").id("nuts").scope(ada).tag("health")
              .importance(0.9),
          MemoryItem.of("Ada moved to Bari").id("bari").scope(ada)));

      Query query = Query.text("what is Ada allergic to?").filter(Field.TAGS.eq("health"));
      for (Hit hit : store.search(ada, query)) {
        System.out.printf("%.2f  %s%n", hit.score(), hit.item().content());
      }
    }
  }
}
