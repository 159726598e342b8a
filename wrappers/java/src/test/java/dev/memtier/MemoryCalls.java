package dev.memtier;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.function.Executable;

/** Every call about conversations, agents and associations, for {@link LifetimeTest}. */
final class MemoryCalls {
  private MemoryCalls() {}

  static void add(Map<String, Executable> calls, MemoryStore store, Scope scope) {
    Control none = Control.NONE;
    Conversation talk = store.conversation(scope.withSession("s1"));
    calls.put("conversation append", () -> talk.append(Turn.user("tea")));
    calls.put("conversation appendMany", () -> talk.appendMany(List.of(Turn.user("tea"))));
    calls.put("conversation last", () -> talk.last(3));
    calls.put("conversation replace", () -> talk.replace(List.of(Turn.user("tea"))));
    calls.put("conversation context", () -> talk.context(ContextQuery.DEFAULT));
    calls.put("sessions", () -> store.agent(scope).sessions(3));
    calls.put("recentTurns", () -> store.agent(scope).recentTurns(Duration.ofHours(1), 3));
    calls.put("turnContext", () -> store.agent(scope).turnContext(ContextQuery.DEFAULT, none));
    calls.put("remember", () -> store.agent(scope).remember("k", "tea", 0.9));
    calls.put("activeContext", () -> store.agent(scope).activeContext(ContextQuery.DEFAULT, none));
    calls.put("recall", () -> store.agent(scope).recall("a"));
    calls.put("agent search", () -> store.agent(scope).search(Query.text("tea")));
    calls.put("putKnowledge", () -> store.agent(scope).putKnowledge(Knowledge.of("tea")));
    calls.put("knowledge",
        () -> {
          Agent agent = store.agent(scope);
          String id = agent.putKnowledge(Knowledge.of("tea is hot")).id();
          agent.updateKnowledge(id, Knowledge.of("tea was hot"));
          agent.knowledgeHistory(id, 2);
        });
    calls.put("contradictions",
        () -> store.agent(scope).contradictions(Filter.everything(), 1, none));
    calls.put("putEpisode", () -> store.agent(scope).putEpisode(Episode.of("tea was made")));
    calls.put("around", () -> store.agent(scope).around(AroundQuery.NOW, none));
    calls.put("recordRun", () -> store.agent(scope).recordRun(RunRecord.of("make tea")));
    calls.put("agent run", () -> store.agent(scope).run("make tea", "green", () -> "hot"));
    GraphNode node = GraphNode.item("a");
    GraphNode concept = GraphNode.concept("c");
    calls.put("graph put", () -> store.graph().put(Link.of(node, concept)));
    calls.put("graph strengthen", () -> store.graph(scope).list(LinkQuery.ALL));
    calls.put("graph putAll", () -> store.graph().putAll(List.of(Link.of(node, concept))));
    calls.put("graph get", () -> store.graph().get(node, concept, Link.RELATED));
    calls.put("graph delete", () -> store.graph().delete(LinkQuery.ALL.source(node).kind("none")));
    calls.put("graph list", () -> store.graph().list(LinkQuery.ALL));
    calls.put("graph concepts", () -> store.graph().concepts("", 1, ""));
    calls.put("graph concept",
        () -> {
          String name = "concept of " + Thread.currentThread().getName();
          store.graph().createConcept(name, "");
          store.graph().deleteConcept(name);
        });
    calls.put("graph neighbours", () -> store.graph().neighbours(node, GraphQuery.DEFAULT));
    calls.put("graph path", () -> store.graph().path(node, node, GraphQuery.DEFAULT));
    calls.put("graph spread", () -> store.graph().spread(Map.of(node, 1.0), GraphQuery.DEFAULT));
    calls.put("graph export", () -> store.graph().export(GraphQuery.DEFAULT));
    calls.put("graph draw", () -> store.graph().draw(GraphQuery.DEFAULT));
  }
}
