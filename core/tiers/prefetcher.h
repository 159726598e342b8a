// Prefetcher: learns which items one owner - app, user, agent, in one collection - reads behind each other,
// and says which are likely to be read next. What is then brought into RAM, and whether it was read there, is
// counted.
//
// Bounded: so many owners are followed at once, so many items remembered with a few successors each; the
// oldest make room. Thread safety: every function, any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/item.h"

namespace memtier {

class Prefetcher {
 public:
  // `most`: how many items a read may bring with it; 0: off.
  explicit Prefetcher(int64_t most) : most_(static_cast<size_t>(most)) {}

  bool is_on() const { return most_ > 0; }
  // A read by id.
  void note(const Item& item, int64_t now_us);

  struct Next {
    int64_t row = 0;
    uint64_t key_hash = 0;
  };
  // What is likely to be read behind this item, the likeliest first.
  std::vector<Next> after(int64_t row) const;

  void note_fetched(int64_t row);
  // A resident item was read.
  void note_hit(int64_t row);
  int64_t fetched() const { return fetched_.load(std::memory_order_relaxed); }
  int64_t hits() const { return hits_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kOwners = 64;
  static constexpr size_t kSuccessors = 4;
  static constexpr size_t kMaxItems = 16'384;
  static constexpr size_t kMaxWaiting = 4'096;  // fetched and not yet read

  struct Successor {
    Next next;
    uint32_t count = 0;
  };
  struct Owner {
    uint64_t hash = 0;
    int64_t row = 0;
    int64_t time_us = 0;
  };

  void learn(int64_t row, const Next& next);

  const size_t most_;
  mutable std::mutex mutex_;                                                  // guards what follows
  std::array<Owner, kOwners> owners_;                                         // their last read
  std::unordered_map<int64_t, std::array<Successor, kSuccessors>> followed_;  // by row
  std::deque<int64_t> oldest_;                                                // of followed_
  std::unordered_set<int64_t> waiting_;
  std::atomic<int64_t> fetched_{0};
  std::atomic<int64_t> hits_{0};
};

}  // namespace memtier
