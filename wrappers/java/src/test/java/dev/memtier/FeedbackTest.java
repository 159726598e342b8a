package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What callers find useful. */
class FeedbackTest {
  private static List<String> ids(MemoryStore store, Query query) {
    return store.search(Scope.DEFAULT, query).stream().map(hit -> hit.item().id()).toList();
  }

  @Test
  void whatWasOfUseCountsMore() {
    try (MemoryStore store = MemoryStore.inMemory().build()) {
      store.put(MemoryItem.of("tea").id("green").tag("leaves"));
      store.put(MemoryItem.of("tea").id("black"));
      Query query = Query.text("tea");
      assertEquals(List.of("black", "green"), ids(store, query));
      Feedbacks feedback = store.feedback(Scope.DEFAULT);
      feedback.add(Feedback.useful("green"), Feedback.useless("black"));
      assertEquals(List.of("green", "black"), ids(store, query));
      assertEquals(List.of("black", "green"), ids(store, query.weight(Signal.PREFERENCE, 0)));
      List<Preference> learned = feedback.preferences();
      assertEquals(3, learned.size());
      assertEquals(0.5, Math.abs(learned.get(0).value()), 1e-9);
      assertTrue(learned.stream().anyMatch(one -> one.kind().equals("tag")));
      assertEquals(List.of(), store.feedback(Scope.ofUser("ada")).preferences());
      assertThrows(MemtierException.class, () -> feedback.add(new Feedback("green", 2)));
      assertThrows(NotFoundException.class, () -> feedback.add(Feedback.useful("nobody")));
      feedback.add();
      feedback.clear();
      feedback.clear();
      assertEquals(List.of(), feedback.preferences());
    }
  }
}
