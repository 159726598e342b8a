package dev.memtier;

import java.util.Locale;

/** One kind of maintenance; a tick does them in this order. */
public enum Job {
  /** Removes what has expired, as {@link MemoryStore#sweep()} does. */
  EXPIRE,
  /** Moves what lies idle one tier down, as {@link MemoryStore#optimize} does. */
  DEMOTE,
  /** Consolidates, as {@link StoreBuilder#consolidation} says. */
  CONSOLIDATE,
  /** Applies {@link Policies}. */
  POLICIES,
  /** Follows {@link ArchiveRules}. */
  ARCHIVE_RULES,
  /** Packs what waits in the archive. */
  ARCHIVE,
  /** Folds the journal into the file, and merges what was added to the indexes. */
  INDEXES,
  /** Writes the file anew where much of it is not needed any more. */
  COMPACT;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Job of(Object word) {
    return valueOf(((String) word).toUpperCase(Locale.ROOT));
  }
}
