// LadderEngine: what the ladder makes happen. Demotes and evicts when a tier is full, promotes on
// read, demotes what lies idle.
//
// Of each bounded RAM tier it knows the members (loaded from the storage when first needed, then kept
// in step with the changes), so that an overflow sorts that tier's members and reads nothing. Bounded
// tiers on other media are asked for their members when they overflow.
//
// Thread safety: every function, any thread. Locks: members_mutex_ is taken while the storage delivers
// changes, so nothing that calls the storage holds it. None is held while a callback runs.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "base/striped_counter.h"
#include "model/filter_eval.h"
#include "model/ladder.h"
#include "storage/storage.h"
#include "tiers/residency.h"
#include "tiers/retention.h"

namespace memtier {

// Sets to 1 the numbers of those of `read` that are to go one tier up; all are 0 before. No lock is held.
using PromotionCallback = std::function<Status(std::span<const ItemHead> read, int64_t now_us,
                                               std::span<int32_t> out_chosen)>;

// What callbacks are shown of an item at hand; its names only with `with_texts`.
ItemHead head_of(const Item& item, int32_t tier, bool with_texts);

class LadderEngine {
 public:
  LadderEngine(const Ladder& ladder, Residency& residency, EvictionOrder order,
               ScoreCallback callback);

  void set_storage(Storage* storage) { storage_ = storage; }

  // --- called by the storage's sink, in the order of changes
  void apply(const Change& change);
  void reset();
  std::optional<ItemHead> member(int32_t tier, int64_t row) const;

  // Called before puts and moves, where the order is a callback's: asks it about every tier, down the
  // ladder, that they would make overflow, so that its failure fails them before anything is stored.
  Status rehearse(std::span<const WriteOp> writes, int64_t now_us);
  // Brings every tier within its capacity, from the hottest down. Called after writes and promotions.
  Status relieve(Durability durability, int64_t now_us, bool wait);

  // The tier that a read lifts the item to, with the reason; nullopt: none. `third_read_us` is a
  // function of the number of reads asked for (see Item::note_read). The filter comes last, for it is
  // the only one that may have to look at what the item holds.
  template <typename ReadTime>
  std::optional<std::pair<int32_t, Reason>> promotion(const Item& item, int64_t now_us,
                                                      ReadTime read_time) const;

  // Whether a read can lift the item at all.
  bool can_rise(const Item& item) const {
    const int32_t tier = item.tier();
    return tier > 0 && static_cast<size_t>(tier) < ladder_.tiers.size() && !item.pinned();
  }

  bool is_bounded_anywhere() const { return bounded_; }

 private:
  struct Members {
    bool loaded = false;
    bool loading = false;
    std::unordered_map<int64_t, ItemHead> heads;
    std::unordered_set<int64_t> gone_while_loading;
  };
  struct Excess {
    int64_t items = 0;  // that must go at least
    int64_t bytes = 0;
  };

  bool tracks(int32_t tier) const;
  Result<std::vector<ItemHead>> rehearse_tier(int32_t tier, const std::vector<ItemHead>& arriving,
                                              TierTotals* totals, int64_t now_us);
  std::optional<Excess> excess(int32_t tier, const TierTotals& totals) const;
  Result<std::vector<ItemHead>> candidates(int32_t tier);
  Status load_members(int32_t tier);
  void refresh_live(std::vector<ItemHead>* heads) const;
  Status relieve_tier(int32_t tier, const Excess& excess, Durability durability, int64_t now_us,
                      bool wait, std::unique_lock<std::mutex>& lock);
  Result<std::vector<size_t>> victims(std::span<const ItemHead> heads, const Excess& excess,
                                      int64_t now_us);

  const Ladder& ladder_;
  const TierNames tier_names_;
  Residency& residency_;
  const EvictionOrder order_;
  const ScoreCallback callback_;
  bool bounded_ = false;
  Storage* storage_ = nullptr;

  std::mutex relieve_mutex_;          // one thread makes room at a time
  std::mutex load_mutex_;             // one thread loads members at a time
  mutable std::mutex members_mutex_;  // guards members_
  std::vector<Members> members_;      // by tier
};

template <typename ReadTime>
std::optional<std::pair<int32_t, Reason>> LadderEngine::promotion(const Item& item, int64_t now_us,
                                                                  ReadTime read_time) const {
  if (!can_rise(item)) return std::nullopt;
  const int32_t tier = item.tier();
  const PromotionRule& rule = ladder_.tiers[static_cast<size_t>(tier)].promote;
  const auto up = [tier](Reason reason) { return std::make_pair(tier - 1, reason); };
  if (rule.reads) {
    const int64_t since_us = read_time(*rule.reads);
    if (since_us != 0 && now_us - since_us <= rule.within_us) return up(Reason::kReads);
  }
  if (rule.importance_above && item.header().importance > *rule.importance_above) {
    return up(Reason::kImportance);
  }
  if (rule.access_count_above && item.access_count() > *rule.access_count_above) {
    return up(Reason::kAccessCount);
  }
  if (rule.validation_count_above && item.validation_count() > *rule.validation_count_above) {
    return up(Reason::kValidation);
  }
  if (rule.filter && matches(*rule.filter, item.fields(), tier_names_)) return up(Reason::kFilter);
  return std::nullopt;
}

}  // namespace memtier
