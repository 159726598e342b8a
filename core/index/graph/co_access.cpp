#include "index/graph/co_access.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hash.h"

namespace memtier {
namespace {

constexpr int64_t kTogetherUs = 300 * kSecondUs;
constexpr double kGain = 0.1;  // of two reads one right after the other

uint64_t owner_of(const Item& item) {
  uint64_t hash = 0;
  for (const Text name : {Text::kCollection, Text::kApp, Text::kUser, Text::kAgent}) {
    hash = hash64(item.text(name), hash + 1);
  }
  return hash;
}

}  // namespace

void CoAccess::note(const Item& item, int64_t now_us) {
  const uint64_t hash = owner_of(item);
  std::vector<std::pair<int64_t, double>> earlier;
  {
    Owner& owner = owners_[hash % kOwners];
    const std::lock_guard lock(owner.mutex);
    if (owner.hash != hash) {
      owner.hash = hash;
      owner.reads.clear();
    }
    std::deque<Read>& reads = owner.reads;
    if (!reads.empty() && reads.front().row == item.row()) return;  // read again: nothing new
    for (size_t i = 0; i < reads.size(); ++i) {
      if (now_us - reads[i].time_us > kTogetherUs) break;
      if (reads[i].row == item.row()) continue;
      earlier.emplace_back(reads[i].row, kGain / static_cast<double>(i + 1));
    }
    reads.push_front({item.row(), now_us});
    if (reads.size() > window_) reads.pop_back();
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [row, gain] : earlier) {
    const std::pair key(row, item.row());
    const auto found = pairs_.find(key);
    if (found != pairs_.end()) {
      found->second += gain;
    } else if (pairs_.size() < kMaxPairs) {
      pairs_.emplace(key, gain);
    }
  }
}

std::vector<LearnedPair> CoAccess::take() {
  std::vector<LearnedPair> pairs;
  const std::lock_guard lock(mutex_);
  pairs.reserve(pairs_.size());
  for (const auto& [ends, weight] : pairs_) {
    pairs.push_back({ends.first, ends.second, std::min(weight, 1.0)});
  }
  pairs_.clear();
  return pairs;
}

}  // namespace memtier
