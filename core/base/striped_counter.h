// Counters that many threads add to: each of the first threads has a stripe of its own, which it adds to
// without locking the cache line, and the others share some. Reading sums them; while others add it
// gives a value in between.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/epoch.h"

namespace memtier {

template <size_t kCounters>
class StripedCounters {
 public:
  void add(size_t counter, int64_t amount = 1) {
    const size_t number = thread_number();
    if (number < kOwned) {
      // Nobody else writes to it, while this thread lives.
      std::atomic<int64_t>& value = stripes_[number].values[counter];
      value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
      return;
    }
    stripes_[kOwned + number % kShared].values[counter].fetch_add(amount,
                                                                  std::memory_order_relaxed);
  }
  int64_t sum(size_t counter) const {
    int64_t total = 0;
    for (const Stripe& stripe : stripes_) {
      total += stripe.values[counter].load(std::memory_order_relaxed);
    }
    return total;
  }

 private:
  static constexpr size_t kOwned = 16;
  static constexpr size_t kShared = 4;
  struct alignas(128) Stripe {
    std::array<std::atomic<int64_t>, kCounters> values{};
  };
  std::array<Stripe, kOwned + kShared> stripes_{};
};

}  // namespace memtier
