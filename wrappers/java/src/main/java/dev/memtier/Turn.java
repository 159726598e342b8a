package dev.memtier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One message of a conversation, or one event. Immutable: each method that sets something gives
 * another turn. Only the role must be set to append one.
 */
public final class Turn {
  private static final List<String> OWN = List.of("role", "sequence", "speaker", "parts", "state");

  private final Map<String, Object> document;
  private final MemoryItem item;
  private final long sequence;

  private Turn(Map<String, Object> document, MemoryItem item, long sequence) {
    this.document = document;
    this.item = item;
    this.sequence = sequence;
  }

  /**
   * Makes a turn in which something is said.
   *
   * @param role who speaks
   * @param text what is said
   * @return the turn
   */
  public static Turn of(Role role, String text) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("role", role.word());
    document.put("content", Objects.requireNonNull(text, "text"));
    return new Turn(document, null, 0);
  }

  /**
   * Makes a turn of parts; its text is theirs.
   *
   * @param role who speaks
   * @param parts what it consists of
   * @return the turn
   */
  public static Turn of(Role role, Part... parts) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("role", role.word());
    document.put("parts", membersOf(List.of(parts)));
    return new Turn(document, null, 0);
  }

  /**
   * Makes a turn in which the person says something.
   *
   * @param text what is said
   * @return the turn
   */
  public static Turn user(String text) {
    return of(Role.USER, text);
  }

  /**
   * Makes a turn in which the agent says something.
   *
   * @param text what is said
   * @return the turn
   */
  public static Turn assistant(String text) {
    return of(Role.ASSISTANT, text);
  }

  /**
   * Takes the item of a turn apart.
   *
   * @param item of type "turn"
   * @return the turn
   * @throws IllegalArgumentException if it is none
   */
  public static Turn of(MemoryItem item) {
    Map<String, Object> metadata = item.metadataMap();
    if (!item.type().equals(Optional.of("turn")) || !(metadata.get("role") instanceof String role)) {
      throw new IllegalArgumentException("item \"" + item.id() + "\" is no turn");
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("role", role);
    document.put("content", item.content());
    putGiven(document, "name", metadata.get("speaker"));
    putGiven(document, "parts", metadata.get("parts"));
    putGiven(document, "state", metadata.get("state"));
    Map<String, Object> rest = new LinkedHashMap<>(metadata);
    rest.keySet().removeAll(OWN);
    if (!rest.isEmpty()) {
      document.put("metadata", rest);
    }
    if (!item.tags().isEmpty()) {
      document.put("tags", item.tags());
    }
    document.put("importance", item.importance());
    document.put("created_us", Times.micros(item.createdAt()));
    long sequence = metadata.get("sequence") instanceof Number number ? number.longValue() : 0;
    return new Turn(document, item, sequence);
  }

  static List<Turn> of(List<MemoryItem> items) {
    return items.stream().map(Turn::of).toList();
  }

  private static void putGiven(Map<String, Object> document, String key, Object value) {
    if (value != null) {
      document.put(key, value);
    }
  }

  private static List<Map<String, Object>> membersOf(List<Part> parts) {
    return parts.stream().map(Part::members).toList();
  }

  private Turn with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.put(key, Objects.requireNonNull(value, key));
    return new Turn(changed, null, 0);
  }

  /**
   * Names the speaker.
   *
   * @param name at most 256 bytes
   * @return another turn
   */
  public Turn withName(String name) {
    return with("name", name);
  }

  /**
   * Sets the parts that it consists of.
   *
   * @param parts what it consists of
   * @return another turn
   */
  public Turn withParts(List<Part> parts) {
    return with("parts", membersOf(parts));
  }

  /**
   * Says how an event changes the session's state.
   *
   * @param state maps, lists, texts, numbers, booleans and null
   * @return another turn
   */
  public Turn withState(Map<String, ?> state) {
    return with("state", state);
  }

  /**
   * Sets what the caller keeps with it.
   *
   * @param metadata no key may be role, sequence, speaker, parts or state
   * @return another turn
   */
  public Turn withMetadata(Map<String, ?> metadata) {
    return with("metadata", metadata);
  }

  /**
   * Sets tags.
   *
   * @param tags the tags
   * @return another turn
   */
  public Turn withTags(String... tags) {
    return with("tags", List.of(tags));
  }

  /**
   * Says how much it matters.
   *
   * @param importance 0 to 1
   * @return another turn
   */
  public Turn withImportance(double importance) {
    return with("importance", importance);
  }

  /**
   * Puts it into a tier.
   *
   * @param tier the tier's name
   * @return another turn
   */
  public Turn withTier(String tier) {
    return with("tier", tier);
  }

  /**
   * Says how long it lives.
   *
   * @param ttl counted from the write
   * @return another turn
   */
  public Turn withTtl(Duration ttl) {
    return with("ttl_us", Times.micros(ttl));
  }

  /**
   * Says when it was said.
   *
   * @param time not before the turn before it
   * @return another turn
   */
  public Turn withCreatedAt(Instant time) {
    return with("created_us", Times.micros(time));
  }

  /** {@return who speaks} */
  public Role role() {
    return Role.of((String) document.get("role"));
  }

  /** {@return what was said; of a turn that is not stored yet and has only parts: empty} */
  public String text() {
    return (String) document.getOrDefault("content", "");
  }

  /** {@return the speaker's name} */
  public Optional<String> name() {
    return Optional.ofNullable((String) document.get("name"));
  }

  /** {@return the parts that it consists of} */
  @SuppressWarnings("unchecked")
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    for (Object part : (List<?>) document.getOrDefault("parts", List.of())) {
      parts.add(new Part((Map<String, Object>) part));
    }
    return List.copyOf(parts);
  }

  /** {@return how an event changes the session's state} */
  @SuppressWarnings("unchecked")
  public Optional<Map<String, Object>> state() {
    return Optional.ofNullable((Map<String, Object>) document.get("state"));
  }

  /** {@return what the caller keeps with it} */
  @SuppressWarnings("unchecked")
  public Map<String, Object> metadata() {
    return (Map<String, Object>) document.getOrDefault("metadata", Map.of());
  }

  /** {@return of a turn that was read: its number in the conversation, from 1; else 0} */
  public long sequence() {
    return sequence;
  }

  /** {@return of a turn that was read: the item that it is kept as} */
  public Optional<MemoryItem> item() {
    return Optional.ofNullable(item);
  }

  Map<String, Object> document() {
    return document;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Turn turn
        && document.equals(turn.document)
        && sequence == turn.sequence
        && Objects.equals(item, turn.item);
  }

  @Override
  public int hashCode() {
    return Objects.hash(document, sequence);
  }

  @Override
  public String toString() {
    return document.get("role") + ": " + text();
  }
}
