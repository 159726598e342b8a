#include <algorithm>

#include "lifecycle/policy_plan.h"
#include "store.h"

namespace memtier {
namespace {

constexpr int64_t kRestoredAtOnce = 500;
constexpr size_t kFewIds = 16;
constexpr size_t kMostOfAnId = 10'000;  // in as many scopes

bool is_archive(const Ladder& ladder, int32_t tier) {
  return ladder.tiers[static_cast<size_t>(tier)].medium == Medium::kArchive;
}

double ratio_of(int64_t compressed, int64_t original) {
  return original == 0 ? 0.0 : static_cast<double>(compressed) / static_cast<double>(original);
}

// Where what is restored goes if nobody says so: short_term, or the tier above the archive.
Result<int32_t> restore_tier(const Ladder& ladder, const std::string& name) {
  if (!name.empty()) {
    const auto tier = ladder.tier_by_name(name);
    if (!tier) return not_found("tier \"" + name + "\" is not in the ladder");
    if (is_archive(ladder, *tier)) {
      return invalid("request: \"tier\" is \"" + name + "\", which is an archive itself");
    }
    return *tier;
  }
  if (const auto tier = ladder.tier_by_name("short_term")) return *tier;
  return std::max(archive_tier(ladder) - 1, 0);
}

// What is asked for, and is archived.
Result<FilterRef> archived_of(const RestoreRequest& request, const Ladder& ladder, int64_t now_us) {
  const ConditionContext context = condition_context(ladder, now_us);
  auto all = std::make_shared<Filter>();
  ASSIGN_OR_RETURN(const FilterRef archived, Filter::from_condition({{"archived", true}}, context));
  all->children.push_back(*archived);
  if (!request.filter.is_null()) {
    ASSIGN_OR_RETURN(const FilterRef own, Filter::from_condition(request.filter, context));
    all->children.push_back(*own);
  }
  if (request.has_ids) {
    ASSIGN_OR_RETURN(const FilterRef ids, Filter::from_json({{"id", {{"$in", request.ids}}}}));
    all->children.push_back(*ids);
  }
  return FilterRef(std::move(all));
}

}  // namespace

Result<std::string> Store::archive_statistics() {
  ASSIGN_OR_RETURN(const ArchiveStatistics statistics, storage_->archive_statistics());
  Json months = Json::array();
  for (const ArchiveStatistics::Month& month : statistics.months) {
    months.push_back({{"period", month.period},
                      {"blocks", month.blocks},
                      {"items", month.items},
                      {"original_bytes", month.original_bytes},
                      {"compressed_bytes", month.compressed_bytes}});
  }
  const int64_t compressed = statistics.compressed_bytes + statistics.dictionary_bytes;
  const double ratio = ratio_of(compressed, statistics.original_bytes);
  return Json{{"items", statistics.items},
              {"waiting", statistics.waiting},
              {"blocks", statistics.blocks},
              {"original_bytes", statistics.original_bytes},
              {"compressed_bytes", compressed},
              {"dictionary_bytes", statistics.dictionary_bytes},
              {"ratio", ratio},
              {"saved", statistics.original_bytes == 0 ? 0.0 : 1 - ratio},
              {"periods", std::move(months)}}
      .dump();
}

Report Store::pack_archive(const PackRequest& request, Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  RepackResult repacked;
  int64_t packed = 0;
  Status status;
  if (request.repack) status = storage_->repack_archive(guard, &repacked);
  const auto level = static_cast<int>(request.level);
  if (status.ok()) status = storage_->pack_archive(level, request.all, guard, &packed);
  packed += repacked.items;
  if (status.ok()) status = guard.finish(packed, packed);
  return {std::move(status), Json{{"packed", packed},
                                  {"repacked_blocks", repacked.blocks},
                                  {"damaged_blocks", repacked.damaged}}};
}

Report Store::restore(const Scope& scope, const RestoreRequest& request, Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const int32_t to, restore_tier(ladder(), request.tier));
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const FilterRef filter, archived_of(request, ladder(), now));
  int64_t restored = 0;
  Json damaged = Json::array();
  const auto run = [&]() -> Status {
    int64_t after_row = 0;
    // A few by their ids need no look at the tables' indexes, and so no fold of what is pending.
    const bool few = request.has_ids && request.filter.is_null() && request.ids.size() <= kFewIds;
    while (true) {
      std::vector<ItemRef> items;
      if (few) {
        for (const std::string& id : request.ids) {
          ASSIGN_OR_RETURN(const auto found, storage_->find_by_id({&scope, now}, id, kMostOfAnId));
          for (const ItemRef& item : found) {
            if (is_archive(ladder(), item->tier())) items.push_back(item);
          }
        }
      } else {
        ASSIGN_OR_RETURN(items, storage_->scan({&scope, now}, filter, after_row, kRestoredAtOnce,
                                               guard.stop_check()));
      }
      if (items.empty()) return {};
      after_row = items.back()->row();
      std::vector<WriteOp> operations;
      for (const ItemRef& item : items) {
        if (item->is_damaged()) {
          damaged.push_back(std::string(item->id()));
          continue;
        }
        operations.push_back(WriteOp::move(item, to, Reason::kRestored));
        operations.back().from = item->tier();
      }
      ASSIGN_OR_RETURN(const int64_t done, commit_moves(std::move(operations), now));
      restored += done;
      RETURN_IF_ERROR(begin_idle_time(items, now));
      RETURN_IF_ERROR(guard.report(restored, -1));
      if (few) return {};
    }
  };
  Status status = run();
  if (status.ok()) status = guard.finish(restored, restored);
  return {std::move(status), Json{{"restored", restored},
                                  {"tier", ladder().tiers[static_cast<size_t>(to)].name},
                                  {"damaged", std::move(damaged)}}};
}

}  // namespace memtier
