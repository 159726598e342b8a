// Maintenance: jobs, one after the other, in time that is limited. What they do is the store's; here is
// which of them run, in which order, and when a tick ends (memtier.h, section 26).
//
// A job that a tick has no time left for is the first of the next, so each has its turn. One that fails
// does not keep the others from theirs: the next tick begins behind it.
//
// Thread safety: any thread. One tick at a time; another is kBusy.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/control.h"
#include "base/status.h"
#include "model/json.h"

namespace memtier {

struct TickRequest {
  static Result<TickRequest> parse(std::string_view text);

  std::vector<std::string> jobs;  // empty: all
  int64_t budget_us = 0;          // 0: no limit
  bool in_background = false;     // callbacks of the caller's are left out
};

struct MaintenanceJob {
  // Adds "count", and what else there is to tell, to *out_report, also after a failure. Asks the control
  // between parts of its work whether to go on.
  using Run = std::function<Status(const TickRequest& request, Control& control, Json* out_report)>;

  std::string name;
  Run run;
};

class Maintenance {
 public:
  using MonotonicClock = int64_t (*)();

  explicit Maintenance(std::vector<MaintenanceJob> jobs, MonotonicClock clock = monotonic_us)
      : jobs_(std::move(jobs)), clock_(clock) {}

  // *out_report is what was done, as memtier.h says it, also after a failure; null: nothing was begun.
  // kNotFound names a job that there is not; kBusy: another tick is under way.
  Status tick(const TickRequest& request, Control& control, Json* out_report);

  // That in the background: none begins while it is paused, and one that is under way ends soon.
  void pause(bool paused) { paused_.store(paused); }
  bool is_paused() const { return paused_.load(); }

 private:
  Result<std::vector<size_t>> choose(const TickRequest& request) const;

  std::vector<MaintenanceJob> jobs_;
  MonotonicClock clock_;
  std::mutex mutex_;
  size_t next_ = 0;  // guarded by mutex_: with which job the next tick begins
  std::atomic<bool> paused_{false};
};

}  // namespace memtier
