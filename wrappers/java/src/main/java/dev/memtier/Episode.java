package dev.memtier;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Something that happened. */
public final class Episode extends Remembered<Episode> {
  private static final List<String> OWN =
      List.of("title", "location", "participants", "emotions", "ended_us");

  private Episode(Map<String, Object> document, MemoryItem item) {
    super(document, item);
  }

  @Override
  Episode make(Map<String, Object> changed) {
    return new Episode(changed, null);
  }

  /**
   * Tells what happened.
   *
   * @param text what happened
   * @return the episode
   */
  public static Episode of(String text) {
    return new Episode(Map.of("content", Objects.requireNonNull(text, "text")), null);
  }

  /**
   * Takes the item of an episode apart.
   *
   * @param item of type "episode"
   * @return the episode
   * @throws IllegalArgumentException if it is none
   */
  public static Episode of(MemoryItem item) {
    Map<String, Object> document = documentOf(item, List.of("episode"), OWN);
    document.put("content", item.content());
    document.put("started_us", Times.micros(item.createdAt()));
    return new Episode(document, item);
  }

  /**
   * Says when it began; else now.
   *
   * @param time when
   * @return another episode
   */
  public Episode startedAt(Instant time) {
    return withTime("started_us", time);
  }

  /**
   * Says when it was over.
   *
   * @param time when
   * @return another episode
   */
  public Episode endedAt(Instant time) {
    return withTime("ended_us", time);
  }

  /**
   * Says where it happened.
   *
   * @param location at most 256 bytes
   * @return another episode
   */
  public Episode withLocation(String location) {
    return withText("location", location);
  }

  /**
   * Says who was there.
   *
   * @param participants names, at most 256 bytes each
   * @return another episode
   */
  public Episode withParticipants(String... participants) {
    return with("participants", List.of(participants));
  }

  /**
   * Says how it felt.
   *
   * @param emotions names with their strengths, 0 to 1
   * @return another episode
   */
  public Episode withEmotions(Map<String, Double> emotions) {
    return with("emotions", Map.copyOf(emotions));
  }

  /**
   * Gives it a title; else it is the location and the participants.
   *
   * @param title the title
   * @return another episode
   */
  public Episode withTitle(String title) {
    return withText("title", title);
  }

  /** {@return what happened} */
  public String text() {
    return text("content").orElse("");
  }

  /** {@return the title} */
  public Optional<String> title() {
    return text("title");
  }

  /** {@return where it happened} */
  public Optional<String> location() {
    return text("location");
  }

  /** {@return who was there} */
  @SuppressWarnings("unchecked")
  public List<String> participants() {
    return (List<String>) document().getOrDefault("participants", List.of());
  }

  /** {@return how it felt: names with their strengths, 0 to 1} */
  @SuppressWarnings("unchecked")
  public Map<String, Number> emotions() {
    return (Map<String, Number>) document().getOrDefault("emotions", Map.of());
  }

  /** {@return when it began} */
  public Optional<Instant> startedAt() {
    return time("started_us");
  }

  /** {@return when it was over} */
  public Optional<Instant> endedAt() {
    return time("ended_us");
  }
}
