/** A program of its own, which needs memtier. */
module consumer {
  requires dev.memtier;
}
