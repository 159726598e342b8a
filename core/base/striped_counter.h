// Counters that many threads add to: each thread has a stripe, reading sums them. Adding from two
// threads touches two cache lines, not one. Reading while others add gives a value in between.
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
    stripes_[thread_number() % kStripes].values[counter].fetch_add(amount,
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
  static constexpr size_t kStripes = 16;
  struct alignas(128) Stripe {
    std::array<std::atomic<int64_t>, kCounters> values{};
  };
  std::array<Stripe, kStripes> stripes_{};
};

}  // namespace memtier
