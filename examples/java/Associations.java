import dev.memtier.Graph;
import dev.memtier.GraphNode;
import dev.memtier.GraphQuery;
import dev.memtier.Link;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import java.util.List;
import java.util.Map;

/** Links between memories and concepts; what comes to mind, and how one thing leads to another. */
public class Associations {
  public static void main(String[] arguments) {
    GraphNode trip = GraphNode.item("trip");
    GraphNode nuts = GraphNode.item("nuts");
    GraphNode cafe = GraphNode.item("cafe");
    GraphNode bari = GraphNode.concept("Bari");
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.putMany(List.of(
          MemoryItem.of("Ada flies to Bari in June").id("trip"),
          MemoryItem.of("Ada is allergic to hazelnuts").id("nuts"),
          MemoryItem.of("The cafe in Bari bakes with nuts").id("cafe")));
      Graph graph = store.graph();
      graph.putAll(List.of(
          Link.of(trip, bari).withKind("about"),
          Link.of(cafe, bari).withKind("about"),
          Link.of(cafe, nuts).withKind("conflicts")));

      for (Graph.Activated node : graph.spread(Map.of(trip, 1.0), GraphQuery.DEFAULT).nodes()) {
        System.out.printf("%.4f  %s%n", node.activation(), node.node().name());
      }
      Graph.GraphPath path = graph.path(trip, nuts, GraphQuery.DEFAULT);
      if (path.links().size() != 3) {
        throw new AssertionError("the trip leads to the allergy by Bari and the cafe: " + path);
      }
    }
  }
}
