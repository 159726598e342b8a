package dev.memtier;

import dev.memtier.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory for one large image, given back at once and not when the collector comes by. */
final class LargeMemory implements AutoCloseable {
  final long address;
  final ByteBuffer buffer;

  LargeMemory(long size) {
    if (size > Integer.MAX_VALUE) {
      throw new OutOfMemoryError("memtier: an image of " + size + " bytes");
    }
    address = Native.allocate(size);
    if (address == 0) {
      throw new OutOfMemoryError("memtier: " + size + " bytes");
    }
    buffer = ((ByteBuffer) Native.view(address, size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] copy(int size) {
    byte[] image = new byte[size];
    buffer.get(0, image);
    return image;
  }

  @Override
  public void close() {
    Native.release(address);
  }
}
