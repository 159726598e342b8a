#include "storage/sqlite/estimates.h"

namespace memtier {

bool Estimates::find(const std::string& key, int64_t sequence, Estimate* out) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(key);
  if (found == kept_.end()) return false;
  const Kept& kept = found->second;
  const int64_t changes = sequence - kept.sequence;
  if (changes < 0 || changes > kMostChanges + kept.estimate.entries) return false;
  *out = kept.estimate;
  return true;
}

void Estimates::keep(const std::string& key, int64_t sequence, const Estimate& estimate) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMaxKept) kept_.clear();
  kept_[key] = {estimate, sequence};
}

Result<Estimate> Estimates::count_up_to(Connection& connection, const SqlText& from,
                                        int64_t limit) {
  SqlText sql;
  sql.add("SELECT count(*) FROM (SELECT 1 FROM ").append(from).add(" LIMIT ").value(limit + 1);
  sql.add(")");
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  RETURN_IF_ERROR(select.step().take_status());
  return Estimate{select.integer(0), select.integer(0) > limit};
}

Result<Estimate> Estimates::count(Connection& connection, int64_t sequence, const std::string& key,
                                  const SqlText& from) {
  Estimate estimate;
  if (find(key, sequence, &estimate)) return estimate;
  ASSIGN_OR_RETURN(estimate, count_up_to(connection, from, kLimit));
  keep(key, sequence, estimate);
  return estimate;
}

Result<Estimate> Estimates::count_few(Connection& connection, const SqlText& from) {
  return count_up_to(connection, from, kFew);
}

Result<int64_t> Estimates::all_items(Connection& connection, int64_t sequence) {
  const std::string key = "all";
  Estimate estimate;
  if (find(key, sequence, &estimate)) return estimate.entries;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT ifnull(sum(count), 0) FROM tier_totals"));
  StatementUse use(select);
  RETURN_IF_ERROR(use->step().take_status());
  estimate.entries = use->integer(0);
  keep(key, sequence, estimate);
  return estimate.entries;
}

Result<ScopeCondition> Estimates::scope_condition(Connection& connection, int64_t sequence,
                                                  const Scope& pattern) {
  bool collection_only = true;
  for (size_t i = Scope::kApp; i < Scope::kNames; ++i) {
    collection_only = collection_only && !pattern.constrains(i);
  }
  const std::string_view collection = pattern.name(Scope::kCollection);
  if (collection_only) {
    const std::lock_guard lock(mutex_);
    if (only_sequence_ == sequence && only_collection_ == collection) {
      ScopeCondition everything;
      everything.everything = true;
      return everything;
    }
  }
  ASSIGN_OR_RETURN(ScopeCondition condition, memtier::scope_condition(connection, pattern));
  if (collection_only && condition.everything && pattern.constrains(Scope::kCollection)) {
    const std::lock_guard lock(mutex_);
    only_sequence_ = sequence;
    only_collection_ = collection;
  }
  return condition;
}

Result<int64_t> Estimates::label(Connection& connection, std::string_view text) {
  std::string key(text);
  if (removed_ == nullptr || removed_->load(std::memory_order_acquire) == 0) {
    const std::lock_guard lock(mutex_);
    const auto found = labels_.find(key);
    if (found != labels_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT label FROM labels WHERE text = ?"));
  StatementUse use(select.bind_text(1, text));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return int64_t{0};  // it may come to be
  const int64_t number = use->integer(0);
  const std::lock_guard lock(mutex_);
  if (labels_.size() >= kMaxKept) labels_.clear();
  labels_.emplace(std::move(key), number);
  return number;
}

}  // namespace memtier
