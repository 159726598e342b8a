package dev.memtier;

import dev.memtier.internal.NativeConstants;

/** What a put may do. */
public enum PutMode {
  /** Make the item, or replace it. */
  REPLACE(NativeConstants.MEMTIER_PUT_REPLACE),
  /** Only make it: else {@link AlreadyExistsException}. */
  CREATE(NativeConstants.MEMTIER_PUT_CREATE),
  /** Only replace it: else {@link NotFoundException}. */
  UPDATE(NativeConstants.MEMTIER_PUT_UPDATE);

  final int code;

  PutMode(int code) {
    this.code = code;
  }
}
