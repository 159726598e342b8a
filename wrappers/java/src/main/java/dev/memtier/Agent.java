package dev.memtier;

import dev.memtier.internal.Native;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an agent calls, in the scope that is its memory: it remembers and recalls, searches, knows, has in
 * mind, looks back at its conversations, acts with memory, consolidates, and forgets. What it stores are
 * items, which everything else finds as well.
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
   * What is remembered under a key; it counts as a read.
   *
   * @param key the key
   * @return the item; empty if there is none
   */
  public Optional<MemoryItem> recall(String key) {
    return store.get(scope, key);
  }

  /**
   * Searches everything that the agent may see.
   *
   * @param query what is looked for
   * @return the best first
   */
  public Hits search(Query query) {
    return store.search(scope, query, Control.NONE);
  }

  /**
   * Stores something that is believed.
   *
   * @param knowledge what
   * @return it as it is kept
   * @throws AlreadyExistsException if there is an item of its id
   */
  public Knowledge putKnowledge(Knowledge knowledge) {
    return Knowledge.of(put(knowledge, Durability.DEFAULT));
  }

  /**
   * Believes something else from now on.
   *
   * @param id of the knowledge
   * @param change what is different; begin with {@link Knowledge#UNCHANGED}
   * @return it as it is kept
   */
  public Knowledge updateKnowledge(String id, Knowledge change) {
    return updateKnowledge(id, change, 0, Durability.DEFAULT);
  }

  /**
   * Believes something else from now on. What the change does not set stays, but for the end of its
   * validity, which is open again. What was believed stays as an item of its own, of type "belief",
   * which {@link #knowledgeHistory} shows.
   *
   * @param id of the knowledge
   * @param change what is different; begin with {@link Knowledge#UNCHANGED}
   * @param version what its item must have; 0 any
   * @param durability what the change survives
   * @return it as it is kept
   * @throws ConflictException if it has another version
   */
  public Knowledge updateKnowledge(
      String id, Knowledge change, long version, Durability durability) {
    return RememberedCalls.update(store, scope, id, change, version, durability);
  }

  /**
   * What was believed when.
   *
   * @param id of the knowledge
   * @param limit at most so many, the newest
   * @return the oldest first; the last is what is believed now
   */
  public List<Knowledge> knowledgeHistory(String id, int limit) {
    return RememberedCalls.history(store, scope, id, limit);
  }

  /**
   * Knowledge that contradicts itself: of the same subject and attribute, with another value, at the
   * same time; of one collection, app and user. Texts are compared without regard to case.
   *
   * @param filter only knowledge that it matches
   * @param limit at most so many pairs, 1 to 10000
   * @param control stops it
   * @return the pairs
   */
  public List<Contradiction> contradictions(Filter filter, int limit, Control control) {
    return RememberedCalls.contradictions(store, scope, filter, limit, control);
  }

  /**
   * Stores something that happened; an item of its id is replaced.
   *
   * @param episode what
   * @return it as it is kept
   */
  public Episode putEpisode(Episode episode) {
    return Episode.of(put(episode, Durability.DEFAULT));
  }

  /**
   * What happened around then: items of any type that were created near, and episodes that were going
   * on. Does not count as reading them.
   *
   * @param query when, and which items
   * @param control stops it
   * @return the nearest, in the order of time
   */
  public List<MemoryItem> around(AroundQuery query, Control control) {
    return RememberedCalls.around(store, scope, query, control);
  }

  /**
   * Keeps what was done, so that it is found again: by words of its name, input and result, and by
   * filters on its type and the metadata name, success and duration_us.
   *
   * @param run what
   * @return it as it is kept
   */
  public RunRecord recordRun(RunRecord run) {
    return RunRecord.of(put(run, Durability.DEFAULT));
  }

  /**
   * What {@link #run} calls.
   *
   * @param <T> what it gives
   * @param <E> what it throws
   */
  @FunctionalInterface
  public interface Action<T, E extends Exception> {
    /**
     * Does it.
     *
     * @return what came of it
     * @throws E what went wrong
     */
    T call() throws E;
  }

  /**
   * Calls a function with memory: what was run, its input, its result or what it threw and how long it
   * took are kept, also where it fails. An input or a result that is no JSON value is kept as its text.
   *
   * @param <T> what it gives
   * @param <E> what it throws
   * @param name what is done, at most 256 bytes
   * @param input what it is given
   * @param action does it
   * @return what it gives
   * @throws E what it throws; where that could not be kept, with the reason as suppressed
   */
  public <T, E extends Exception> T run(String name, Object input, Action<T, E> action) throws E {
    RunRecord run = RunRecord.of(name).withInput(RunRecord.plain(input));
    long began = System.nanoTime();
    T result;
    try {
      result = action.call();
    } catch (Throwable thrown) {
      try {
        String error = RunRecord.valid(String.valueOf(thrown));
        recordRun(run.took(since(began)).withError(error));
      } catch (RuntimeException failure) {
        thrown.addSuppressed(failure);
      }
      throw thrown;
    }
    recordRun(run.took(since(began)).withResult(RunRecord.plain(result)));
    return result;
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  MemoryItem put(Remembered<?> one, Durability durability) {
    RememberedCalls.Put call =
        one instanceof Knowledge
            ? Native::knowledgePut
            : one instanceof Episode ? Native::episodePut : Native::runRecord;
    return RememberedCalls.put(store, scope, one, durability, call);
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
   * Moves what is worth keeping from a hot tier into the next one, as {@link Maintenance#consolidate} does.
   *
   * @param consolidation what goes
   * @param control watches and stops it; stopped, what was moved stays so
   * @return what was done
   */
  public Consolidated consolidate(Consolidation consolidation, Control control) {
    return store.maintenance().consolidate(scope, consolidation, control);
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
