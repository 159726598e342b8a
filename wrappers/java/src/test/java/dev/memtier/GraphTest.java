package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Associations: the vectors, and what they do not say. */
class GraphTest {
  private static GraphNode node(Object value) {
    return value instanceof String id ? GraphNode.item(id) : GraphNode.of(value);
  }

  private static String name(GraphNode node) {
    return (node.isConcept() ? "#" : "") + node.name();
  }

  private static Link link(Map<?, ?> document) {
    Link link = Link.of(node(document.get("source")), node(document.get("target")));
    if (document.get("kind") instanceof String kind) {
      link = link.withKind(kind);
    }
    if (document.get("weight") instanceof Number weight) {
      link = link.withWeight(weight.doubleValue());
    }
    return link;
  }

  private static GraphQuery query(Document test) {
    GraphQuery query = GraphQuery.DEFAULT;
    for (Map.Entry<String, Object> member : test.value().entrySet()) {
      Object value = member.getValue();
      query =
          switch (member.getKey()) {
            case "direction" -> query.direction(
                GraphQuery.Direction.valueOf(((String) value).toUpperCase(Locale.ROOT)));
            case "kinds" -> query.kinds(test.strings("kinds").toArray(new String[0]));
            case "min_strength" -> query.minStrength(((Number) value).doubleValue());
            case "limit" -> query.limit(((Number) value).intValue());
            case "by_strength" -> query.byStrength();
            case "max_hops" -> query.maxHops(((Number) value).intValue());
            case "max_nodes" -> query.maxNodes(((Number) value).intValue());
            case "hops" -> query.hops(((Number) value).intValue());
            case "decay" -> query.decay(((Number) value).doubleValue());
            case "threshold" -> query.threshold(((Number) value).doubleValue());
            default -> query;
          };
    }
    return query;
  }

  private static LinkQuery links(Document test) {
    LinkQuery query = LinkQuery.ALL;
    if (test.has("source")) {
      query = query.source(node(test.value().get("source")));
    }
    if (test.has("target")) {
      query = query.target(node(test.value().get("target")));
    }
    if (test.has("kind")) {
      query = query.kind(test.string("kind"));
    }
    if (test.has("min_strength")) {
      query = query.minStrength(((Number) test.value().get("min_strength")).doubleValue());
    }
    return query;
  }

  private static List<String> spread(Graph graph, Document test) {
    Map<GraphNode, Double> seeds = new LinkedHashMap<>();
    for (Object seed : (List<?>) test.value().get("seeds")) {
      seeds.put(node(seed), 1.0);
    }
    Graph.Spread spread = graph.spread(seeds, query(test));
    if (test.value().get("activations") instanceof List<?> activations) {
      for (int i = 0; i < activations.size(); i++) {
        double expected = ((Number) activations.get(i)).doubleValue();
        assertEquals(expected, spread.nodes().get(i).activation(), 1e-6, test.toString());
      }
    }
    return spread.nodes().stream().map(found -> name(found.node())).toList();
  }

  private static List<String> run(Graph graph, Document test) {
    Map<String, Object> value = test.value();
    return switch (test.string("do")) {
      case "neighbours" -> graph.neighbours(node(value.get("node")), query(test)).stream()
          .map(found -> name(found.node()))
          .toList();
      case "path" -> graph.path(node(value.get("from")), node(value.get("to")), query(test))
          .nodes().stream()
          .map(GraphTest::name)
          .toList();
      case "spread" -> spread(graph, test);
      case "links" -> graph.list(links(test)).links().stream()
          .map(link -> name(link.source()) + ">" + name(link.target()))
          .toList();
      case "concepts" -> graph
          .concepts(test.has("prefix") ? test.string("prefix") : "", 100, "")
          .concepts()
          .stream()
          .map(found -> name(found.node()))
          .toList();
      case "put" -> {
        graph.put(link((Map<?, ?>) value.get("link")));
        yield List.of();
      }
      default -> throw new AssertionError(test.toString());
    };
  }

  @Test
  void findsWhatTheVectorsSay() {
    int cases = 0;
    try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
      for (Document item : Vectors.load("graph.json", "items")) {
        store.put(ItemDraft.fromJson(item.text()).scope(Vectors.scopeOf(item.value())));
      }
      List<Link> all = new ArrayList<>();
      Vectors.load("graph.json", "links").forEach(document -> all.add(link(document.value())));
      store.graph().putAll(all);
      for (Document test : Vectors.load("graph.json", "cases")) {
        cases++;
        Graph graph = store.graph(test.scope());
        if (test.has("status")) {
          MemtierException failure =
              assertThrows(MemtierException.class, () -> run(graph, test), test::toString);
          assertEquals(test.string("status"), failure.status().name(), test.toString());
        } else {
          assertEquals(test.strings("ids"), run(graph, test), test.toString());
        }
      }
    }
    assertTrue(cases >= 37, cases + " cases");
  }

  @Test
  void linksAreReadAsTheyWerePut() {
    GraphNode tea = GraphNode.item("tea");
    GraphNode cup = GraphNode.item("cup");
    try (MemoryStore store = MemoryStore.inMemory().clock(new ManualClock()).build()) {
      store.put(MemoryItem.of("a tea").id("tea"));
      store.put(MemoryItem.of("a cup").id("cup"));
      Graph graph = store.graph();
      graph.durability(Durability.FULL).createConcept("drinks", "what is drunk");
      assertThrows(AlreadyExistsException.class, () -> graph.createConcept("drinks", ""));
      graph.put(Link.of(tea, GraphNode.concept("drinks")).withKind("is_a"));
      graph.put(Link.of(tea, cup).withWeight(0.5));
      graph.strengthen(Link.of(tea, cup).withWeight(0.25));
      Link link = graph.get(tea, cup, Link.RELATED).orElseThrow();
      assertEquals(0.75, link.weight());
      assertEquals(0.75, link.strength());
      assertEquals(link.made(), link.put());
      Graph.LinkPage first = graph.list(LinkQuery.ALL.limit(1));
      Graph.LinkPage second = graph.list(LinkQuery.ALL.after(first.after().orElseThrow()));
      assertEquals(1, second.links().size());
      assertEquals(Optional.empty(), second.after());
      Graph.Concept concept = graph.concepts("", 10, "").concepts().get(0);
      assertEquals(Optional.of("what is drunk"), concept.description());
      assertEquals(1, concept.links());
      assertTrue(graph.export(GraphQuery.DEFAULT.around(tea)).contains("\"label\":\"a tea\""));
      assertTrue(graph.draw(GraphQuery.DEFAULT).startsWith("digraph memtier {"));
      graph.deleteConcept("drinks");
      assertThrows(NotFoundException.class, () -> graph.deleteConcept("drinks"));
      assertEquals(1, graph.delete(LinkQuery.ALL.source(tea)));
      assertEquals(Optional.empty(), graph.get(tea, cup, Link.RELATED));
      try (CancelToken token = new CancelToken()) {
        token.trip();
        Graph stopped = graph.control(Control.of(token));
        assertThrows(
            CancelledException.class,
            () -> stopped.spread(Map.of(tea, 1.0), GraphQuery.DEFAULT));
      }
    }
  }

  @Test
  void linksAreLearnedWhereThatIsWanted() {
    try (MemoryStore store =
        MemoryStore.inMemory().learnLinks(1).linkHalfLife(Duration.ZERO).build()) {
      for (String id : List.of("a", "b")) {
        store.put(MemoryItem.of("text").id(id));
        store.get(id);
      }
      store.flush();
      assertEquals(
          0.1,
          store
              .graph()
              .get(GraphNode.item("a"), GraphNode.item("b"), Link.READ_TOGETHER)
              .orElseThrow()
              .weight());
    }
  }
}
