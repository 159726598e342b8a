package dev.memtier;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text to bytes and back, exactly: what is no text is refused and never replaced. */
final class Utf8 {
  private Utf8() {}

  static byte[] encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return encodeStrictly(text);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Of a path: C would cut it at a NUL. */
  static byte[] encodePath(String path) {
    if (path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path must not have a NUL inside");
    }
    return encode(path);
  }

  private static byte[] encodeStrictly(String text) {
    try {
      // A new encoder reports what it cannot encode.
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException lone) {
      throw new IllegalArgumentException("a text has half a character (a lone surrogate)", lone);
    }
  }

  /** What memtier wrote as text, which is valid. */
  static String decode(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static String decode(byte[] bytes, int from, int size) {
    return new String(bytes, from, size, StandardCharsets.UTF_8);
  }

  /** Any bytes; null where they are not UTF-8. */
  static String decodeOrNull(byte[] bytes, int from, int size) {
    String text = decode(bytes, from, size);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    try {
      ByteBuffer encoded = ByteBuffer.wrap(bytes, from, size);
      return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException binary) {
      return null;
    }
  }
}
