// CoAccess: learns from the order of reads which items belong together. What one owner - app, user, agent,
// in one collection - reads within a few minutes of each other is linked, the more the nearer.
//
// Bounded: so many owners are followed at once, and so many pairs kept until they are taken; what finds no
// room is not learned. Thread safety: every function, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "index/graph/link_graph.h"
#include "model/item.h"

namespace memtier {

class CoAccess {
 public:
  // `window`: with how many of the items read before it a read is linked; 0: off.
  explicit CoAccess(int64_t window) : window_(static_cast<size_t>(window)) {}

  bool is_on() const { return window_ > 0; }
  void note(const Item& item, int64_t now_us);
  // What was learned since the last time.
  std::vector<LearnedPair> take();

 private:
  static constexpr size_t kOwners = 64;
  static constexpr size_t kMaxPairs = 8192;

  struct Read {
    int64_t row = 0;
    int64_t time_us = 0;
  };
  struct Owner {
    std::mutex mutex;
    uint64_t hash = 0;       // guarded by mutex
    std::deque<Read> reads;  // guarded by mutex; newest first
  };

  const size_t window_;
  std::array<Owner, kOwners> owners_;
  std::mutex mutex_;
  std::map<std::pair<int64_t, int64_t>, double> pairs_;  // guarded by mutex_
};

}  // namespace memtier
