// The one source of time. Every age, TTL, decay and schedule of a store reads its Clock, so that a
// caller (and every test) can let months pass in milliseconds. Microseconds since 1970-01-01 UTC.
//
// Thread safety: read() is called from any thread. It can fail where the clock is the caller's: so an
// operation reads it once, before it changes anything.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/status.h"

namespace memtier {

inline constexpr int64_t kSecondUs = 1'000'000;
inline constexpr int64_t kHourUs = 3600 * kSecondUs;
inline constexpr int64_t kDayUs = 24 * kHourUs;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Status read(int64_t* out_now_us) = 0;
};

class SystemClock final : public Clock {
 public:
  Status read(int64_t* out_now_us) override;
};

// For tests: stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_us) : now_us_(now_us) {}
  Status read(int64_t* out_now_us) override {
    *out_now_us = now_us_.load();
    return {};
  }
  void advance_us(int64_t delta_us) { now_us_ += delta_us; }

 private:
  std::atomic<int64_t> now_us_;
};

// `time_us + delta_us`, or the last moment there is.
inline int64_t add_time_us(int64_t time_us, int64_t delta_us) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(time_us, delta_us, &sum)) return sum;
  return delta_us > 0 ? INT64_MAX : INT64_MIN;
}

// Time that only moves forward and is not the store's: for timeouts and intervals of the machine.
int64_t monotonic_us();

}  // namespace memtier
