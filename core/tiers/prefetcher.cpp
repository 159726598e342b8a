#include "tiers/prefetcher.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hash.h"

namespace memtier {
namespace {

constexpr int64_t kTogetherUs = 300 * kSecondUs;
constexpr uint32_t kOften = 2;       // read behind it so often: it is worth a look at the file
constexpr uint32_t kMost = 1 << 16;  // then all counts of an item are halved

uint64_t owner_of(const Item& item) {
  uint64_t hash = 0;
  for (const Text name : {Text::kCollection, Text::kApp, Text::kUser, Text::kAgent}) {
    hash = hash64(item.text(name), hash + 1);
  }
  return hash;
}

}  // namespace

void Prefetcher::note(const Item& item, int64_t now_us) {
  const uint64_t hash = owner_of(item);
  const std::lock_guard lock(mutex_);
  Owner& owner = owners_[hash % kOwners];
  const bool follows = owner.hash == hash && owner.row != 0 && owner.row != item.row() &&
                       now_us - owner.time_us <= kTogetherUs;
  if (follows) learn(owner.row, {item.row(), item.key_hash()});
  owner = {hash, item.row(), now_us};
}

void Prefetcher::learn(int64_t row, const Next& next) {
  auto found = followed_.find(row);
  if (found == followed_.end()) {
    if (oldest_.size() >= kMaxItems) {
      followed_.erase(oldest_.front());
      oldest_.pop_front();
    }
    found = followed_.try_emplace(row).first;
    oldest_.push_back(row);
  }
  auto& successors = found->second;
  const auto same = [&next](const Successor& one) { return one.next.row == next.row; };
  auto place = std::find_if(successors.begin(), successors.end(), same);
  if (place == successors.end()) {
    // The weakest loses a little, and is replaced when it has nothing left: so one read does not drive out
    // what was learned from many.
    const auto less = [](const Successor& a, const Successor& b) { return a.count < b.count; };
    place = std::min_element(successors.begin(), successors.end(), less);
    if (place->count > 1) {
      --place->count;
      return;
    }
    *place = {next, 0};
  }
  if (++place->count < kMost) return;
  for (Successor& one : successors) one.count /= 2;
}

std::vector<Prefetcher::Next> Prefetcher::after(int64_t row) const {
  std::vector<Next> nexts;
  const std::lock_guard lock(mutex_);
  // What follows it, then what follows that: a train of thought, as far as there is room.
  int64_t from = row;
  for (size_t at = 0; nexts.size() < most_; ++at) {
    const auto found = followed_.find(from);
    if (found != followed_.end()) {
      auto successors = found->second;
      std::sort(successors.begin(), successors.end(),
                [](const Successor& a, const Successor& b) { return a.count > b.count; });
      for (const Successor& one : successors) {
        const bool known = one.next.row == row ||
                           std::any_of(nexts.begin(), nexts.end(), [&one](const Next& next) {
                             return next.row == one.next.row;
                           });
        if (one.count >= kOften && !known && nexts.size() < most_) nexts.push_back(one.next);
      }
    }
    if (at >= nexts.size()) break;
    from = nexts[at].row;
  }
  return nexts;
}

void Prefetcher::note_fetched(int64_t row) {
  fetched_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMaxWaiting) waiting_.clear();  // nobody came for them
  waiting_.insert(row);
}

void Prefetcher::note_hit(int64_t row) {
  const std::lock_guard lock(mutex_);
  if (waiting_.erase(row) > 0) hits_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace memtier
