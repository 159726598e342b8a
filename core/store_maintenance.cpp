// Ticks: the jobs of maintenance, driven by the caller or by a thread of the store's own.
#include "base/patience.h"
#include "store.h"

namespace memtier {
namespace {

// Maintenance is of the whole store.
Scope every_collection() {
  return Scope({kAllCollections, {}, {}, {}, {}});
}

// What applying policies told, without what only a caller of that asks.
void move_report(Json report, Json* out_report) {
  if (!report.is_object()) return;
  (*out_report)["count"] = std::move(report["total"]);
  (*out_report)["results"] = std::move(report["results"]);
}

}  // namespace

std::vector<MaintenanceJob> Store::maintenance_jobs() {
  const auto expire = [this](const TickRequest&, Control& control, Json* out_report) {
    int64_t count = 0;
    Status status = sweep(control, &count);
    (*out_report)["count"] = count;
    return status;
  };
  const auto demote = [this](const TickRequest&, Control& control, Json* out_report) {
    std::vector<int64_t> by_tier;
    Status status = optimize(every_collection(), control, &by_tier);
    int64_t count = 0;
    for (const int64_t demoted : by_tier) count += demoted;
    (*out_report)["count"] = count;
    return status;
  };
  const auto policies = [this](const TickRequest& request, Control& control, Json* out_report) {
    Control guard = guarded(control);
    Json report;
    const Callbacks use = request.in_background ? Callbacks::kLeaveOut : Callbacks::kUse;
    Status status = run_policies(every_collection(), {}, use, &policy_position_, guard, &report);
    move_report(std::move(report), out_report);
    return status;
  };
  const auto archive_rules = [this](const TickRequest&, Control& control, Json* out_report) {
    Control guard = guarded(control);
    Json report;
    Status status = run_archive_rules(every_collection(), {}, &rule_position_, guard, &report);
    move_report(std::move(report), out_report);
    return status;
  };
  const auto archive = [this](const TickRequest&, Control& control, Json* out_report) {
    Control guard = guarded(control);
    RepackResult repacked;
    int64_t packed = 0;
    Status status = storage_->repack_archive(guard, &repacked);
    if (status.ok()) {
      status = storage_->pack_archive(static_cast<int>(PackRequest().level), false, guard, &packed);
    }
    (*out_report)["count"] = repacked.items + packed;
    return status;
  };
  const auto indexes = [this](const TickRequest&, Control& control, Json*) {
    Control guard = guarded(control);
    return maintain_indexes(guard);
  };
  const auto consolidate = [this](const TickRequest&, Control& control, Json* out_report) {
    return consolidate_in_tick(control, out_report);
  };
  const auto compact = [this](const TickRequest& request, Control& control, Json* out_report) {
    return compact_in_tick(request, control, out_report);
  };
  return {{"expire", expire},
          {"demote", demote},
          {"consolidate", consolidate},
          {"policies", policies},
          {"archive_rules", archive_rules},
          {"archive", archive},
          {"indexes", indexes},
          {"compact", compact}};
}

Status Store::consolidate_in_tick(Control& control, Json* out_report) {
  ASSIGN_OR_RETURN(const bool due, is_consolidation_due());
  if (!due) return {};
  Control guard = guarded(control);
  Json report;
  Status status = run_consolidation(every_collection(), *options_.consolidation, guard, &report);
  if (!report.is_object()) return status;
  // What was stopped, or found its tier not full enough, is looked at again by the next tick.
  if (status.ok() && report["triggered"] == true) status = note_consolidation();
  (*out_report)["count"] = report["moved"];
  (*out_report)["report"] = std::move(report);
  return status;
}

Status Store::compact_in_tick(const TickRequest& request, Control& control, Json* out_report) {
  constexpr int64_t kBytesPerUs = 50;  // what a disk writes at least, for a budget
  const int64_t most = request.budget_us == 0 ? INT64_MAX : request.budget_us * kBytesPerUs;
  RETURN_IF_ERROR(guarded(control).check());
  int64_t saved = 0;
  Status status = storage_->compact_if_wasteful(most, &saved);
  (*out_report)["saved_bytes"] = saved;
  // Somebody reads an old state, or there is no room for a copy: another tick will do it.
  const bool later = status.code() == Code::kBusy || status.code() == Code::kFull;
  return later ? Status() : std::move(status);
}

// What else is done by and by: what is in the journal goes into the file, what was added to the indexes
// into their large parts.
Status Store::maintain_indexes(Control& guard) {
  RETURN_IF_ERROR(guard.check());
  RETURN_IF_ERROR(flush_access());
  RETURN_IF_ERROR(storage_->fold(true));
  bool more = true;
  while (more) {
    RETURN_IF_ERROR(guard.check());
    auto step = text_index_->maintain(true);
    if (!step.ok()) {
      Status status = step.take_status();
      if (status.code() != Code::kBusy) return status;  // another thread is at it
      break;
    }
    more = *step;
  }
  RETURN_IF_ERROR(guard.check());
  maintain_vectors();
  return {};
}

Report Store::tick(const TickRequest& request, Control& control) {
  Json report;
  Status status = maintenance_.tick(request, control, &report);
  return {std::move(status), std::move(report)};
}

void Store::pause_maintenance(bool paused) {
  maintenance_.pause(paused);
  if (!paused) maintenance_worker_.wake();
}

int64_t Store::maintenance_step() {
  const int64_t interval_us = options_.maintenance_interval_ms * 1000;
  if (maintenance_.is_paused()) return interval_us;
  const Patience call(options_.busy_timeout_ms * 1000);
  TickRequest request;
  request.budget_us = options_.maintenance_budget_ms * 1000;
  request.in_background = true;
  const auto check = [this]() -> Status {
    if (closing_.load()) return {Code::kCancelled, "the store is being closed"};
    if (maintenance_.is_paused()) return {Code::kCancelled, "maintenance is paused"};
    return {};
  };
  Control control(check, nullptr);
  Json report;
  const Status status = maintenance_.tick(request, control, &report);
  if (!status.ok() && status.code() != Code::kBusy && status.code() != Code::kCancelled) {
    options_.log.write(LogLevel::kWarning, "maintenance: " + status.message());
  }
  return interval_us;
}

}  // namespace memtier
