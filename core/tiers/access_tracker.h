// AccessTracker: counts reads in RAM and hands them to the storage in batches, so that a read never
// waits for a write. A crash loses what was not written yet: statistics, never an item.
//
// A resident item carries its own counters, and is put on a list when it is first read after it was
// written. Of items that are not resident the tracker remembers, within a limit, how often and when
// they were read: for the batch, and for promotion by reads.
//
// Bounded: at most kMaxListed items on the list and kMaxCold rows remembered; what finds no room is
// dropped and counted. Thread safety: every function, any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/striped_counter.h"
#include "model/item.h"
#include "storage/storage.h"

namespace memtier {

class AccessTracker {
 public:
  // A read of a resident item, whose counters are its own.
  void count_resident(const Item& item, int64_t now_us);
  // A read of an item that is not resident; returns the time of the `reads`-th newest read.
  int64_t count_cold(const Item& item, int64_t now_us, int64_t reads);

  // Takes what is to be written, sorted by row. If the write fails it is lost, and counted as dropped.
  std::vector<AccessDelta> take();
  // Whether there is anything to take, roughly.
  bool has_pending() const { return pending_.load(std::memory_order_relaxed) > 0; }
  void count_dropped(int64_t count) { dropped_.add(0, count); }
  int64_t dropped() const { return dropped_.sum(0); }

 private:
  static constexpr size_t kStripes = 16;
  static constexpr size_t kMaxListed = 1 << 17;
  static constexpr size_t kMaxCold = 1 << 16;

  struct ColdReads {
    int64_t unwritten = 0;
    int64_t shown = 0;     // the count that the last read showed
    int64_t sequence = 0;  // of the version that it showed it of
    int64_t last_us = 0;
    std::array<int64_t, 2> earlier_us{};
  };
  struct alignas(128) Stripe {
    std::mutex mutex;
    std::vector<ItemRef> listed;                  // guarded by mutex
    std::atomic<bool> is_full{false};             // set under mutex
    std::unordered_map<int64_t, ColdReads> cold;  // guarded by mutex
    bool no_cold_room = false;                    // guarded by mutex
  };
  static bool make_room(Stripe& stripe);

  std::array<Stripe, kStripes> stripes_;
  std::atomic<int64_t> pending_{0};
  StripedCounters<1> dropped_;
};

}  // namespace memtier
