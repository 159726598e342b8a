/** memtier, the memory of AI agents. */
module dev.memtier {
  exports dev.memtier;
}
