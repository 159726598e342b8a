// Consolidation: the items of a hot tier that are worth it go into the next one, in batches of which each goes
// as a whole or stays as a whole. And compressing contents where they stand.
#include <algorithm>

#include "base/hash.h"
#include "lifecycle/policy_plan.h"
#include "store.h"
#include "tiers/retention.h"

namespace memtier {
namespace {

constexpr int64_t kHeadsAtOnce = 2000;
constexpr size_t kMostErrors = 100;  // that are told one by one
constexpr size_t kRowsAtOnce = 200;

// One that was chosen.
struct Chosen {
  int64_t row = 0;
  int64_t priority = 0;
  double score = 0;
};

bool goes_before(const Chosen& a, const Chosen& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.score != b.score) return a.score > b.score;
  return a.row < b.row;
}

void keep_best(std::vector<Chosen>* chosen, size_t most) {
  if (chosen->size() <= most) return;
  const auto end = chosen->begin() + static_cast<std::ptrdiff_t>(most);
  std::nth_element(chosen->begin(), end, chosen->end(), goes_before);
  chosen->resize(most);
}

std::string items_of(const std::string& text, int64_t count) {
  return text + " (" + std::to_string(count) + (count == 1 ? " item)" : " items)");
}

}  // namespace

// What an item must still be when it has arrived.
struct Store::Before {
  int64_t row = 0;
  int64_t version = 0;
  uint64_t content = 0;
};

// What one consolidation has done so far.
struct Store::Consolidation {
  ConsolidationRequest request;
  Scope scope;
  int32_t from = 0;
  int32_t to = 0;
  int64_t looked_at = 0;  // what the filter leaves
  int64_t below_score = 0;
  std::vector<int64_t> rows;  // in their order
  int64_t batches = 0;
  int64_t moved = 0;
  int64_t gone = 0;  // changed their tier, were pinned or removed, since they were chosen
  int64_t retries = 0;
  int64_t failed = 0;
  int64_t failed_batches = 0;
  CompressResult compressed;
  Json errors = Json::array();

  Json report(const Ladder& ladder, bool triggered) const {
    const auto name = [&ladder](int32_t tier) {
      return ladder.tiers[static_cast<size_t>(tier)].name;
    };
    return {{"from", name(from)},
            {"to", name(to)},
            {"triggered", triggered},
            {"dry_run", request.dry_run},
            {"selected", looked_at},
            {"below_score", below_score},
            {"chosen", static_cast<int64_t>(rows.size())},
            {"batches", batches},
            {"moved", moved},
            {"gone", gone},
            {"retries", retries},
            {"failed", failed},
            {"failed_batches", failed_batches},
            {"compressed", compressed.items},
            {"saved_bytes", compressed.original_bytes - compressed.compressed_bytes},
            {"errors", errors}};
  }
};

Report Store::consolidate(const Scope& scope, const ConsolidationRequest& request,
                          Control& control) {
  Control guard = guarded(control);
  Json report;
  Status status = run_consolidation(scope, request, guard, &report);
  return {std::move(status), std::move(report)};
}

Status Store::run_consolidation(const Scope& scope, const ConsolidationRequest& request,
                                Control& guard, Json* out_report) {
  RETURN_IF_ERROR(guard.check());
  Consolidation work;
  work.request = request;
  work.scope = scope;
  if (!request.from.empty()) {
    const auto tier = ladder().tier_by_name(request.from);
    if (!tier) return not_found("tier \"" + request.from + "\" is not in the ladder");
    work.from = *tier;
  }
  work.to = work.from + 1;
  if (static_cast<size_t>(work.to) >= ladder().tiers.size()) {
    return invalid("request: \"from\" is \"" + ladder().tiers.back().name +
                   "\", the last tier; there is none to consolidate it into");
  }
  // Scores and conditions are about access statistics, so these are written first.
  RETURN_IF_ERROR(flush_access());
  ASSIGN_OR_RETURN(const TierStatistics tier, tier_statistics(static_cast<size_t>(work.from)));
  const bool triggered = tier.utilization >= request.min_fill;
  Status status;
  if (triggered) status = choose_for_consolidation(guard, &work);
  if (status.ok() && triggered && !request.dry_run) status = consolidate_batches(guard, &work);
  *out_report = work.report(ladder(), triggered);
  if (work.moved + work.failed > 0) {
    const auto level = work.failed > 0 ? LogLevel::kWarning : LogLevel::kInfo;
    options_.log.write(level, "consolidated: " + out_report->dump());
  }
  RETURN_IF_ERROR(std::move(status));
  return guard.finish(work.moved, work.moved);
}

// Select, filter, score, order.
Status Store::choose_for_consolidation(Control& guard, Consolidation* work) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const ConditionContext context = condition_context(ladder(), now);
  auto all = std::make_shared<Filter>();
  ASSIGN_OR_RETURN(const FilterRef own, Filter::from_condition(work->request.filter, context));
  const Json tier = {{"tier", ladder().tiers[static_cast<size_t>(work->from)].name},
                     {"pinned", false}};
  ASSIGN_OR_RETURN(const FilterRef of_tier, Filter::from_condition(tier, context));
  all->children = {*of_tier, *own};
  const auto most = static_cast<size_t>(work->request.max_items);
  std::vector<Chosen> chosen;
  int64_t after_row = 0;
  while (true) {
    ASSIGN_OR_RETURN(
        const std::vector<ItemHead> heads,
        storage_->heads({&work->scope, now}, all, after_row, kHeadsAtOnce, guard.stop_check()));
    if (heads.empty()) break;
    after_row = heads.back().row;
    work->looked_at += static_cast<int64_t>(heads.size());
    for (const ItemHead& head : heads) {
      const double score = retention_score(head, now);
      if (score < work->request.min_score) {
        ++work->below_score;
      } else {
        chosen.push_back({head.row, head.priority, score});
      }
    }
    if (chosen.size() >= 2 * most) keep_best(&chosen, most);
    RETURN_IF_ERROR(guard.check());
  }
  keep_best(&chosen, most);
  std::sort(chosen.begin(), chosen.end(), goes_before);
  for (const Chosen& one : chosen) work->rows.push_back(one.row);
  return {};
}

Status Store::consolidate_batches(Control& guard, Consolidation* work) {
  const auto size = static_cast<size_t>(work->request.batch_size);
  for (size_t begin = 0; begin < work->rows.size(); begin += size) {
    RETURN_IF_ERROR(guard.check());
    const size_t count = std::min(size, work->rows.size() - begin);
    const std::span<const int64_t> rows = std::span(work->rows).subspan(begin, count);
    ++work->batches;
    Status status;
    for (int64_t attempt = 0; attempt <= work->request.retries; ++attempt) {
      if (attempt > 0) ++work->retries;
      status = consolidate_batch(rows, work);
      if (status.ok() || status.code() == Code::kCancelled) break;
    }
    if (status.code() == Code::kCancelled) return status;
    if (!status.ok()) {
      ++work->failed_batches;
      work->failed += static_cast<int64_t>(count);
      if (work->errors.size() < kMostErrors) {
        work->errors.push_back({{"batch", work->batches},
                                {"items", static_cast<int64_t>(count)},
                                {"message", status.message()}});
      }
    }
    RETURN_IF_ERROR(guard.report(work->moved, static_cast<int64_t>(work->rows.size())));
  }
  return {};
}

// Compression, transfer, verification. Moving is one step: an item is in one tier or in the other, and the
// items of a batch move together. Not OK: all are where they were.
Status Store::consolidate_batch(std::span<const int64_t> rows, Consolidation* work) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage_->find_rows(rows));
  std::vector<WriteOp> operations;
  std::vector<Before> before;
  std::vector<int64_t> there;
  int64_t damaged = 0;
  for (const ItemRef& item : items) {
    if (!item || item->tier() != work->from || item->pinned()) continue;
    if (item->is_damaged()) {
      ++damaged;
      continue;
    }
    operations.push_back(WriteOp::move(item, work->to, Reason::kConsolidated));
    operations.back().from = work->from;
    operations.back().group = 1;
    there.push_back(item->row());
    before.push_back({item->row(), item->header().version, hash64(item->text(Text::kContent))});
  }
  if (damaged > 0) {
    return {Code::kCorrupt, items_of("contents are damaged and cannot be moved", damaged)};
  }
  const auto gone = static_cast<int64_t>(rows.size() - there.size());
  if (operations.empty()) {
    work->gone += gone;
    return {};
  }
  if (work->request.compress_above_bytes >= 0) {
    RETURN_IF_ERROR(
        storage_->compress_contents(there, work->request.compress_above_bytes, &work->compressed));
  }
  RETURN_IF_ERROR(engine_->rehearse(operations, now));
  const Durability durability = effective(Durability::kDefault);
  RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
  for (WriteOp& operation : operations) {
    // The others have kCancelled, and this one tells why.
    if (operation.status.ok() || operation.status.code() == Code::kCancelled) continue;
    return {Code::kConflict, "an item changed meanwhile: " + operation.status.message()};
  }
  Status verified = verify_consolidated(before, *work, now);
  if (!verified.ok()) {
    RETURN_IF_ERROR(take_back(before, *work, now));
    return verified;
  }
  work->moved += static_cast<int64_t>(there.size());
  work->gone += gone;
  // The batch has arrived, whatever becomes of making room below it: that is logged, and no reason to move
  // anything again.
  (void)settle(durability, now, true);
  return {};
}

// Reads what has arrived from the file's tables, not from RAM.
Status Store::verify_consolidated(std::span<const Before> before, const Consolidation& work,
                                  int64_t now_us) {
  RETURN_IF_ERROR(storage_->drain());
  std::vector<int64_t> rows;
  for (const Before& one : before) rows.push_back(one.row);
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage_->find_rows(rows));
  for (size_t i = 0; i < items.size(); ++i) {
    const ItemRef& item = items[i];
    // Others may have removed or changed it since; then it is not what was moved.
    if (!item || item->header().version != before[i].version) continue;
    const std::string id(item->id());
    if (item->is_damaged() || hash64(item->text(Text::kContent)) != before[i].content) {
      return {Code::kCorrupt, "item \"" + id + "\" did not arrive as it was"};
    }
    // A read may have brought it up again.
    if (item->tier() == work.from && !is_in_use(item, now_us)) {
      return {Code::kConflict, "item \"" + id + "\" is still in its tier"};
    }
  }
  return {};
}

Status Store::take_back(std::span<const Before> before, const Consolidation& work, int64_t now_us) {
  std::vector<int64_t> rows;
  for (const Before& one : before) rows.push_back(one.row);
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage_->find_rows(rows));
  std::vector<WriteOp> operations;
  for (const ItemRef& item : items) {
    if (!item || item->tier() != work.to) continue;
    operations.push_back(WriteOp::move(item, work.from, Reason::kConsolidated));
    operations.back().from = work.to;
  }
  return operations.empty()
             ? Status()
             : storage_->commit(operations, effective(Durability::kDefault), now_us, true);
}

Result<bool> Store::is_consolidation_due() {
  if (!options_.consolidation) return false;
  const int64_t every_us = options_.consolidation->every_us;
  if (every_us == 0) return true;
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const auto last, storage_->find_document(DocumentKind::kConsolidation, "last"));
  const int64_t last_us = last ? std::strtoll(last->c_str(), nullptr, 10) : 0;
  return !last || now < last_us || now - last_us >= every_us;
}

Status Store::note_consolidation() {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return storage_->put_document(DocumentKind::kConsolidation, "last", std::to_string(now),
                                kMaxPolicies);
}

Report Store::compress_where(const Scope& scope, const FilterRef& filter, int64_t above_bytes,
                             Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  CompressResult result;
  int64_t looked_at = 0;
  const auto run = [&]() -> Status {
    int64_t after_row = 0;
    while (true) {
      ASSIGN_OR_RETURN(const int64_t now, now_us());
      ASSIGN_OR_RETURN(
          const std::vector<ItemHead> heads,
          storage_->heads({&scope, now}, filter, after_row, kHeadsAtOnce, guard.stop_check()));
      if (heads.empty()) return {};
      after_row = heads.back().row;
      std::vector<int64_t> rows;
      for (const ItemHead& head : heads) {
        if (head.size_bytes > above_bytes) rows.push_back(head.row);  // with all its texts
      }
      looked_at += static_cast<int64_t>(heads.size());
      for (size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
        const size_t count = std::min(kRowsAtOnce, rows.size() - begin);
        RETURN_IF_ERROR(storage_->compress_contents(std::span(rows).subspan(begin, count),
                                                    above_bytes, &result));
        RETURN_IF_ERROR(guard.report(result.items, -1));
      }
    }
  };
  Status status = run();
  if (status.ok()) status = guard.finish(result.items, result.items);
  return {std::move(status), Json{{"matched", looked_at},
                                  {"compressed", result.items},
                                  {"original_bytes", result.original_bytes},
                                  {"compressed_bytes", result.compressed_bytes}}};
}

}  // namespace memtier
