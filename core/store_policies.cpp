#include <algorithm>

#include "store.h"

namespace memtier {
namespace {

constexpr int64_t kBatchRead = 500;    // that are read whole
constexpr int64_t kBatchHeads = 2000;  // of which a few numbers are read

template <typename Entry, typename Parse>
Result<std::vector<Entry>> parse_all(const std::vector<std::string>& texts, Parse parse) {
  std::vector<Entry> entries;
  for (const std::string& text : texts) {
    auto entry = parse(text);
    if (!entry.ok()) {
      return Status(Code::kCorrupt,
                    "store: its table documents is damaged: " + entry.take_status().message());
    }
    entries.push_back(std::move(entry).value());
  }
  return entries;
}

// Where an item of this tier goes; the tier itself: nowhere.
int32_t target_tier(PolicyAction action, int32_t tier, const Ladder& ladder) {
  switch (action) {
    case PolicyAction::kDemote:
      return std::min(tier + 1, static_cast<int32_t>(ladder.tiers.size()) - 1);
    case PolicyAction::kPromote:
      return std::max(tier - 1, 0);
    case PolicyAction::kArchive:
      return archive_tier(ladder);
    default:
      return tier;
  }
}

bool reads_items(const PlannedStep& step) {
  return step.decider != nullptr || step.action == PolicyAction::kTag ||
         step.action == PolicyAction::kRefresh;
}

}  // namespace

Status Store::put_policy(std::string_view document) {
  ASSIGN_OR_RETURN(const Policy policy, Policy::parse(document, false));
  {
    const std::lock_guard lock(policies_mutex_);
    if (callback_policies_.count(policy.name) != 0) {
      return {Code::kExists,
              "policy \"" + policy.name + "\" exists, with a callback; delete it first"};
    }
  }
  return storage_->put_document(DocumentKind::kPolicy, policy.name, policy.to_json().dump(),
                                kMaxPolicies);
}

Status Store::put_policy(std::string_view document, PolicyDecider decider) {
  ASSIGN_OR_RETURN(Policy policy, Policy::parse(document, true));
  ASSIGN_OR_RETURN(const std::vector<Policy> stored, stored_policies());
  for (const Policy& other : stored) {
    if (other.name != policy.name) continue;
    return {Code::kExists,
            "policy \"" + policy.name + "\" exists, without a callback; delete it first"};
  }
  auto entry =
      std::make_shared<const CallbackPolicy>(CallbackPolicy{std::move(policy), std::move(decider)});
  std::shared_ptr<const CallbackPolicy> former;  // let go without the lock: that calls the caller
  const std::lock_guard lock(policies_mutex_);
  auto& place = callback_policies_[entry->policy.name];
  if (!place && callback_policies_.size() > kMaxPolicies) {
    callback_policies_.erase(entry->policy.name);
    return {Code::kLimit, "there are " + std::to_string(kMaxPolicies) +
                              " policies with callbacks already; delete one that is not needed"};
  }
  former = std::exchange(place, std::move(entry));
  return {};
}

Result<std::vector<Policy>> Store::stored_policies() {
  ASSIGN_OR_RETURN(const auto texts, storage_->documents(DocumentKind::kPolicy));
  return parse_all<Policy>(texts,
                           [](const std::string& text) { return Policy::parse(text, false); });
}

Result<std::string> Store::list_policies() {
  ASSIGN_OR_RETURN(const std::vector<Policy> stored, stored_policies());
  std::map<std::string, Json> entries;
  const auto add = [&entries](const Policy& policy, const char* decided_by) {
    Json entry = policy.to_json();
    entry["decided_by"] = decided_by;
    entries[policy.name] = std::move(entry);
  };
  for (const Policy& policy : stored) add(policy, "condition");
  {
    const std::lock_guard lock(policies_mutex_);
    for (const auto& [name, entry] : callback_policies_) add(entry->policy, "callback");
  }
  Json list = Json::array();
  for (auto& [name, entry] : entries) list.push_back(std::move(entry));
  return list.dump();
}

Status Store::delete_policy(std::string_view name) {
  std::shared_ptr<const CallbackPolicy> former;
  {
    const std::lock_guard lock(policies_mutex_);
    const auto found = callback_policies_.find(name);
    if (found != callback_policies_.end()) {
      former = std::move(found->second);
      callback_policies_.erase(found);
    }
  }
  if (former) return {};
  Status status = storage_->delete_document(DocumentKind::kPolicy, name);
  return status.code() == Code::kNotFound ? not_found("policy " + status.message())
                                          : std::move(status);
}

// A cursor may keep the store; its callbacks go with its handle.
void Store::let_go_policies() {
  decltype(callback_policies_) gone;
  const std::lock_guard lock(policies_mutex_);
  gone.swap(callback_policies_);
}

Status Store::put_archive_rule(std::string_view document) {
  ASSIGN_OR_RETURN(const ArchiveRule rule, ArchiveRule::parse(document));
  return storage_->put_document(DocumentKind::kArchiveRule, rule.name, rule.to_json().dump(),
                                kMaxPolicies);
}

Result<std::string> Store::list_archive_rules() {
  ASSIGN_OR_RETURN(const auto texts, storage_->documents(DocumentKind::kArchiveRule));
  ASSIGN_OR_RETURN(const auto rules, parse_all<ArchiveRule>(texts, ArchiveRule::parse));
  Json list = Json::array();
  for (const ArchiveRule& rule : rules) list.push_back(rule.to_json());
  return list.dump();
}

Status Store::delete_archive_rule(std::string_view name) {
  Status status = storage_->delete_document(DocumentKind::kArchiveRule, name);
  return status.code() == Code::kNotFound ? not_found("archive rule " + status.message())
                                          : std::move(status);
}

Report Store::apply_policies(const Scope& scope, const ApplyRequest& request, Control& control) {
  Control guard = guarded(control);
  Json report;
  Status status = run_policies(scope, request, Callbacks::kUse, nullptr, guard, &report);
  return {std::move(status), std::move(report)};
}

Report Store::apply_archive_rules(const Scope& scope, const ApplyRequest& request,
                                  Control& control) {
  Control guard = guarded(control);
  Json report;
  Status status = run_archive_rules(scope, request, nullptr, guard, &report);
  return {std::move(status), std::move(report)};
}

Status Store::run_policies(const Scope& scope, const ApplyRequest& request, Callbacks use,
                           StepPosition* position, Control& guard, Json* out_report) {
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(std::vector<Policy> policies, stored_policies());
  // The callbacks live as long as this goes on, whoever deletes them meanwhile.
  std::map<std::string, std::shared_ptr<const CallbackPolicy>, std::less<>> callbacks;
  {
    const std::lock_guard lock(policies_mutex_);
    callbacks = callback_policies_;
  }
  // Another process may have stored one of a callback's name: here that name is the callback's, as
  // list_policies() tells.
  std::erase_if(policies, [&](const Policy& policy) { return callbacks.count(policy.name) != 0; });
  if (use == Callbacks::kUse) {
    for (const auto& [name, entry] : callbacks) policies.push_back(entry->policy);
  }
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(std::vector<PlannedStep> steps,
                   plan_policies(std::move(policies), request, ladder(), now));
  for (PlannedStep& step : steps) {
    const auto found = callbacks.find(step.name);
    if (found != callbacks.end()) step.decider = &found->second->decider;
  }
  return apply_steps(scope, steps, {request.dry_run, Reason::kPolicy, position}, guard, out_report);
}

Status Store::run_archive_rules(const Scope& scope, const ApplyRequest& request,
                                StepPosition* position, Control& guard, Json* out_report) {
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const auto texts, storage_->documents(DocumentKind::kArchiveRule));
  ASSIGN_OR_RETURN(auto rules, parse_all<ArchiveRule>(texts, ArchiveRule::parse));
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const std::vector<PlannedStep> steps,
                   plan_rules(std::move(rules), request, ladder(), now));
  return apply_steps(scope, steps, {request.dry_run, Reason::kArchiveRule, position}, guard,
                     out_report);
}

Status Store::apply_steps(const Scope& scope, const std::vector<PlannedStep>& steps,
                          const StepApplication& how, Control& guard, Json* out_report) {
  *out_report = {{"dry_run", how.dry_run}, {"results", Json::array()}, {"total", 0}};
  // Conditions are about access statistics, so these are written first.
  RETURN_IF_ERROR(flush_access());
  StepPosition own;
  StepPosition& position = how.position != nullptr ? *how.position : own;
  const StepPosition before = position;
  int64_t total = 0;
  for (size_t at = first_step(steps, before); at < steps.size(); ++at) {
    const PlannedStep& step = steps[at];
    if (position.name != step.name) position = {step.name, 0};
    int64_t count = 0;
    Status status;
    if (step.skipped.empty()) {
      status = apply_step(scope, step, how, guard, &position.after_row, &count);
    }
    total += count;
    if (status.ok() && step.level != 0 && count > 0 && !how.dry_run) {
      int64_t packed = 0;
      status = storage_->pack_archive(static_cast<int>(step.level), false, guard, &packed);
    }
    Json result = {
        {"name", step.name}, {"action", std::string(action_name(step.action))}, {"count", count}};
    if (step.level != 0) result["level"] = step.level;
    if (!step.skipped.empty()) result["skipped"] = step.skipped;
    (*out_report)["results"].push_back(std::move(result));
    (*out_report)["total"] = total;
    if (status.ok()) status = guard.report(total, -1);
    if (!status.ok()) {
      position = next_position(steps, at, position, before, status.code());
      return status;
    }
  }
  position = {};
  return guard.finish(total, total);
}

Status Store::apply_step(const Scope& scope, const PlannedStep& step, const StepApplication& how,
                         Control& guard, int64_t* after_row, int64_t* out_count) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  if (how.dry_run && step.decider == nullptr) {
    ASSIGN_OR_RETURN(*out_count, storage_->count({&scope, now}, step.filter, guard.stop_check()));
    return {};
  }
  if (!reads_items(step)) {
    return act_on_heads(scope, step, how.reason, guard, after_row, out_count);
  }
  while (true) {
    ASSIGN_OR_RETURN(
        std::vector<ItemRef> items,
        storage_->scan({&scope, now}, step.filter, *after_row, kBatchRead, guard.stop_check()));
    if (items.empty()) return {};
    const int64_t last_row = items.back()->row();
    const auto damaged = [](const ItemRef& item) { return item->is_damaged(); };
    items.erase(std::remove_if(items.begin(), items.end(), damaged), items.end());
    if (step.decider != nullptr && !items.empty()) {
      std::vector<int32_t> marks(items.size(), 0);
      RETURN_IF_ERROR((*step.decider)(items, how.dry_run, &marks));
      size_t kept = 0;
      for (size_t i = 0; i < items.size(); ++i) {
        if (marks[i] != 0) items[kept++] = items[i];
      }
      items.resize(kept);
    }
    if (how.dry_run) {
      *out_count += static_cast<int64_t>(items.size());
    } else {
      RETURN_IF_ERROR(act_on_items(step, items, how.reason, now, out_count));
    }
    *after_row = last_row;
    RETURN_IF_ERROR(guard.report(*out_count, -1));
  }
}

Result<int64_t> Store::commit_moves(std::vector<WriteOp> operations, int64_t now_us) {
  const Durability durability = effective(Durability::kDefault);
  RETURN_IF_ERROR(engine_->rehearse(operations, now_us));
  RETURN_IF_ERROR(storage_->commit(operations, durability, now_us, true));
  int64_t done = 0;
  int64_t removed = 0;
  for (const WriteOp& operation : operations) {
    if (!operation.status.ok()) continue;  // it has changed, moved or gone meanwhile
    ++done;
    if (operation.kind == WriteOp::Kind::kRemove) ++removed;
  }
  counters_.add(kDeletes, removed);
  RETURN_IF_ERROR(settle(durability, now_us, true));
  return done;
}

Status Store::act_on_heads(const Scope& scope, const PlannedStep& step, Reason reason,
                           Control& guard, int64_t* after_row, int64_t* out_count) {
  while (true) {
    ASSIGN_OR_RETURN(const int64_t now, now_us());
    ASSIGN_OR_RETURN(
        const std::vector<ItemHead> heads,
        storage_->heads({&scope, now}, step.filter, *after_row, kBatchHeads, guard.stop_check()));
    if (heads.empty()) return {};
    std::vector<WriteOp> operations;
    operations.reserve(heads.size());
    for (const ItemHead& head : heads) {
      if (step.action == PolicyAction::kDelete) {
        operations.push_back(WriteOp::remove_row(head.row, head.key_hash, head.tier, reason));
        continue;
      }
      const int32_t to = target_tier(step.action, head.tier, ladder());
      if (to == head.tier) continue;
      operations.push_back(WriteOp::move_row(head.row, head.key_hash, head.tier, to, reason));
    }
    ASSIGN_OR_RETURN(const int64_t done, commit_moves(std::move(operations), now));
    *out_count += done;
    *after_row = heads.back().row;
    RETURN_IF_ERROR(guard.report(*out_count, -1));
  }
}

Status Store::act_on_items(const PlannedStep& step, const std::vector<ItemRef>& items,
                           Reason reason, int64_t now_us, int64_t* out_count) {
  const auto all = static_cast<int64_t>(items.size());
  if (step.action == PolicyAction::kCallback) {  // the callback has done it
    *out_count += all;
    return {};
  }
  if (step.action == PolicyAction::kRefresh) {
    RETURN_IF_ERROR(refresh_items(items, now_us));
    *out_count += all;
    return {};
  }
  if (step.action == PolicyAction::kTag) {
    Draft patch;
    patch.tags.push_back(step.tag);
    for (const ItemRef& item : items) {
      ASSIGN_OR_RETURN(const bool updated,
                       update_matching(item, step.filter, patch, Durability::kDefault));
      *out_count += updated ? 1 : 0;
    }
    return {};
  }
  std::vector<WriteOp> operations;
  for (const ItemRef& item : items) {
    if (step.action == PolicyAction::kDelete) {
      operations.push_back(WriteOp::remove(item, reason, item->header().version));
    } else {
      const int32_t to = target_tier(step.action, item->tier(), ladder());
      operations.push_back(WriteOp::move(item, to, reason));
    }
    operations.back().from = item->tier();
  }
  ASSIGN_OR_RETURN(const int64_t done, commit_moves(std::move(operations), now_us));
  *out_count += done;
  return {};
}

// As if they had been read, which is not counted.
Status Store::begin_idle_time(const std::vector<ItemRef>& items, int64_t now_us) {
  std::vector<AccessDelta> deltas;
  deltas.reserve(items.size());
  for (const ItemRef& item : items) deltas.push_back({item->row(), 0, now_us});
  RETURN_IF_ERROR(storage_->write_access(deltas));
  for (const ItemRef& item : items) {
    const Scope scope = item->scope();
    if (const ItemRef near = resident(ItemKey(scope, item->id()))) near->touch(now_us);
  }
  return {};
}

// As if they had been read now, but not counted: idle times and times to live begin anew.
Status Store::refresh_items(const std::vector<ItemRef>& items, int64_t now_us) {
  std::vector<WriteOp> operations;
  for (const ItemRef& item : items) {
    const int64_t ttl_us = item->header().ttl_us;
    if (ttl_us == kNoTtl || item->expires_us() == 0) continue;
    operations.push_back(WriteOp::refresh(item, add_time_us(now_us, ttl_us)));
  }
  RETURN_IF_ERROR(begin_idle_time(items, now_us));
  return operations.empty() ? Status() : commit_moves(std::move(operations), now_us).take_status();
}

}  // namespace memtier
