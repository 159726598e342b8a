#include "tiers/ladder_engine.h"

#include <algorithm>

#include "base/epoch.h"

namespace memtier {
namespace {

constexpr int kMaxRounds = 1000;  // of making room for one write; each takes a tenth of a tier

}  // namespace

ItemHead head_of(const Item& item, int32_t tier, bool with_texts) {
  ItemHead head;
  const ImageHeader& header = item.header();
  head.row = item.row();
  head.key_hash = item.key_hash();
  head.tier = tier;
  head.pinned = item.pinned();
  head.importance = header.importance;
  head.priority = header.priority;
  head.created_us = header.created_us;
  head.accessed_us = item.accessed_us();
  head.expires_us = item.expires_us();
  head.access_count = item.access_count();
  head.validation_count = item.validation_count();
  head.size_bytes = item.size_bytes();
  if (!with_texts) return head;
  head.id = item.id();
  head.type = item.text(Text::kType);
  head.user = item.text(Text::kUser);
  head.session = item.text(Text::kSession);
  return head;
}

LadderEngine::LadderEngine(const Ladder& ladder, Residency& residency, EvictionOrder order,
                           ScoreCallback callback)
    : ladder_(ladder),
      tier_names_(ladder.names()),
      residency_(residency),
      order_(order),
      callback_(std::move(callback)),
      members_(ladder.tiers.size()) {
  for (const Tier& tier : ladder.tiers) bounded_ = bounded_ || tier.is_bounded();
}

bool LadderEngine::tracks(int32_t tier) const {
  return residency_.is_ram(tier) && ladder_.tiers[static_cast<size_t>(tier)].is_bounded();
}

void LadderEngine::apply(const Change& change) {
  if (!bounded_) return;
  const bool leaves = tracks(change.from);
  const bool enters = tracks(change.to);
  if (!leaves && !enters) return;
  const std::lock_guard lock(members_mutex_);
  std::optional<ItemHead> head;
  if (leaves) {
    Members& members = members_[static_cast<size_t>(change.from)];
    const auto found = members.heads.find(change.row);
    if (found != members.heads.end()) {
      head = std::move(found->second);
      members.heads.erase(found);
    }
    if (members.loading) members.gone_while_loading.insert(change.row);
  }
  if (!enters) return;
  Members& members = members_[static_cast<size_t>(change.to)];
  if (!members.loaded && !members.loading) return;
  if (change.item) {
    head = head_of(*change.item, change.to, static_cast<bool>(callback_));
  }
  if (!head) {
    // Somebody else moved an item that we know nothing of: the tier is read anew when it is needed.
    members.loaded = false;
    return;
  }
  head->tier = change.to;
  if (change.kind == WriteOp::Kind::kValidate) head->validation_count = change.value;
  if (change.kind == WriteOp::Kind::kRefresh) head->expires_us = change.value;
  members.heads.insert_or_assign(change.row, std::move(*head));
}

void LadderEngine::reset() {
  const std::lock_guard lock(members_mutex_);
  for (Members& members : members_) members = Members();
}

std::optional<ItemHead> LadderEngine::member(int32_t tier, int64_t row) const {
  if (!tracks(tier)) return std::nullopt;
  const std::lock_guard lock(members_mutex_);
  const auto& heads = members_[static_cast<size_t>(tier)].heads;
  const auto found = heads.find(row);
  return found == heads.end() ? std::nullopt : std::optional<ItemHead>(found->second);
}

// A full tier loses a tenth of its capacity, or what is too much, whichever is more.
std::optional<LadderEngine::Excess> LadderEngine::excess(int32_t tier,
                                                         const TierTotals& totals) const {
  const Tier& rules = ladder_.tiers[static_cast<size_t>(tier)];
  Excess excess;
  if (rules.capacity_items != 0 && totals.count > rules.capacity_items) {
    const int64_t tenth = std::max<int64_t>(1, rules.capacity_items / 10);
    excess.items = std::max(tenth, totals.count - rules.capacity_items);
  }
  if (rules.capacity_bytes != 0 && totals.bytes > rules.capacity_bytes) {
    const int64_t tenth = std::max<int64_t>(1, rules.capacity_bytes / 10);
    excess.bytes = std::max(tenth, totals.bytes - rules.capacity_bytes);
  }
  if (excess.items == 0 && excess.bytes == 0) return std::nullopt;
  return excess;
}

Status LadderEngine::load_members(int32_t tier) {
  const std::lock_guard loading(load_mutex_);
  Members& members = members_[static_cast<size_t>(tier)];
  {
    const std::lock_guard lock(members_mutex_);
    if (members.loaded) return {};
    members = Members();
    members.loading = true;
  }
  // Changes that happen meanwhile are applied to the members at once; what left is not added again.
  Status status = storage_->visit_tier(tier, INT64_MAX, static_cast<bool>(callback_),
                                       [this, &members](ItemHead&& head) {
                                         const std::lock_guard lock(members_mutex_);
                                         if (members.gone_while_loading.count(head.row) != 0)
                                           return;
                                         members.heads.try_emplace(head.row, std::move(head));
                                       });
  const std::lock_guard lock(members_mutex_);
  members.loaded = status.ok() && members.loading;
  members.loading = false;
  members.gone_while_loading.clear();
  return status;
}

Result<std::vector<ItemHead>> LadderEngine::candidates(int32_t tier) {
  std::vector<ItemHead> heads;
  if (tracks(tier)) {
    RETURN_IF_ERROR(load_members(tier));
    {
      const std::lock_guard lock(members_mutex_);
      for (const auto& [row, head] : members_[static_cast<size_t>(tier)].heads) {
        if (!head.pinned) heads.push_back(head);
      }
    }
    refresh_live(&heads);
    return heads;
  }
  RETURN_IF_ERROR(storage_->visit_tier(tier, INT64_MAX, static_cast<bool>(callback_),
                                       [&heads](ItemHead&& head) {
                                         if (!head.pinned) heads.push_back(std::move(head));
                                       }));
  return heads;
}

// Reads since the head was noted are in the resident item.
void LadderEngine::refresh_live(std::vector<ItemHead>* heads) const {
  const EpochGuard guard;
  for (ItemHead& head : *heads) {
    const Item* item = residency_.map().peek_row(head.key_hash, head.row);
    if (item == nullptr) continue;
    head.accessed_us = item->accessed_us();
    head.access_count = item->access_count();
    head.validation_count = item->validation_count();
    head.expires_us = item->expires_us();
  }
}

Result<std::vector<size_t>> LadderEngine::victims(std::span<const ItemHead> heads,
                                                  const Excess& excess, int64_t now_us) {
  size_t count = static_cast<size_t>(excess.items);
  // By bytes it is not known beforehand how many; all are ordered, and cut where it is enough.
  if (excess.bytes > 0) count = heads.size();
  ASSIGN_OR_RETURN(std::vector<size_t> numbers,
                   choose_victims(heads, count, order_, callback_, now_us));
  if (excess.bytes == 0) return numbers;
  int64_t bytes = 0;
  size_t taken = 0;
  while (taken < numbers.size() &&
         (bytes < excess.bytes || static_cast<int64_t>(taken) < excess.items)) {
    bytes += heads[numbers[taken++]].size_bytes;
  }
  numbers.resize(taken);
  return numbers;
}

Status LadderEngine::relieve_tier(int32_t tier, const Excess& excess, Durability durability,
                                  int64_t now_us, bool wait, std::unique_lock<std::mutex>& lock) {
  ASSIGN_OR_RETURN(const std::vector<ItemHead> heads, candidates(tier));
  // No lock is held while a callback runs. Who makes room meanwhile may choose the same victims: of two
  // moves of an item from this tier the second does nothing.
  if (callback_) lock.unlock();
  auto chosen = victims(heads, excess, now_us);
  if (callback_) lock.lock();
  ASSIGN_OR_RETURN(const std::vector<size_t> numbers, std::move(chosen));
  std::vector<WriteOp> operations;
  operations.reserve(numbers.size());
  const bool is_last = static_cast<size_t>(tier) + 1 == ladder_.tiers.size();
  for (const size_t number : numbers) {
    const ItemHead& head = heads[number];
    const bool over = head.expires_us != 0 && head.expires_us <= now_us;
    if (over || is_last) {
      operations.push_back(WriteOp::remove_row(head.row, head.key_hash, tier,
                                               over ? Reason::kExpired : Reason::kEvicted));
    } else {
      operations.push_back(
          WriteOp::move_row(head.row, head.key_hash, tier, tier + 1, Reason::kCapacity));
    }
  }
  return storage_->commit(operations, durability, now_us, wait);
}

Status LadderEngine::relieve(Durability durability, int64_t now_us, bool wait) {
  if (!bounded_) return {};
  // Looked at without the lock first: most writes find nothing to do.
  const auto is_full = [this] {
    const std::vector<TierTotals> totals = storage_->tier_totals();
    for (size_t tier = 0; tier < totals.size(); ++tier) {
      if (excess(static_cast<int32_t>(tier), totals[tier])) return true;
    }
    return false;
  };
  if (!is_full()) return {};
  std::unique_lock lock(relieve_mutex_);
  for (size_t tier = 0; tier < ladder_.tiers.size(); ++tier) {
    const auto number = static_cast<int32_t>(tier);
    int64_t before = INT64_MAX;
    for (int round = 0; round < kMaxRounds; ++round) {
      const TierTotals totals = storage_->tier_totals()[tier];
      const auto too_much = excess(number, totals);
      // Where only pinned items are left, or somebody else was quicker, there is nothing to gain.
      if (!too_much || totals.count >= before) break;
      before = totals.count;
      RETURN_IF_ERROR(relieve_tier(number, *too_much, durability, now_us, wait, lock));
    }
  }
  return {};
}

// Follows the victims down: what a full tier gives away can make the next one overflow.
Status LadderEngine::rehearse(std::span<const WriteOp> writes, int64_t now_us) {
  if (order_ != EvictionOrder::kCallback || !callback_) return {};
  std::vector<TierTotals> totals = storage_->tier_totals();
  const auto count = [&totals](int32_t tier, int64_t sign, int64_t bytes) {
    if (tier < 0 || static_cast<size_t>(tier) >= totals.size()) return;
    totals[static_cast<size_t>(tier)].count += sign;
    totals[static_cast<size_t>(tier)].bytes += sign * bytes;
  };
  for (const WriteOp& write : writes) {
    if (write.only_check) continue;
    if (write.kind == WriteOp::Kind::kPut) {
      count(write.item->tier(), 1, write.item->size_bytes());
    } else if (write.kind == WriteOp::Kind::kMove && write.current) {
      count(write.current->tier(), -1, write.current->size_bytes());
      count(write.to, 1, write.current->size_bytes());
    }
  }
  std::vector<ItemHead> arriving;  // from the tier above
  for (size_t tier = 0; tier < totals.size(); ++tier) {
    ASSIGN_OR_RETURN(arriving,
                     rehearse_tier(static_cast<int32_t>(tier), arriving, &totals[tier], now_us));
    for (const ItemHead& head : arriving) count(head.tier, 1, head.size_bytes);
  }
  return {};
}

// What would leave the tier for the next one.
Result<std::vector<ItemHead>> LadderEngine::rehearse_tier(int32_t tier,
                                                          const std::vector<ItemHead>& arriving,
                                                          TierTotals* totals, int64_t now_us) {
  std::vector<ItemHead> leaving;
  if (!excess(tier, *totals)) return leaving;
  ASSIGN_OR_RETURN(std::vector<ItemHead> heads, candidates(tier));
  heads.insert(heads.end(), arriving.begin(), arriving.end());
  const bool is_last = static_cast<size_t>(tier) + 1 == ladder_.tiers.size();
  for (int round = 0; round < kMaxRounds && !heads.empty(); ++round) {
    const auto too_much = excess(tier, *totals);
    if (!too_much) break;
    ASSIGN_OR_RETURN(const std::vector<size_t> numbers, victims(heads, *too_much, now_us));
    for (const size_t number : numbers) {
      ItemHead& head = heads[number];
      --totals->count;
      totals->bytes -= head.size_bytes;
      head.tier = tier + 1;
      const bool over = head.expires_us != 0 && head.expires_us <= now_us;
      if (!over && !is_last) leaving.push_back(head);
    }
    std::erase_if(heads, [tier](const ItemHead& head) { return head.tier == tier + 1; });
  }
  return leaving;
}

}  // namespace memtier
