package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.internal.Callbacks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Conversations, and what of all this fits into a prompt. */
class ConversationTest {
  private static final Scope ADA = Scope.ofUser("ada");
  private static final Scope SESSION = ADA.withSession("s1");

  private static List<String> texts(List<Turn> turns) {
    return turns.stream().map(Turn::text).toList();
  }

  private static List<Turn> said(String... texts) {
    return List.of(texts).stream().map(Turn::user).toList();
  }

  @Test
  void aTurnComesBackAsItWas() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      Conversation talk = store.conversation(SESSION);
      Turn given =
          Turn.of(
                  Role.ASSISTANT,
                  Part.text("Let me look \ud83c\udf75"),
                  Part.toolCall("c1", "weather", Map.of("city", "Bari")),
                  new Part(Map.of("type", "image", "url", "x.png")))
              .withName("Max")
              .withState(Map.of("asked", 1L))
              .withMetadata(Map.of("mood", "glad"))
              .withTags("x")
              .withImportance(0.7);
      assertEquals("Let me look \ud83c\udf75", talk.append(given).text());
      List<Turn> turns = talk.last(10).turns();
      Turn turn = turns.get(0);
      assertEquals(Role.ASSISTANT, turn.role());
      assertEquals(Optional.of("Max"), turn.name());
      assertEquals(1, turn.sequence());
      assertEquals("s1#000000001", turn.item().orElseThrow().id());
      assertEquals(List.of("text", "tool_call", "image"), turn.parts().stream().map(Part::type).toList());
      assertEquals(Optional.of(Map.of("asked", 1L)), turn.state());
      assertEquals(Map.of("mood", "glad"), turn.metadata());
      assertEquals(new Conversation.Replacement(2, 0), talk.replace(turns)); // nothing differs
      MemoryItem other = store.put(MemoryItem.of("x"));
      assertThrows(IllegalArgumentException.class, () -> Turn.of(other));
    }
  }

  @Test
  void aConversationIsAppendedToReadAndReplaced() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      Conversation talk = store.conversation(SESSION);
      long empty = talk.last(1).version();
      talk.appendMany(said("a", "b", "c"), empty, Durability.FULL, Control.NONE);
      assertThrows(
          ConflictException.class,
          () -> talk.append(Turn.user("d"), empty, Durability.DEFAULT));
      assertThrows(
          ConflictException.class, () -> talk.replace(List.of(), empty, Durability.DEFAULT));
      Conversation.History history = talk.last(2);
      assertEquals(List.of("b", "c"), texts(history.turns()));
      var done = talk.replace(said("a", "B", "c"), history.version(), Durability.DEFAULT);
      assertEquals(1, done.changed());
      assertEquals(done.version(), talk.last(1).version());
      store.conversation(ADA.withSession("s2")).append(Turn.user("elsewhere"));
      List<Session> sessions = store.agent(ADA).sessions(10);
      assertEquals(2, sessions.size());
      assertEquals(4, sessions.get(0).turns() + sessions.get(1).turns());
      assertEquals(Optional.of("ada"), sessions.get(0).scope().user());
      assertEquals(4, store.agent(ADA).recentTurns(Duration.ofHours(1), 10).size());
      ContextQuery query = ContextQuery.about("B").newest(1).maxItems(2);
      assertEquals(List.of("B", "c"), texts(talk.context(query)));
      assertThrows(MemtierException.class, () -> store.conversation(ADA).append(Turn.user("x")));
    }
  }

  @Test
  void whatAnAgentHasInMind() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      assertEquals("long_term", store.agent(ADA).remember("nuts", "allergic to nuts", 0.9).tier());
      MemoryItem seat = store.agent(ADA).remember("seat", "at the window", 0.5);
      assertEquals(Optional.of(Duration.ofHours(1)), seat.ttl());
      List<MemoryItem> all = store.agent(ADA).activeContext(ContextQuery.DEFAULT, Control.NONE);
      assertEquals(List.of("seat", "nuts"), all.stream().map(MemoryItem::id).toList());
      ContextQuery query = ContextQuery.about("nuts").newest(0).excluding(List.of("seat"));
      assertEquals(1, store.agent(ADA).activeContext(query, Control.NONE).size());
      assertThrows(MemtierException.class, () -> store.agent(ADA).remember("", "x", 0.5));
    }
  }

  @Test
  void tokensAreCountedByACallback() {
    int before = Callbacks.registered();
    AtomicReference<TokenCounter> counter = new AtomicReference<>(texts -> new long[texts.size()]);
    try (MemoryStore store =
        MemoryStore.inMemory().tokenCounter(texts -> counter.get().count(texts)).build()) {
      Conversation talk = store.conversation(SESSION);
      talk.appendMany(said("a", "b"));
      ContextQuery query = ContextQuery.DEFAULT.maxTokens(5);
      assertEquals(2, talk.context(query).size());
      counter.set(texts -> texts.stream().mapToLong(text -> 4).toArray());
      assertEquals(List.of("b"), texts(talk.context(query)));
      IllegalStateException broken = new IllegalStateException("broken");
      counter.set(
          texts -> {
            throw broken;
          });
      CallbackException failed = assertThrows(CallbackException.class, () -> talk.context(query));
      assertSame(broken, failed.getCause());
      counter.set(texts -> new long[7]);
      assertThrows(CallbackException.class, () -> talk.context(query));
    }
    assertTrue(Callbacks.registered() == before);
  }
}
