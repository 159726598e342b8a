package dev.memtier;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Something that an agent did; {@link Agent#run} makes and keeps it. */
public final class RunRecord extends Remembered<RunRecord> {
  private static final List<String> OWN =
      List.of("name", "input", "success", "error", "duration_us");

  private RunRecord(Map<String, Object> document, MemoryItem item) {
    super(document, item);
  }

  @Override
  RunRecord make(Map<String, Object> changed) {
    return new RunRecord(changed, null);
  }

  /**
   * Names what was done.
   *
   * @param name at most 256 bytes
   * @return the record
   */
  public static RunRecord of(String name) {
    return new RunRecord(Map.of("name", Objects.requireNonNull(name, "name")), null);
  }

  /**
   * Takes the item of a run apart.
   *
   * @param item of type "run"
   * @return the record
   * @throws IllegalArgumentException if it is none
   */
  public static RunRecord of(MemoryItem item) {
    Map<String, Object> document = documentOf(item, List.of("run"), OWN);
    if (document.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.remove("title");
      if (metadata.isEmpty()) {
        document.remove("metadata");
      }
    }
    if (!document.containsKey("error")) {
      document.put("result", item.content());
    }
    document.put("started_us", Times.micros(item.createdAt()));
    return new RunRecord(document, item);
  }

  /**
   * Sets what it was given.
   *
   * @param input maps, lists, texts, numbers, booleans and null
   * @return another record
   */
  public RunRecord withInput(Object input) {
    return with("input", input);
  }

  /**
   * Sets what came of it.
   *
   * @param result a text, kept as it is; or maps, lists, numbers, booleans and null, kept as JSON
   * @return another record
   */
  public RunRecord withResult(Object result) {
    return with("result", result);
  }

  /**
   * Says what went wrong, in place of a result.
   *
   * @param error what went wrong
   * @return another record
   */
  public RunRecord withError(String error) {
    return withText("error", error);
  }

  /**
   * Says whether it succeeded; else it did where there is no error.
   *
   * @param success whether it did
   * @return another record
   */
  public RunRecord succeeded(boolean success) {
    return with("success", success);
  }

  /**
   * Says when it began; else the duration before now.
   *
   * @param time when
   * @return another record
   */
  public RunRecord startedAt(Instant time) {
    return withTime("started_us", time);
  }

  /**
   * Says how long it took.
   *
   * @param duration how long
   * @return another record
   */
  public RunRecord took(Duration duration) {
    return with("duration_us", Times.micros(duration));
  }

  /** {@return what was done} */
  public String name() {
    return text("name").orElse("");
  }

  /** {@return what it was given} */
  public Optional<Object> input() {
    return Optional.ofNullable(document().get("input"));
  }

  /** {@return what came of it; of one that was read a text: what was given as another value is JSON} */
  public Optional<Object> result() {
    return Optional.ofNullable(document().get("result"));
  }

  /** {@return what went wrong} */
  public Optional<String> error() {
    return text("error");
  }

  /** {@return whether it succeeded} */
  public boolean succeeded() {
    return !Boolean.FALSE.equals(document().get("success")) && error().isEmpty();
  }

  /** {@return when it began} */
  public Optional<Instant> startedAt() {
    return time("started_us");
  }

  /** {@return how long it took} */
  public Duration duration() {
    return Times.duration(number("duration_us").orElse(0));
  }

  /** A value that can be written as JSON: itself, or a text of it. */
  static Object plain(Object value) {
    try {
      Utf8.encode(Json.write(value));
      return value;
    } catch (IllegalArgumentException noJson) {
      return valid(String.valueOf(value));
    }
  }

  /** The text with a question mark for each half of a character. */
  static String valid(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
