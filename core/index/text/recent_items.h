// RecentItems: what this process folded last, until the index has counted its words: so that they need not be
// read from the tables again. Only a help: what is not here is read there.
//
// Thread safety: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "model/item.h"

namespace memtier {

class RecentItems {
 public:
  explicit RecentItems(size_t max_bytes) : max_bytes_(max_bytes) {}

  // A version of an item, by the number of the change that stored it; in order. Left out where there
  // is no room: older ones are needed first.
  void add(int64_t sequence, ItemRef item);
  // Null: it is not here.
  ItemRef find(int64_t sequence) const;
  void forget(int64_t until_sequence);
  size_t memory_bytes() const;

 private:
  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<std::pair<int64_t, ItemRef>> items_;  // guarded by mutex_, as is bytes_
  size_t bytes_ = 0;
};

}  // namespace memtier
