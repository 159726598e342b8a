// Control: how the caller watches and stops long work. Passed by reference, never kept.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/status.h"

namespace memtier {

class Control {
 public:
  using Check = std::function<Status()>;  // not OK: stop, with this
  using Progress = std::function<Status(int64_t done, int64_t total)>;

  Control() = default;
  Control(Check check, Progress progress)
      : check_(std::move(check)), progress_(std::move(progress)) {}

  // Whether to go on.
  Status check() const { return check_ ? check_() : Status(); }
  // The same, and tells the caller how far the work is, at most every 50 ms.
  Status report(int64_t done, int64_t total) {
    RETURN_IF_ERROR(check());
    if (!progress_) return {};
    const int64_t now_us = monotonic_us();
    if (now_us - last_report_us_ < kIntervalUs) return {};
    last_report_us_ = now_us;
    return progress_(done, total);
  }
  // Tells it for the last time.
  Status finish(int64_t done, int64_t total) {
    return progress_ ? progress_(done, total) : Status();
  }
  const Check& stop_check() const { return check_; }

 private:
  static constexpr int64_t kIntervalUs = 50'000;
  Check check_;
  Progress progress_;
  int64_t last_report_us_ = 0;
};

}  // namespace memtier
