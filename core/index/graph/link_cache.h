// LinkCache: the links of nodes, in RAM. A node's links are read from the tables when they are first asked
// for. What others change is noticed by the log of changes (link_tables.h), and only the links of the
// nodes that it names are read again.
//
// Bounded: nodes are kept in two halves; when the younger one is full it becomes the older one, and what
// nobody asked for since is let go. Thread safety: every function, any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/storage.h"

namespace memtier {

struct LinkEdge {
  int64_t other = 0;
  float weight = 0;
  int32_t kind = 0;
  int32_t other_scope = 0;
  uint32_t updated_s = 0;
};

// First the links that leave the node, then those that come to it.
struct NodeLinks {
  std::vector<LinkEdge> edges;
  size_t outgoing = 0;
};

class LinkCache {
 public:
  using Links = std::shared_ptr<const NodeLinks>;

  explicit LinkCache(int64_t limit_bytes) : half_bytes_(limit_bytes / 2) {}

  // Lets go what has changed up to the state that this connection shows, and returns that state.
  Result<int64_t> follow(Connection& connection);
  // The links of a node as this connection shows them, which is at `state`.
  Result<Links> links(Connection& connection, int64_t state, int64_t node);

  // Whether so many nodes had to be read that all had better be, in one pass.
  bool is_cold() const;
  // Reads the links of all nodes, as many as there is room for.
  Status warm(Connection& connection, int64_t state, const StopCheck& stop);
  int64_t memory_bytes() const;

 private:
  using Map = std::unordered_map<int64_t, Links>;
  static constexpr int64_t kColdMisses = 2000;

  Links find(int64_t node);                // under mutex_
  void insert(int64_t node, Links links);  // under mutex_
  void clear();                            // under mutex_

  const int64_t half_bytes_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Map young_;
  Map old_;
  int64_t young_bytes_ = 0;
  int64_t old_bytes_ = 0;
  int64_t state_ = -1;
  int64_t misses_ = 0;      // since the last pass over all
  bool too_large_ = false;  // the last pass did not find room for all
};

}  // namespace memtier
