package dev.memtier;

import java.time.Duration;
import java.time.Instant;

/** memtier counts in microseconds. */
final class Times {
  private static final long PER_SECOND = 1_000_000;

  private Times() {}

  static long micros(Instant instant) {
    long seconds = Math.multiplyExact(instant.getEpochSecond(), PER_SECOND);
    return Math.addExact(seconds, instant.getNano() / 1000);
  }

  /** Upwards: a duration that is there does not become none. */
  static long micros(Duration duration) {
    long whole = Math.multiplyExact(duration.getSeconds(), PER_SECOND);
    return Math.addExact(whole, (duration.getNano() + 999) / 1000);
  }

  static long millis(Duration duration) {
    long whole = Math.multiplyExact(duration.getSeconds(), 1000L);
    return Math.addExact(whole, (duration.getNano() + 999_999) / 1_000_000);
  }

  static long seconds(Duration duration) {
    return Math.addExact(duration.getSeconds(), duration.getNano() > 0 ? 1 : 0);
  }

  static Instant instant(long micros) {
    long nanos = Math.floorMod(micros, PER_SECOND) * 1000;
    return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND), nanos);
  }

  static Duration duration(long micros) {
    return Duration.ofSeconds(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1000);
  }

  static Duration ofSeconds(double seconds) {
    return duration(Math.round(seconds * PER_SECOND));
  }
}
