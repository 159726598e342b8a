import dev.memtier.Embedder;
import dev.memtier.Hit;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Query;
import dev.memtier.Scope;
import java.util.List;

/**
 * An embedder of the program's own: vectors of words by hashing, in place of the model that comes with
 * memtier. A real program would call a model here, a batch at a time.
 */
public class OwnEmbedder {
  private static final int DIMENSION = 64;

  /** Each word of a text counts in one component. */
  private static float[] embed(String text) {
    float[] vector = new float[DIMENSION];
    for (String word : text.toLowerCase().split("\\W+")) {
      vector[Math.floorMod(word.hashCode(), DIMENSION)]++;
    }
    return vector;
  }

  public static void main(String[] arguments) {
    Embedder embedder = texts -> texts.stream().map(OwnEmbedder::embed).toList();
    // The name is that of the model, its version too.
    try (MemoryStore store =
        MemoryStore.inMemory().embedder("words-64-v1", DIMENSION, embedder).build()) {
      store.put(MemoryItem.of("Ada likes green tea").id("tea"));
      store.put(MemoryItem.of("Ada moved to Bari").id("bari"));

      Query query = Query.text("the green tea that she likes").meaning(true).topK(1);
      List<Hit> hits = store.search(Scope.DEFAULT, query);
      System.out.println("the nearest by meaning: " + hits.get(0).item().content());
      if (!hits.get(0).item().id().equals("tea")) {
        throw new AssertionError("tea is nearest");
      }
    }
  }
}
