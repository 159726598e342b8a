#include "lifecycle/maintenance.h"

#include <algorithm>

namespace memtier {
namespace {

constexpr int64_t kMaxBudgetMs = 86'400'000;  // a day

}  // namespace

Result<TickRequest> TickRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "request"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"jobs", "budget_ms"}, "request"));
  TickRequest request;
  int64_t budget_ms = 0;
  RETURN_IF_ERROR(read_int(document, "budget_ms", "request", 0, kMaxBudgetMs, &budget_ms));
  request.budget_us = budget_ms * 1000;
  const auto jobs = document.find("jobs");
  if (jobs == document.end()) return request;
  const Status wrong = invalid("request: \"jobs\" must be a list of names, one at least");
  if (!jobs->is_array() || jobs->empty()) return wrong.clone();
  for (const Json& name : *jobs) {
    if (!name.is_string()) return wrong.clone();
    request.jobs.push_back(name.get<std::string>());
  }
  return request;
}

// The jobs of a tick in their order, beginning with the one whose turn it is.
Result<std::vector<size_t>> Maintenance::choose(const TickRequest& request) const {
  for (const std::string& name : request.jobs) {
    const auto same = [&name](const MaintenanceJob& job) { return job.name == name; };
    if (std::any_of(jobs_.begin(), jobs_.end(), same)) continue;
    std::string known;
    for (const MaintenanceJob& job : jobs_) known += (known.empty() ? "" : ", ") + job.name;
    return not_found("request: there is no job \"" + name + "\"; there are " + known);
  }
  std::vector<size_t> chosen;
  for (size_t i = 0; i < jobs_.size(); ++i) {
    const size_t job = (next_ + i) % jobs_.size();
    const auto& names = request.jobs;
    if (names.empty() || std::find(names.begin(), names.end(), jobs_[job].name) != names.end()) {
      chosen.push_back(job);
    }
  }
  return chosen;
}

Status Maintenance::tick(const TickRequest& request, Control& control, Json* out_report) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return Status(Code::kBusy, "another tick is under way; try again later");
  RETURN_IF_ERROR(control.check());
  ASSIGN_OR_RETURN(const std::vector<size_t> chosen, choose(request));
  const int64_t begin_us = clock_();
  bool is_over = false;
  const auto check = [&]() -> Status {
    RETURN_IF_ERROR(control.check());
    if (request.budget_us == 0 || clock_() - begin_us < request.budget_us) return {};
    is_over = true;
    return {Code::kCancelled, "the budget of the tick is used up"};
  };
  Json& report = *out_report;
  report = {{"complete", true}, {"jobs", Json::array()}, {"total", 0}};
  int64_t total = 0;
  for (const size_t index : chosen) {
    const MaintenanceJob& job = jobs_[index];
    Json told = {{"name", job.name}, {"count", 0}, {"complete", true}};
    next_ = index;
    Status status = check();
    if (status.ok()) {
      Control watched(check,
                      [&](int64_t done, int64_t) { return control.report(total + done, -1); });
      status = job.run(request, watched, &told);
      total += told["count"].get<int64_t>();
      is_over = is_over && status.code() == Code::kCancelled;
      if (!is_over) next_ = (index + 1) % jobs_.size();
      if (!status.ok()) {
        status = Status(status.code(), "job \"" + job.name + "\": " + status.message(),
                        status.callback_code());
      }
    }
    if (!status.ok()) {
      told["complete"] = false;
      report["complete"] = false;
      report["next"] = jobs_[next_].name;
    }
    report["jobs"].push_back(std::move(told));
    report["total"] = total;
    if (!is_over) RETURN_IF_ERROR(std::move(status));
    if (is_over) break;
    RETURN_IF_ERROR(control.check());
  }
  if (!is_over) next_ = 0;
  return control.finish(total, total);
}

}  // namespace memtier
