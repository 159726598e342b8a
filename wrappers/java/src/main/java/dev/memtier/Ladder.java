package dev.memtier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tiers of a store, hottest first; set when the store is made, and kept in it. A value.
 *
 * <p>When a tier is full its lowest tenth goes one tier down; the last tier evicts, and only if it
 * has a capacity.
 */
public final class Ladder {
  /** working (RAM, 100), short_term (RAM, 1000), long_term (database), archive. */
  public static final Ladder DEFAULT = new Ladder("default");
  /** immediate, working, session (RAM), episodic, semantic (database), archived. */
  public static final Ladder SIX = new Ladder("six");
  /** short_term (RAM, 100), long_term (database, 1000), external (archive). */
  public static final Ladder THREE = new Ladder("three");
  /** immediate, recent (RAM), important, learned (database); the last one forgets. */
  public static final Ladder LEVELS = new Ladder("levels");

  private final String text;

  private Ladder(String text) {
    this.text = Objects.requireNonNull(text, "text");
  }

  /**
   * A ladder of one's own.
   *
   * @param tiers 1 to 16, hottest first
   * @return the ladder
   */
  public static Ladder of(Tier... tiers) {
    return of(List.of(tiers));
  }

  /**
   * A ladder of one's own.
   *
   * @param tiers 1 to 16, hottest first
   * @return the ladder
   */
  public static Ladder of(List<Tier> tiers) {
    List<Object> list = new ArrayList<>();
    tiers.forEach(tier -> list.add(TierDocuments.write(tier)));
    return new Ladder(Json.write(Map.of("tiers", list)));
  }

  /**
   * A ladder document from elsewhere, or the name of a preset.
   *
   * @param json the document; it is checked by {@link StoreBuilder#ladder}
   * @return the ladder
   */
  public static Ladder parse(String json) {
    return new Ladder(json);
  }

  /**
   * The tiers. Of a preset, as the library tells them.
   *
   * @return the tiers, hottest first
   */
  public List<Tier> tiers() {
    if (!text.startsWith("{")) {
      try (MemoryStore store = MemoryStore.inMemory().ladder(this).background(false).build()) {
        return store.ladder().tiers();
      }
    }
    List<Tier> tiers = new ArrayList<>();
    if (JsonReader.readObject(text).get("tiers") instanceof List<?> list) {
      list.forEach(tier -> tiers.add(TierDocuments.read((Map<?, ?>) tier)));
    }
    return List.copyOf(tiers);
  }

  /** {@return the ladder document, or the name of a preset} */
  public String toJson() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ladder ladder && text.equals(ladder.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
