package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent knows, what happened, and what it did. */
class RememberedTest {
  private final MemoryStore store = MemoryStore.inMemory().build();
  private final Agent agent = store.agent(Scope.ofUser("ada"));

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void knowledgeKeepsWhatWasBelieved() {
    Instant from = Instant.parse("2020-01-01T00:00:00Z");
    Instant moved = Instant.parse("2024-05-01T00:00:00Z");
    Knowledge first =
        agent.putKnowledge(
            Knowledge.of("Ada", "lives in", "Rome")
                .withId("home")
                .withSource("herself")
                .withMetadata(Map.of("own", 1))
                .validFrom(from));
    assertEquals("Ada lives in Rome", first.text());
    assertEquals(1, first.number());
    assertEquals(Map.of("own", 1L), first.metadata());
    Knowledge bari = Knowledge.UNCHANGED.withValue("Bari").validFrom(moved);
    agent.updateKnowledge("home", bari, 1, Durability.DEFAULT);
    assertThrows(
        ConflictException.class,
        () -> agent.updateKnowledge("home", bari, 1, Durability.DEFAULT));
    agent.updateKnowledge("home", Knowledge.of("nobody knows").withoutValue());
    List<Knowledge> beliefs = agent.knowledgeHistory("home", 10);
    assertEquals(3, beliefs.size());
    assertEquals(Optional.of(moved), beliefs.get(0).validUntil());
    assertTrue(beliefs.get(0).replacedAt().isPresent());
    assertEquals(Optional.of("Bari"), beliefs.get(1).value());
    assertEquals(Optional.empty(), beliefs.get(2).value());
    assertEquals(Optional.empty(), beliefs.get(2).replacedAt());
    assertEquals(Optional.of("herself"), beliefs.get(2).source());
    assertEquals(Map.of("own", 1L), beliefs.get(2).metadata());
  }

  @Test
  void contradictionsHaveTwoSides() {
    for (String who : List.of("one", "two")) {
      store.agent(Scope.ofUser("ada").withAgent(who)).putKnowledge(Knowledge.of("x", "is", who));
    }
    List<Contradiction> pairs = agent.contradictions(Filter.everything(), 10, Control.NONE);
    assertEquals(1, pairs.size());
    assertEquals("one", pairs.get(0).first().value());
    assertEquals(Optional.of("two"), pairs.get(0).second().scope().agent());
    assertEquals(Optional.empty(), pairs.get(0).until());
  }

  @Test
  void anEpisodeIsFoundAroundItsTime() {
    Instant began = Instant.parse("2025-08-10T08:00:00Z");
    Episode storm =
        agent.putEpisode(
            Episode.of("no ferry")
                .withId("storm")
                .withLocation("Bari")
                .withParticipants("Ada", "Tom")
                .withEmotions(Map.of("fear", 0.6))
                .startedAt(began)
                .endedAt(began.plus(Duration.ofHours(12))));
    assertEquals(Optional.of("Bari, Ada, Tom"), storm.title());
    assertEquals(List.of("Ada", "Tom"), storm.participants());
    assertEquals(0.6, storm.emotions().get("fear").doubleValue());
    AroundQuery noon = AroundQuery.of(began.plus(Duration.ofHours(6)));
    assertEquals(
        List.of("storm"),
        agent.around(noon, Control.NONE).stream().map(MemoryItem::id).toList());
    assertEquals(List.of(), agent.around(AroundQuery.ofItem("storm"), Control.NONE));
  }

  @Test
  void whatIsRunIsRemembered() {
    assertEquals("snow", agent.run("weather", Map.of("city", "Oslo"), () -> "snow"));
    IOException noSeats = new IOException("no seats");
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                agent.run(
                    "book",
                    "a train",
                    () -> {
                      throw noSeats;
                    }));
    assertSame(noSeats, thrown);
    RunRecord weather = RunRecord.of(agent.search(Query.text("oslo")).get(0).item());
    assertEquals("weather", weather.name());
    assertEquals(Optional.of("snow"), weather.result());
    assertTrue(weather.succeeded());
    RunRecord book = RunRecord.of(agent.search(Query.text("train")).get(0).item());
    assertFalse(book.succeeded());
    assertTrue(book.error().orElseThrow().contains("no seats"));
  }

  @Test
  void whatIsNoJsonIsKeptAsItsText() {
    Object odd = new StringBuilder("\ud800");
    assertSame(odd, agent.run("odd", Duration.ofSeconds(1), () -> odd));
    RunRecord run = RunRecord.of(agent.search(Query.text("odd")).get(0).item());
    assertEquals(Optional.of("PT1S"), run.input());
    assertEquals(Optional.of("?"), run.result());
  }

  @Test
  void anAgentConsolidatesItsOwn() {
    agent.remember("seat", "a seat by the window", 0.5);
    store.agent(Scope.ofUser("bob")).remember("seat", "by the aisle", 0.5);
    Consolidation shortTerm = new Consolidation().from("short_term");
    assertEquals(1, agent.consolidate(shortTerm, Control.NONE).moved());
    assertEquals("long_term", agent.recall("seat").orElseThrow().tier());
  }
}
