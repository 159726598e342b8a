package dev.memtier;

import java.util.Collection;
import java.util.List;

/** Texts one behind the other, and where each of them ends. */
final class PackedTexts {
  final byte[] bytes;
  final long[] ends;

  PackedTexts(Collection<String> texts) {
    List<byte[]> encoded = texts.stream().map(Utf8::encode).toList();
    ends = new long[encoded.size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += encoded.get(i).length;
      ends[i] = end;
    }
    bytes = new byte[Math.toIntExact(end)];
    for (int i = 0; i < ends.length; i++) {
      byte[] text = encoded.get(i);
      System.arraycopy(text, 0, bytes, (int) ends[i] - text.length, text.length);
    }
  }
}
