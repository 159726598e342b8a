package dev.memtier;

import java.util.Locale;

/** Who speaks in a {@link Turn}. */
public enum Role {
  /** The program's instructions. */
  SYSTEM,
  /** Instructions of those who made the program. */
  DEVELOPER,
  /** The person. */
  USER,
  /** The agent. */
  ASSISTANT,
  /** A tool that the agent called. */
  TOOL,
  /** Something that happened. */
  EVENT;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Role of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
