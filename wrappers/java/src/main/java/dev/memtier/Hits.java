package dev.memtier;

import java.util.AbstractList;
import java.util.List;

/** What a search found, best first; of equals the newer. Immutable. */
public final class Hits extends AbstractList<Hit> {
  private final List<Hit> hits;
  private final String explanation;

  Hits(List<Hit> hits, String explanation) {
    this.hits = hits;
    this.explanation = explanation;
  }

  @Override
  public Hit get(int index) {
    return hits.get(index);
  }

  @Override
  public int size() {
    return hits.size();
  }

  /** {@return the items, best first} */
  public List<MemoryItem> items() {
    return hits.stream().map(Hit::item).toList();
  }

  /** {@return the scores of all hits} */
  public double[] scores() {
    return hits.stream().mapToDouble(Hit::score).toArray();
  }

  /** {@return the importances of all hits} */
  public double[] importances() {
    return hits.stream().mapToDouble(hit -> hit.item().importance()).toArray();
  }

  /** {@return how the hits were found, a JSON object for people; {} where nobody asked for it} */
  public String explanation() {
    return explanation;
  }
}
