package dev.memtier;

import dev.memtier.internal.NativeConstants;
import java.nio.ByteBuffer;

/** A draft as an image, in which one call can store it. */
final class ImageWriter {
  private final ItemDraft draft;
  private final TierNames tiers;
  private final byte[][] texts = new byte[Image.TEXTS][];
  private final int size;

  ImageWriter(ItemDraft draft, TierNames tiers) {
    this.draft = draft;
    this.tiers = tiers;
    String[] names = draft.scope.names();
    texts[Image.TEXT_ID] = Utf8.encode(draft.id);
    for (int i = 0; i < names.length; i++) {
      texts[Image.TEXT_COLLECTION + i] = Utf8.encode(names[i]);
    }
    texts[Image.TEXT_TYPE] = Utf8.encode(draft.type);
    texts[Image.TEXT_CONTENT_TYPE] = Utf8.encode(draft.contentType);
    texts[Image.TEXT_TAGS] = Utf8.encode(String.join("\n", draft.tags));
    texts[Image.TEXT_METADATA] = Utf8.encode(draft.metadata);
    texts[Image.TEXT_CONTENT] = draft.contentBytes();
    texts[Image.TEXT_SNIPPET] = new byte[0];
    long bytes = Image.HEADER;
    for (byte[] text : texts) {
      bytes += text.length;
    }
    if (bytes > Integer.MAX_VALUE - 1024) {
      throw new IllegalArgumentException("an item of " + bytes + " bytes is too large");
    }
    size = (int) (bytes + 7) & ~7;
  }

  int size() {
    return size;
  }

  void write(ByteBuffer out, int at) {
    int flags = draft.pinned != null && draft.pinned ? NativeConstants.MEMTIER_IMAGE_PINNED : 0;
    if (draft.expectedVersion > 0) {
      flags |= NativeConstants.MEMTIER_IMAGE_EXPECT_VERSION;
    }
    out.putInt(at, size);
    out.putInt(at + Image.STATUS, 0);
    out.putShort(at + Image.FORMAT, (short) NativeConstants.MEMTIER_IMAGE_FORMAT);
    out.putShort(at + Image.HEADER_BYTES, (short) Image.HEADER);
    out.putShort(at + Image.TEXT_COUNT, (short) Image.TEXTS);
    out.putShort(at + Image.FLAGS, (short) flags);
    out.putLong(at + Image.VERSION, draft.expectedVersion);
    out.putLong(at + Image.CHANGE_SEQUENCE, 0);
    out.putLong(at + Image.CREATED, orZero(draft.created));
    out.putLong(at + Image.UPDATED, orZero(draft.updated));
    out.putLong(at + Image.ACCESSED, orZero(draft.accessed));
    out.putLong(at + Image.EXPIRES, draft.expires);
    out.putLong(at + Image.TTL, draft.ttl);
    out.putLong(at + Image.ACCESS_COUNT, orZero(draft.accessCount));
    out.putLong(at + Image.VALIDATION_COUNT, orZero(draft.validationCount));
    out.putLong(at + Image.PRIORITY, orZero(draft.priority));
    out.putDouble(at + Image.IMPORTANCE, draft.importance);
    out.putDouble(at + Image.SCORE, 0);
    out.putInt(at + Image.TIER, draft.tier.isEmpty() ? -1 : tiers.number(draft.tier));
    out.putInt(at + Image.TAG_COUNT, draft.tags.size());
    writeTexts(out, at);
  }

  private void writeTexts(ByteBuffer out, int at) {
    int end = 0;
    for (int i = 0; i < texts.length; i++) {
      out.put(at + Image.HEADER + end, texts[i]);
      end += texts[i].length;
      out.putInt(at + Image.ENDS + 4 * i, end);
    }
    for (int i = Image.HEADER + end; i < size; i++) {
      out.put(at + i, (byte) 0);
    }
  }

  private static long orZero(Long number) {
    return number == null ? 0 : number;
  }
}
