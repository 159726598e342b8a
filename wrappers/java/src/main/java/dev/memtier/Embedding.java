package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Native;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The embedder of a {@link MemoryStore}: texts into vectors. Nothing is stored. */
public final class Embedding {
  private final MemoryStore store;

  Embedding(MemoryStore store) {
    this.store = store;
  }

  /** {@return what the embedder is} */
  public EmbedderInfo info() {
    Call call = new Call();
    int status = Native.storeGetEmbedder(store.handle, call.out, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
    return EmbedderInfo.of((Map<?, ?>) JsonReader.read(Images.takeText(call.out[0])));
  }

  /**
   * Makes the vector of a text.
   *
   * @param text the text
   * @return its vector; zeros for a text in which the embedder knows nothing
   * @throws MemtierException with {@link Status#UNSUPPORTED} if the store has no embedder
   */
  public float[] embed(String text) {
    return embed(List.of(text), Control.NONE).get(0);
  }

  /**
   * Makes vectors of texts.
   *
   * @param texts the texts
   * @param control watches and stops it; told of texts
   * @return a vector for each, in their order; zeros for a text in which the embedder knows nothing
   * @throws MemtierException with {@link Status#UNSUPPORTED} if the store has no embedder
   */
  public List<float[]> embed(Collection<String> texts, Control control) {
    Call call = new Call();
    PackedTexts packed = new PackedTexts(texts);
    long[] watch = control.open();
    int status =
        Native.textEmbed(store.handle, packed.bytes, packed.ends, watch, call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    call.check(status);
    byte[] bytes = Native.bytesData(call.out[0]);
    Native.bytesDestroy(call.out[0]);
    return split(bytes, texts.size());
  }

  /**
   * Counts what is still to be embedded.
   *
   * @return how many items have text and wait for their vector
   * @throws MemtierException with {@link Status#UNSUPPORTED} if the store has no embedder
   */
  public long pending() {
    Call call = new Call();
    int status = Native.spaceCountPending(store.handle, call.out, call.error);
    Reference.reachabilityFence(store);
    call.check(status);
    return call.out[0];
  }

  /**
   * Makes the vectors that are missing, after a change of the model or an import. Stopped, what was
   * made stays, and the next call goes on.
   *
   * @param control watches and stops it; told of items
   * @return how many were made
   * @throws MemtierException with {@link Status#UNSUPPORTED} if the store has no embedder
   */
  public long reembed(Control control) {
    Call call = new Call();
    int status = Native.spaceReembed(store.handle, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(store);
    call.checkCounting(status);
    return call.out[0];
  }

  private static List<float[]> split(byte[] bytes, int count) {
    List<float[]> vectors = new ArrayList<>(count);
    FloatBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[all.capacity() / count];
      all.get(vector);
      vectors.add(vector);
    }
    return vectors;
  }

  /** For a store's options, which hold it; it refers to nothing of the store. */
  static Callbacks.Embed callback(Embedder embedder) {
    return (texts, vectors) -> {
      List<float[]> given = embedder.embed(Arrays.stream(texts).map(Utf8::decode).toList());
      if (given.size() != texts.length) {
        throw new IllegalStateException(
            "an Embedder gave " + given.size() + " vectors for " + texts.length + " texts");
      }
      int dimension = vectors.length / texts.length;
      for (int i = 0; i < texts.length; i++) {
        float[] vector = given.get(i);
        if (vector == null) {
          continue;
        }
        if (vector.length != dimension) {
          throw new IllegalStateException(
              "an Embedder gave a vector of " + vector.length + " components, not " + dimension);
        }
        System.arraycopy(vector, 0, vectors, i * dimension, dimension);
      }
    };
  }
}
