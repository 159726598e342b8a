package dev.memtier;

import dev.memtier.Vectors.Document;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The steps of the vectors about collections, conversations and contexts. */
final class MemorySteps {
  private final Machine machine;
  private final Keys step;
  private final MemoryStore store;
  private final Scope scope;
  private final Agent agent;

  MemorySteps(Machine machine) {
    this.machine = machine;
    step = machine.step;
    store = machine.store;
    scope = machine.scope;
    agent = store.agent(scope);
  }

  void act(String call) {
    switch (call) {
      case "collection_create" -> {
        Keys keys = Keys.of(step.source("collection"));
        String name = keys.text("name");
        String description = keys.text("description");
        keys.finish();
        store.collections().create(name, description);
      }
      case "collections" -> machine.expect(
          "rows",
          store.collections().list(scope, machine.control).stream()
              .map(one -> List.of(one.name(), one.description(), "" + one.items()))
              .toList());
      case "collection_drop" -> {
        DropMode mode = step.flag("with_items", false) ? DropMode.WITH_ITEMS : DropMode.EMPTY;
        machine.expect(
            "count", store.collections().drop(step.text("name"), mode, machine.control));
      }
      case "collection_copy" -> machine.expect(
          "count",
          store.collections().copy(
              scope,
              machine.filter(),
              step.text("to"),
              machine.mode(),
              machine.durability(),
              machine.control));
      case "collection_move" -> machine.expect(
          "count",
          store.collections().move(
              scope,
              machine.filter(),
              step.text("to"),
              machine.mode(),
              machine.durability(),
              machine.control));
      case "recent" -> {
        Duration within = Duration.of(Math.round(step.fraction("seconds") * 1e6), ChronoUnit.MICROS);
        expectTurns(agent.recentTurns(within, (int) step.number("limit", 100)));
      }
      case "turn_context" -> expectTurns(agent.turnContext(context("last"), machine.control));
      case "sessions" -> machine.expect(
          "rows",
          agent.sessions((int) step.number("limit", 100)).stream()
              .map(one -> List.of(one.scope().session().orElse(""), "" + one.turns()))
              .toList());
      case "remember" -> {
        String key = step.text("key");
        double importance = step.has("importance") ? step.fraction("importance") : 0.5;
        machine.expectItem(agent.remember(key, step.text("value"), importance));
      }
      case "active" -> machine.expect(
          "texts",
          agent.activeContext(context("short_term"), machine.control).stream()
              .map(MemoryItem::content)
              .toList());
      case "know", "believe", "history", "contradictions", "episode", "around", "record" ->
          new RememberedSteps(machine, agent).act(call);
      default -> talk(call, store.conversation(scope));
    }
  }

  private void talk(String call, Conversation talk) {
    switch (call) {
      case "say" -> {
        Turn turn = turn(step.source("turn"));
        Turn kept = talk.append(turn, step.number("version", 0), machine.durability());
        machine.expectItem(kept.item().orElseThrow());
      }
      case "say_many" -> expectTurns(
          talk.appendMany(
              turns(), step.number("version", 0), machine.durability(), machine.control));
      case "last" -> {
        Conversation.History history = talk.last((int) step.number("limit", 100));
        expectTurns(history.turns());
        machine.expect("conversation_version", history.version());
      }
      case "replace" -> {
        List<Turn> turns = turns();
        machine.expect(
            "count",
            talk.replace(turns, step.number("version", 0), machine.durability()).changed());
      }
      default -> throw new AssertionError("\"" + call + "\" is no step");
    }
  }

  private void expectTurns(List<Turn> turns) {
    machine.expect("texts", turns.stream().map(Turn::text).toList());
  }

  private List<Turn> turns() {
    List<Turn> turns = new ArrayList<>();
    for (Document turn : step.elements("turns")) {
      turns.add(turn(turn.text()));
    }
    return turns;
  }

  @SuppressWarnings("unchecked")
  private static Turn turn(String json) {
    Keys keys = Keys.of(json);
    Role role = Role.valueOf(keys.text("role").toUpperCase(java.util.Locale.ROOT));
    Turn turn = keys.has("content") ? Turn.of(role, keys.text("content")) : Turn.of(role);
    if (keys.has("parts")) {
      List<Part> parts = new ArrayList<>();
      for (Document part : keys.elements("parts")) {
        parts.add(new Part((Map<String, Object>) JsonReader.read(part.text())));
      }
      turn = turn.withParts(parts);
    }
    if (keys.has("name")) turn = turn.withName(keys.text("name"));
    if (keys.has("state")) turn = turn.withState(keys.object("state"));
    if (keys.has("metadata")) turn = turn.withMetadata(keys.object("metadata"));
    if (keys.has("tags")) turn = turn.withTags(keys.texts("tags").toArray(String[]::new));
    if (keys.has("tier")) turn = turn.withTier(keys.text("tier"));
    if (keys.has("importance")) turn = turn.withImportance(keys.fraction("importance"));
    if (keys.has("created_us")) {
      turn = turn.withCreatedAt(Instant.EPOCH.plus(keys.number("created_us", 0), ChronoUnit.MICROS));
    }
    keys.finish();
    return turn;
  }

  private ContextQuery context(String newest) {
    Keys keys = Keys.of(step.has("context") ? step.source("context") : "{}");
    ContextQuery query = ContextQuery.about(keys.text("text"));
    if (keys.has(newest)) query = query.newest((int) keys.number(newest, 0));
    if (keys.has("max_items")) query = query.maxItems((int) keys.number("max_items", 0));
    if (keys.has("max_tokens")) query = query.maxTokens(keys.number("max_tokens", 0));
    query = query.excluding(keys.texts("exclude"));
    if (keys.has("filter")) query = query.filter(Filter.parse(keys.source("filter")));
    keys.finish();
    return query;
  }
}
