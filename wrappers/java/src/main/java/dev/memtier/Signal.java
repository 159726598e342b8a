package dev.memtier;

import java.util.Locale;

/** One of the things that the score of a {@link Hit} is made of. */
public enum Signal {
  /** The item's own words; 1 where nothing is said. */
  TEXT,
  /** The item's vector; 1 where nothing is said. */
  VECTOR,
  /** Words of the turns around it; 1 where nothing is said. */
  NEIGHBOURS,
  /** The best turn of its session; 1 where nothing is said. */
  SESSION,
  /** The query names its speaker; 1 where nothing is said. */
  SPEAKER,
  /** It has (nearly) all of the words itself; 1 where nothing is said. */
  COVERAGE,
  /** It is of a date that the text names; 1 where nothing is said. */
  DATES,
  /** How new it is; 0 where nothing is said. */
  RECENCY,
  /** How important; 0 where nothing is said. */
  IMPORTANCE,
  /** How often read; 0 where nothing is said. */
  ACCESS,
  /** How near to the {@link QueryContext}; 1 where nothing is said. */
  CONTEXT,
  /** How strongly it is linked with the items of the {@link QueryContext}; 1 where nothing is said. */
  ASSOCIATION;

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
