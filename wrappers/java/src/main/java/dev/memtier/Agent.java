package dev.memtier;

import java.time.Duration;
import java.util.List;

/**
 * What an agent calls, in the scope that is its memory: it remembers, has in mind, and looks back at its
 * conversations. What it stores are items, which everything else finds as well.
 */
public final class Agent {
  private final MemoryStore store;
  private final Scope scope;

  Agent(MemoryStore store, Scope scope) {
    this.store = store;
    this.scope = scope;
  }

  /**
   * Keeps a text under a key, which becomes the item's id: with an importance above 0.8 in long-term
   * memory, else in short-term memory for an hour. What stood under the key is replaced.
   *
   * @param key the key
   * @param value the text
   * @param importance 0 to 1
   * @return the item as stored
   */
  public MemoryItem remember(String key, String value, double importance) {
    return ContextCalls.remember(store, scope, key, value, importance, Durability.DEFAULT);
  }

  /**
   * What to have in mind now: the newest items of short-term memory, then those of long-term memory
   * that have most to do with a text, as many as fit. Does not count as reading them.
   *
   * @param query which items
   * @return the newest first, then the best first
   */
  public List<MemoryItem> activeContext(ContextQuery query) {
    return activeContext(query, Control.NONE);
  }

  /**
   * What to have in mind now.
   *
   * @param query which items
   * @param control stops it
   * @return the newest first, then the best first
   */
  public List<MemoryItem> activeContext(ContextQuery query, Control control) {
    return ContextCalls.active(store, scope, query, control);
  }

  /**
   * The conversations that the scope allows, the one with the newest turn first.
   *
   * @param limit at most so many
   * @return the conversations
   */
  public List<Session> sessions(int limit) {
    return ContextCalls.sessions(store, scope, limit, Control.NONE);
  }

  /**
   * What was said lately, in every session that the scope allows.
   *
   * @param within how long ago at most
   * @param limit at most so many, the newest
   * @return the turns, the oldest first
   */
  public List<Turn> recentTurns(Duration within, int limit) {
    return ContextCalls.recent(store, scope, within, limit, Control.NONE);
  }

  /**
   * What of conversations belongs into a prompt: the newest turns, and then older ones that have to
   * do with the text, as many as fit.
   *
   * @param query which turns
   * @param control stops it
   * @return the turns, in the order in which they were said
   */
  public List<Turn> turnContext(ContextQuery query, Control control) {
    return ContextCalls.turns(store, scope, query, control);
  }

  /**
   * Takes everything of the scope out of the store for good: items in all tiers, what indexes, the
   * archive and logs have of them, and the names. It must name somebody. The file is written anew.
   * Copies elsewhere are not touched.
   *
   * @param control watches and stops it; stopped, what was removed stays so
   * @return what was taken away
   */
  public Receipt forget(Control control) {
    return Receipt.of(store, scope, control);
  }
}
