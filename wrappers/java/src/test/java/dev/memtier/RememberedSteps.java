package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** The steps of the vectors about knowledge, episodes and runs. */
final class RememberedSteps {
  private final Machine machine;
  private final Keys step;
  private final Agent agent;

  RememberedSteps(Machine machine, Agent agent) {
    this.machine = machine;
    this.agent = agent;
    step = machine.step;
  }

  void act(String call) {
    switch (call) {
      case "know" -> expectKept(knowledge("knowledge"));
      case "believe" -> {
        Knowledge change = knowledge("change");
        long version = step.number("version", 0);
        machine.expectItem(
            agent
                .updateKnowledge(step.text("id"), change, version, machine.durability())
                .item()
                .orElseThrow());
      }
      case "history" -> machine.expect(
          "texts",
          agent.knowledgeHistory(step.text("id"), (int) step.number("limit", 100)).stream()
              .map(Knowledge::text)
              .toList());
      case "contradictions" -> machine.expect(
          "rows",
          agent
              .contradictions(machine.filter(), (int) step.number("limit", 100), machine.control)
              .stream()
              .map(one ->
                  List.of(one.subject(), one.attribute(), one.first().id(), one.second().id()))
              .toList());
      case "episode" -> expectKept(episode());
      case "around" -> machine.expect(
          "texts",
          agent.around(around(), machine.control).stream().map(MemoryItem::content).toList());
      case "record" -> expectKept(run());
      default -> throw new AssertionError("\"" + call + "\" is no step");
    }
  }

  private void expectKept(Remembered<?> one) {
    machine.expectItem(agent.put(one, machine.durability()));
  }

  private static Instant time(Keys keys, String key) {
    return Instant.EPOCH.plus(keys.number(key, 0), ChronoUnit.MICROS);
  }

  private static Object anything(Keys keys, String key) {
    return JsonReader.read(keys.source(key));
  }

  private Knowledge knowledge(String name) {
    Keys keys = Keys.of(step.source(name));
    Knowledge one = Knowledge.UNCHANGED;
    if (keys.has("id")) one = one.withId(keys.text("id"));
    if (keys.has("content")) one = one.withText(keys.text("content"));
    if (keys.has("subject")) one = one.withSubject(keys.text("subject"));
    if (keys.has("attribute")) one = one.withAttribute(keys.text("attribute"));
    if (keys.has("value")) {
      Object value = anything(keys, "value");
      one = value == null ? one.withoutValue() : one.withValue(value);
    }
    if (keys.has("category")) one = one.withCategory(keys.text("category"));
    if (keys.has("source")) one = one.withSource(keys.text("source"));
    if (keys.has("valid_from_us")) one = one.validFrom(time(keys, "valid_from_us"));
    if (keys.has("valid_until_us")) one = one.validUntil(time(keys, "valid_until_us"));
    if (keys.has("tags")) one = one.withTags(keys.texts("tags").toArray(String[]::new));
    if (keys.has("importance")) one = one.withImportance(keys.fraction("importance"));
    if (keys.has("metadata")) one = one.withMetadata(keys.object("metadata"));
    keys.finish();
    return one;
  }

  @SuppressWarnings("unchecked")
  private Episode episode() {
    Keys keys = Keys.of(step.source("episode"));
    Episode one = Episode.of(keys.text("content"));
    if (keys.has("id")) one = one.withId(keys.text("id"));
    if (keys.has("title")) one = one.withTitle(keys.text("title"));
    if (keys.has("location")) one = one.withLocation(keys.text("location"));
    if (keys.has("participants")) {
      one = one.withParticipants(keys.texts("participants").toArray(String[]::new));
    }
    if (keys.has("emotions")) {
      one = one.with("emotions", (Map<String, Object>) anything(keys, "emotions"));
    }
    if (keys.has("started_us")) one = one.startedAt(time(keys, "started_us"));
    if (keys.has("ended_us")) one = one.endedAt(time(keys, "ended_us"));
    if (keys.has("metadata")) one = one.withMetadata(keys.object("metadata"));
    keys.finish();
    return one;
  }

  private AroundQuery around() {
    Keys keys = Keys.of(step.source("around"));
    AroundQuery query = keys.has("id") ? AroundQuery.ofItem(keys.text("id")) : AroundQuery.NOW;
    if (keys.has("at_us")) query = AroundQuery.of(time(keys, "at_us"));
    if (keys.has("within_us")) {
      query = query.within(Duration.of(keys.number("within_us", 0), ChronoUnit.MICROS));
    }
    if (keys.has("limit")) query = query.limit((int) keys.number("limit", 0));
    if (keys.has("filter")) query = query.filter(Filter.parse(keys.source("filter")));
    keys.finish();
    return query;
  }

  private RunRecord run() {
    Keys keys = Keys.of(step.source("run"));
    RunRecord one = RunRecord.of(keys.text("name"));
    if (keys.has("id")) one = one.withId(keys.text("id"));
    if (keys.has("input")) one = one.withInput(anything(keys, "input"));
    if (keys.has("result")) one = one.withResult(anything(keys, "result"));
    if (keys.has("error")) one = one.withError(keys.text("error"));
    if (keys.has("success")) one = one.succeeded(keys.flag("success", true));
    if (keys.has("started_us")) one = one.startedAt(time(keys, "started_us"));
    if (keys.has("duration_us")) {
      one = one.took(Duration.of(keys.number("duration_us", 0), ChronoUnit.MICROS));
    }
    if (keys.has("metadata")) one = one.withMetadata(keys.object("metadata"));
    keys.finish();
    return one;
  }
}
