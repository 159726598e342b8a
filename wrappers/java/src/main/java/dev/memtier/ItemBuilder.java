package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;

/** C's builder, for what an image cannot say: documents, updates, fields set to 0. */
final class ItemBuilder implements AutoCloseable {
  final long handle;

  ItemBuilder() {
    Call call = new Call();
    call.check(Native.itemBuilderCreate(call.out, call.error));
    handle = call.out[0];
  }

  ItemBuilder(ItemDraft draft) {
    this();
    try {
      fill(draft);
    } catch (RuntimeException | Error failed) {
      close();
      throw failed;
    }
  }

  private void fill(ItemDraft draft) {
    if (draft.json != null) {
      json(draft.json);
    }
    text(NativeConstants.MEMTIER_FIELD_ID, draft.id);
    text(NativeConstants.MEMTIER_FIELD_TYPE, draft.type);
    if (draft.hasContent) {
      content(draft.contentBytes());
    }
    text(NativeConstants.MEMTIER_FIELD_CONTENT_TYPE, draft.contentType);
    text(NativeConstants.MEMTIER_FIELD_METADATA, draft.metadata);
    text(NativeConstants.MEMTIER_FIELD_TIER, draft.tier);
    draft.tags.forEach(this::addTag);
    number(NativeConstants.MEMTIER_FIELD_CREATED_US, draft.created);
    number(NativeConstants.MEMTIER_FIELD_UPDATED_US, draft.updated);
    number(NativeConstants.MEMTIER_FIELD_ACCESSED_US, draft.accessed);
    number(NativeConstants.MEMTIER_FIELD_EXPIRES_US, draft.expires == 0 ? null : draft.expires);
    number(NativeConstants.MEMTIER_FIELD_TTL_US, draft.ttl == 0 ? null : draft.ttl);
    number(NativeConstants.MEMTIER_FIELD_ACCESS_COUNT, draft.accessCount);
    number(NativeConstants.MEMTIER_FIELD_VALIDATION_COUNT, draft.validationCount);
    number(NativeConstants.MEMTIER_FIELD_PRIORITY, draft.priority);
    if (draft.pinned != null) {
      number(NativeConstants.MEMTIER_FIELD_PINNED, draft.pinned ? 1L : 0L);
    }
    if (draft.importance >= 0) {
      fraction(NativeConstants.MEMTIER_FIELD_IMPORTANCE, draft.importance);
    }
    if (draft.expectedVersion != 0) {
      number(NativeConstants.MEMTIER_FIELD_EXPECTED_VERSION, draft.expectedVersion);
    }
  }

  void json(String json) {
    Call call = new Call();
    call.check(Native.itemBuilderSetJson(handle, Utf8.encode(json), call.error));
  }

  /** Leaves the field as it is where there is no text. */
  private void text(int field, String text) {
    if (!text.isEmpty()) {
      setText(field, text);
    }
  }

  void setText(int field, String text) {
    Call call = new Call();
    call.check(Native.itemBuilderSetText(handle, field, Utf8.encode(text), call.error));
  }

  void content(byte[] content) {
    Call call = new Call();
    int field = NativeConstants.MEMTIER_FIELD_CONTENT;
    call.check(Native.itemBuilderSetBytes(handle, field, content, call.error));
  }

  /** Leaves the field as it is for null. */
  void number(int field, Long value) {
    if (value != null) {
      Call call = new Call();
      call.check(Native.itemBuilderSetInt64(handle, field, value, call.error));
    }
  }

  void fraction(int field, double value) {
    Call call = new Call();
    call.check(Native.itemBuilderSetDouble(handle, field, value, call.error));
  }

  void addTag(String tag) {
    Call call = new Call();
    call.check(Native.itemBuilderAddTag(handle, Utf8.encode(tag), call.error));
  }

  void removeTag(String tag) {
    Call call = new Call();
    call.check(Native.itemBuilderRemoveTag(handle, Utf8.encode(tag), call.error));
  }

  @Override
  public void close() {
    Native.itemBuilderDestroy(handle);
  }
}
