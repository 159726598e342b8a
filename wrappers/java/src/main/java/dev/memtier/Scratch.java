package dev.memtier;

import dev.memtier.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Memory that a call shares with C: two numbers of result, an id, an image. A call takes one and
 * gives it back; a call made inside a callback, or by any of a thousand threads, finds another or
 * makes its own. At most {@value #SLOTS} are kept, so neither threads nor virtual threads hold
 * memory of their own.
 */
final class Scratch {
  static final int RESULT_SIZE = 0;
  static final int RESULT_ERROR = 8;
  static final int ID = 16;
  static final int MAX_ID_BYTES = 1024;
  static final int IMAGE = ID + MAX_ID_BYTES;

  private static final int SLOTS = 64;
  /** References of different slots lie in different lines of the cache. */
  private static final int STRIDE = 16;

  /** How many slots are looked at before memory is made or given up. */
  private static final int PROBES = 4;

  private static final int INITIAL_BYTES = 16 * 1024;
  private static final int MAX_KEPT_BYTES = 256 * 1024;
  private static final AtomicReferenceArray<Scratch> POOL =
      new AtomicReferenceArray<>((SLOTS + 1) * STRIDE);

  final ByteBuffer buffer;
  final long address;

  private Scratch(int size) {
    buffer = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    address = Native.directAddress(buffer);
  }

  private static int slot(int probe) {
    long number = Thread.currentThread().getId() + probe * 17L;
    return (int) ((number & (SLOTS - 1)) + 1) * STRIDE;
  }

  static Scratch take() {
    Scratch scratch = POOL.getAndSet(slot(0), null);
    return scratch != null ? scratch : takeElsewhere();
  }

  private static Scratch takeElsewhere() {
    for (int probe = 1; probe < PROBES; probe++) {
      int slot = slot(probe);
      Scratch scratch = POOL.get(slot) == null ? null : POOL.getAndSet(slot, null);
      if (scratch != null) {
        return scratch;
      }
    }
    return new Scratch(INITIAL_BYTES);
  }

  /** One with room for an image of this size, or for as much as is ever kept. */
  static Scratch take(long imageBytes) {
    Scratch scratch = take();
    if (scratch.imageCapacity() >= imageBytes) {
      return scratch;
    }
    int wanted = (int) Math.min(imageBytes, MAX_KEPT_BYTES);
    return scratch.imageCapacity() >= wanted ? scratch : new Scratch(IMAGE + wanted);
  }

  static void give(Scratch scratch) {
    for (int probe = 0; probe < PROBES; probe++) {
      if (POOL.compareAndSet(slot(probe), null, scratch)) {
        return;
      }
    }
  }

  long imageAddress() {
    return address + IMAGE;
  }

  int imageCapacity() {
    return buffer.capacity() - IMAGE;
  }

  long size() {
    return buffer.getLong(RESULT_SIZE);
  }

  long error() {
    return buffer.getLong(RESULT_ERROR);
  }

  /** Writes an id; its size in bytes, or -1 if it is longer than an id may be. */
  int putId(String id) {
    int length = id.length();
    if (length > MAX_ID_BYTES) {
      return -1;
    }
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      if (c >= 0x80) {
        return putBytes(Utf8.encode(id));
      }
      buffer.put(ID + i, (byte) c);
    }
    return length;
  }

  private int putBytes(byte[] id) {
    if (id.length > MAX_ID_BYTES) {
      return -1;
    }
    buffer.put(ID, id);
    return id.length;
  }

  /** A copy of the image that lies here. */
  byte[] copyImage(int size) {
    byte[] image = new byte[size];
    buffer.get(IMAGE, image);
    return image;
  }
}
