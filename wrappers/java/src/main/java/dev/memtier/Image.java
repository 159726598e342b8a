package dev.memtier;

import dev.memtier.internal.NativeConstants;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where the fields of an item's image lie ("The image of an item" in memtier.h), and how to read
 * them.
 */
final class Image {
  static final int STATUS = 4;
  static final int FORMAT = 8;
  static final int HEADER_BYTES = 10;
  static final int TEXT_COUNT = 12;
  static final int FLAGS = 14;
  static final int VERSION = 16;
  static final int CHANGE_SEQUENCE = 24;
  static final int CREATED = 32;
  static final int UPDATED = 40;
  static final int ACCESSED = 48;
  static final int EXPIRES = 56;
  static final int TTL = 64;
  static final int ACCESS_COUNT = 72;
  static final int VALIDATION_COUNT = 80;
  static final int PRIORITY = 88;
  static final int IMPORTANCE = 96;
  static final int SCORE = 104;
  static final int TIER = 112;
  static final int TAG_COUNT = 116;
  static final int ENDS = 120;

  static final int TEXT_ID = 0;
  static final int TEXT_COLLECTION = 1;
  static final int TEXT_APP = 2;
  static final int TEXT_USER = 3;
  static final int TEXT_AGENT = 4;
  static final int TEXT_SESSION = 5;
  static final int TEXT_TYPE = 6;
  static final int TEXT_CONTENT_TYPE = 7;
  static final int TEXT_TAGS = 8;
  static final int TEXT_METADATA = 9;
  static final int TEXT_CONTENT = 10;
  static final int TEXT_SNIPPET = 11;

  static final int TEXTS = NativeConstants.MEMTIER_IMAGE_TEXT_COUNT;
  static final int HEADER = NativeConstants.MEMTIER_IMAGE_HEADER_BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Image() {}

  static long int64(byte[] image, int at) {
    return (long) LONGS.get(image, at);
  }

  static double fraction(byte[] image, int at) {
    return (double) DOUBLES.get(image, at);
  }

  static int int32(byte[] image, int at) {
    return (int) INTS.get(image, at);
  }

  static int int16(byte[] image, int at) {
    return ((short) SHORTS.get(image, at)) & 0xFFFF;
  }

  /** Where a text begins; the one before it ends there. */
  static int begin(byte[] image, int text) {
    int header = int16(image, HEADER_BYTES);
    return text == 0 ? header : header + int32(image, ENDS + 4 * (text - 1));
  }

  static int size(byte[] image, int text) {
    int from = text == 0 ? 0 : int32(image, ENDS + 4 * (text - 1));
    return int32(image, ENDS + 4 * text) - from;
  }

  static String text(byte[] image, int text) {
    int size = size(image, text);
    return size == 0 ? "" : Utf8.decode(image, begin(image, text), size);
  }
}
