package dev.memtier;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that is believed. Give subject, attribute and value where only one value can be true at a
 * time: by them contradictions are found.
 */
public final class Knowledge extends Remembered<Knowledge> {
  private static final List<String> OWN =
      List.of(
          "category", "source", "subject", "attribute", "value", "valid_from_us", "valid_until_us");
  private static final List<String> OF_THE_STORE = List.of("belief", "belief_of", "replaced_us");

  /** One that changes nothing: what {@link Agent#updateKnowledge} begins with. */
  public static final Knowledge UNCHANGED = new Knowledge(Map.of(), null);

  private Knowledge(Map<String, Object> document, MemoryItem item) {
    super(document, item);
  }

  @Override
  Knowledge make(Map<String, Object> changed) {
    return new Knowledge(changed, null);
  }

  /**
   * Makes a statement.
   *
   * @param text the statement
   * @return the knowledge
   */
  public static Knowledge of(String text) {
    return UNCHANGED.withText(text);
  }

  /**
   * Says what something is: its text is made of these three.
   *
   * @param subject what it tells of, at most 256 bytes
   * @param attribute what of it, at most 256 bytes
   * @param value maps, lists, texts, numbers, booleans
   * @return the knowledge
   */
  public static Knowledge of(String subject, String attribute, Object value) {
    return UNCHANGED.withSubject(subject).withAttribute(attribute).withValue(value);
  }

  /**
   * Takes the item of a knowledge, or of a belief that it once was, apart.
   *
   * @param item of type "knowledge" or "belief"
   * @return the knowledge
   * @throws IllegalArgumentException if it is none
   */
  public static Knowledge of(MemoryItem item) {
    Map<String, Object> document = documentOf(item, List.of("knowledge", "belief"), OWN);
    document.put("content", item.content());
    if (document.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.keySet().removeAll(OF_THE_STORE);
      if (metadata.isEmpty()) {
        document.remove("metadata");
      }
    }
    return new Knowledge(document, item);
  }

  static List<Knowledge> of(List<MemoryItem> items) {
    return items.stream().map(Knowledge::of).toList();
  }

  /**
   * Sets the statement.
   *
   * @param text the statement
   * @return another one
   */
  public Knowledge withText(String text) {
    return withText("content", text);
  }

  /**
   * Sets what it tells of.
   *
   * @param subject at most 256 bytes; empty: an update takes it away
   * @return another one
   */
  public Knowledge withSubject(String subject) {
    return withText("subject", subject);
  }

  /**
   * Sets what of the subject it tells.
   *
   * @param attribute at most 256 bytes; empty: an update takes it away
   * @return another one
   */
  public Knowledge withAttribute(String attribute) {
    return withText("attribute", attribute);
  }

  /**
   * Sets what that is.
   *
   * @param value maps, lists, texts, numbers, booleans
   * @return another one
   */
  public Knowledge withValue(Object value) {
    return with("value", Objects.requireNonNull(value, "value"));
  }

  /** {@return one whose update takes the value away} */
  public Knowledge withoutValue() {
    return with("value", null);
  }

  /**
   * Sets what kind of knowledge it is.
   *
   * @param category at most 256 bytes; empty: an update takes it away
   * @return another one
   */
  public Knowledge withCategory(String category) {
    return withText("category", category);
  }

  /**
   * Sets who said so, or where it stands.
   *
   * @param source empty: an update takes it away
   * @return another one
   */
  public Knowledge withSource(String source) {
    return withText("source", source);
  }

  /**
   * Says from when on it is true; else now.
   *
   * @param time from then on
   * @return another one
   */
  public Knowledge validFrom(Instant time) {
    return withTime("valid_from_us", time);
  }

  /**
   * Says until when it is true; else without end.
   *
   * @param time no longer then
   * @return another one
   */
  public Knowledge validUntil(Instant time) {
    return withTime("valid_until_us", time);
  }

  /** {@return the statement} */
  public String text() {
    return text("content").orElse("");
  }

  /** {@return what it tells of} */
  public Optional<String> subject() {
    return text("subject");
  }

  /** {@return what of it} */
  public Optional<String> attribute() {
    return text("attribute");
  }

  /** {@return what that is} */
  public Optional<Object> value() {
    return Optional.ofNullable(document().get("value"));
  }

  /** {@return what kind of knowledge it is} */
  public Optional<String> category() {
    return text("category");
  }

  /** {@return who said so, or where it stands} */
  public Optional<String> source() {
    return text("source");
  }

  /** {@return from when on it is true} */
  public Optional<Instant> validFrom() {
    return time("valid_from_us");
  }

  /** {@return until when it is true; of one that was read, empty: without end} */
  public Optional<Instant> validUntil() {
    return time("valid_until_us");
  }

  /** {@return of one that was read: the first belief is 1, each update's one more; else 0} */
  public long number() {
    return ofTheStore("belief") instanceof Number number ? number.longValue() : 0;
  }

  /** {@return when something else was believed; empty for what is believed now} */
  public Optional<Instant> replacedAt() {
    return ofTheStore("replaced_us") instanceof Number number
        ? Optional.of(Times.instant(number.longValue()))
        : Optional.empty();
  }

  private Object ofTheStore(String key) {
    return item().map(one -> one.metadataMap().get(key)).orElse(null);
  }
}
