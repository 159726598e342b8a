package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The associations of a {@link MemoryStore} as one scope shows them: links between items and
 * concepts, and walks along them. A link is seen only where both its ends are. Immutable; get one
 * from {@link MemoryStore#graph}.
 */
public final class Graph {
  private final MemoryStore store;
  private final Scope scope;
  private final Durability durability;
  private final Control control;

  /**
   * A page of a list.
   *
   * @param links the links
   * @param after to go on behind them; empty: there are no more
   */
  public record LinkPage(List<Link> links, Optional<String> after) {}

  /**
   * A name that things are linked with.
   *
   * @param node its node, with where it is filed
   * @param description what it is
   * @param made when
   * @param links how many the scope shows
   */
  public record Concept(
      GraphNode node, Optional<String> description, Instant made, long links) {}

  /**
   * A page of a list.
   *
   * @param concepts the concepts, in the order of their names
   * @param after to go on behind them; empty: there are no more
   */
  public record ConceptPage(List<Concept> concepts, Optional<String> after) {}

  /**
   * A node with the link that joins it.
   *
   * @param node the node
   * @param kind of the link
   * @param outgoing whether the link leads to it
   * @param weight of the link
   * @param strength of the link
   */
  public record Neighbour(
      GraphNode node, String kind, boolean outgoing, double weight, double strength) {}

  /**
   * How one node leads to another.
   *
   * @param nodes from the first to the last
   * @param links between each and the next
   */
  public record GraphPath(List<GraphNode> nodes, List<Link> links) {}

  /**
   * A node that activation reached.
   *
   * @param node the node
   * @param activation how much
   * @param hops in which hop
   */
  public record Activated(GraphNode node, double activation, int hops) {}

  /**
   * What came to mind.
   *
   * @param nodes all but the seeds, the strongest first
   * @param activated how many in all
   * @param truncated more were reached than there may be
   */
  public record Spread(List<Activated> nodes, long activated, boolean truncated) {}

  /** One of the calls that take a document and a control, and give a document. */
  private interface Ask {
    int call(
        long store, long scope, byte[] document, long[] control, long[] out, long[] error);
  }

  Graph(MemoryStore store, Scope scope, Durability durability, Control control) {
    this.store = store;
    this.scope = Objects.requireNonNull(scope, "scope");
    this.durability = Objects.requireNonNull(durability, "durability");
    this.control = Objects.requireNonNull(control, "control");
  }

  /**
   * This graph, with another durability of its writes.
   *
   * @param level default the store's
   * @return the graph
   */
  public Graph durability(Durability level) {
    return new Graph(store, scope, level, control);
  }

  /**
   * This graph, with calls that are watched and stopped.
   *
   * @param watch for walks, lists and writes of many
   * @return the graph
   */
  public Graph control(Control watch) {
    return new Graph(store, scope, durability, watch);
  }

  /**
   * Makes a link, or puts another weight in its place. An item at its end must be there; a concept
   * is made where it is not.
   *
   * @param link the link
   * @throws NotFoundException if an item at an end is not there
   */
  public void put(Link link) {
    put(link, false);
  }

  /**
   * Makes a link, or adds the weight to the strength that it has now.
   *
   * @param link the link
   * @throws NotFoundException if an item at an end is not there
   */
  public void strengthen(Link link) {
    put(link, true);
  }

  private void put(Link link, boolean strengthens) {
    Call call = new Call();
    byte[] document = Utf8.encode(Json.write(link.document(strengthens)));
    int level = durability.code;
    int status = Native.linkPut(store.handle, scope.handle(), document, level, call.error);
    keep();
    call.check(status);
  }

  /**
   * Makes many links at once, all or none; the message of a failure tells which it is about.
   *
   * @param links at most {@link Memtier#MAX_BATCH}
   * @throws NotFoundException if an item at an end is not there
   */
  public void putAll(Collection<Link> links) {
    Call call = new Call();
    List<Object> documents = new ArrayList<>();
    for (Link link : links) {
      documents.add(link.document(false));
    }
    byte[] document = Utf8.encode(Json.write(documents));
    long where = scope.handle();
    int level = durability.code;
    long[] watch = control.open();
    int status =
        Native.linkPutMany(store.handle, where, document, level, watch, call.out, call.error);
    keep();
    call.check(status);
  }

  /**
   * Reads a link.
   *
   * @param source from where
   * @param target to where
   * @param kind such as {@link Link#RELATED}
   * @return the link; empty if there is none, or an end of it is not there
   */
  public Optional<Link> get(GraphNode source, GraphNode target, String kind) {
    Call call = new Call();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("source", source.document());
    members.put("target", target.document());
    members.put("kind", kind);
    byte[] document = Utf8.encode(Json.write(members));
    int status = Native.linkGet(store.handle, scope.handle(), document, call.out, call.error);
    keep();
    try {
      call.check(status);
    } catch (NotFoundException none) {
      return Optional.empty();
    }
    return Optional.of(Link.of(JsonReader.read(Images.takeText(call.out[0]))));
  }

  /**
   * Deletes links.
   *
   * @param query which: a source or a target must be given
   * @return how many there were
   */
  public long delete(LinkQuery query) {
    Call call = new Call();
    byte[] document = Utf8.encode(query.toJson());
    long where = scope.handle();
    int level = durability.code;
    int status = Native.linkDelete(store.handle, where, document, level, call.out, call.error);
    keep();
    call.check(status);
    return call.out[0];
  }

  /**
   * Lists links.
   *
   * @param query which
   * @return a page of them
   */
  public LinkPage list(LinkQuery query) {
    Map<String, Object> answer = ask(query.toJson(), Native::linkList);
    return new LinkPage(all(answer, "links").stream().map(Link::of).toList(), after(answer));
  }

  /**
   * Makes a concept, filed under exactly the names of the scope.
   *
   * @param name 1 to 256 bytes
   * @param description what it is; may be empty
   * @throws AlreadyExistsException if it is there
   */
  public void createConcept(String name, String description) {
    Call call = new Call();
    byte[] document =
        Utf8.encode(Json.write(Map.of("name", name, "description", description)));
    int level = durability.code;
    int status = Native.conceptCreate(store.handle, scope.handle(), document, level, call.error);
    keep();
    call.check(status);
  }

  /**
   * Lists concepts in the order of their names.
   *
   * @param prefix of their names; "" all
   * @param limit 1 to 100000
   * @param after of an earlier page; "" from the start
   * @return a page of them
   */
  public ConceptPage concepts(String prefix, int limit, String after) {
    String query = Json.write(Map.of("prefix", prefix, "limit", limit, "after", after));
    Map<String, Object> answer = ask(query, Native::conceptList);
    List<Concept> concepts = new ArrayList<>();
    for (Object one : all(answer, "concepts")) {
      Map<?, ?> document = (Map<?, ?>) one;
      concepts.add(
          new Concept(
              GraphNode.of(document),
              Optional.ofNullable((String) document.get("description")),
              Times.instant(((Number) document.get("created_us")).longValue()),
              ((Number) document.get("links")).longValue()));
    }
    return new ConceptPage(List.copyOf(concepts), after(answer));
  }

  /**
   * Deletes a concept with all its links.
   *
   * @param name its name
   * @throws NotFoundException if there is none
   */
  public void deleteConcept(String name) {
    Call call = new Call();
    byte[] text = Utf8.encode(name);
    int level = durability.code;
    int status = Native.conceptDelete(store.handle, scope.handle(), text, level, call.error);
    keep();
    call.check(status);
  }

  /**
   * What a node is linked with, the strongest first.
   *
   * @param node the node
   * @param query which links, and how many
   * @return the neighbours
   */
  public List<Neighbour> neighbours(GraphNode node, GraphQuery query) {
    String document = query.with("node", node.document()).toJson();
    Map<String, Object> answer = ask(document, Native::graphListNeighbours);
    return all(answer, "neighbours").stream().map(Graph::neighbour).toList();
  }

  private static Neighbour neighbour(Object value) {
    Map<?, ?> document = (Map<?, ?>) value;
    return new Neighbour(
        GraphNode.of(document),
        GraphNode.text(document, "kind"),
        "out".equals(document.get("direction")),
        ((Number) document.get("weight")).doubleValue(),
        ((Number) document.get("strength")).doubleValue());
  }

  /**
   * How one node leads to another.
   *
   * @param from the first node
   * @param to the last
   * @param query which links, and how far
   * @return the path
   * @throws NotFoundException if an end is not there, or no path within the limits
   */
  public GraphPath path(GraphNode from, GraphNode to, GraphQuery query) {
    String document = query.with("from", from.document()).with("to", to.document()).toJson();
    Map<String, Object> answer = ask(document, Native::graphFindPath);
    return new GraphPath(
        all(answer, "nodes").stream().map(GraphNode::of).toList(),
        all(answer, "links").stream().map(Link::of).toList());
  }

  /**
   * What comes to mind: activation spreads from seeds along links, as memtier_graph_spread in
   * memtier.h says.
   *
   * @param seeds where it begins, and with how much
   * @param query which links, and how far
   * @return what was reached
   */
  public Spread spread(Map<GraphNode, Double> seeds, GraphQuery query) {
    List<Object> documents = new ArrayList<>();
    seeds.forEach(
        (node, activation) -> {
          Map<String, Object> seed = node.document();
          seed.put("activation", activation);
          documents.add(seed);
        });
    Map<String, Object> answer =
        ask(query.with("seeds", documents).toJson(), Native::graphSpread);
    List<Activated> nodes = new ArrayList<>();
    for (Object one : all(answer, "nodes")) {
      Map<?, ?> node = (Map<?, ?>) one;
      double activation = ((Number) node.get("activation")).doubleValue();
      int hops = ((Number) node.get("hops")).intValue();
      nodes.add(new Activated(GraphNode.of(node), activation, hops));
    }
    long activated = ((Number) answer.get("activated")).longValue();
    return new Spread(List.copyOf(nodes), activated, Boolean.TRUE.equals(answer.get("truncated")));
  }

  /**
   * A part of the graph as a JSON document: memtier_graph_export in memtier.h.
   *
   * @param query which part
   * @return the document
   */
  public String export(GraphQuery query) {
    return askText(query.with("format", "json").toJson(), Native::graphExport);
  }

  /**
   * A part of the graph for GraphViz.
   *
   * @param query which part
   * @return a digraph
   */
  public String draw(GraphQuery query) {
    return askText(query.with("format", "dot").toJson(), Native::graphExport);
  }

  private Map<String, Object> ask(String question, Ask ask) {
    return JsonReader.readObject(askText(question, ask));
  }

  private String askText(String question, Ask ask) {
    Call call = new Call();
    byte[] document = Utf8.encode(question);
    long where = scope.handle();
    int status =
        ask.call(store.handle, where, document, control.open(), call.out, call.error);
    keep();
    call.check(status);
    return Images.takeText(call.out[0]);
  }

  private static List<?> all(Map<String, Object> answer, String key) {
    return (List<?>) answer.get(key);
  }

  private static Optional<String> after(Map<String, Object> answer) {
    return Optional.ofNullable((String) answer.get("after"));
  }

  private void keep() {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
  }
}
