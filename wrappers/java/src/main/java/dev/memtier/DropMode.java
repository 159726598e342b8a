package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** What becomes of the items of a collection that is dropped. */
public enum DropMode {
  /** Only if no item lies in it: else {@link ConflictException}. */
  EMPTY(NativeConstants.MEMTIER_COLLECTION_DROP_EMPTY),
  /** With its items, everybody's and pinned ones too. */
  WITH_ITEMS(NativeConstants.MEMTIER_COLLECTION_DROP_ITEMS);

  final int code;

  DropMode(int code) {
    this.code = code;
  }
}
