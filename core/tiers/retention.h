// Scores by which eviction chooses: the lowest go first.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/status.h"
#include "storage/storage.h"

namespace memtier {

enum class EvictionOrder : int32_t {
  kRetention = 1,
  kLru = 2,
  kLfu = 3,
  kExpiry = 4,
  kPriority = 5,
  kCallback = 6,
};

// importance + 0.3 / (1 + idle_hours / 24) + min(0.2 * access_count / max(1, idle_hours), 0.3)
double retention_score(double importance, int64_t access_count, int64_t idle_us);
double retention_score(const ItemHead& head, int64_t now_us);

// Fills one score for each candidate; false: use the retention score. Runs with no lock held.
using ScoreCallback = std::function<Result<bool>(std::span<const ItemHead> candidates,
                                                 int64_t now_us, std::span<double> scores)>;

// The numbers (into `candidates`) of the `count` to go first, the very first in front. Items whose
// time is over come before all others; ties go to the one read longest ago, then to the older.
Result<std::vector<size_t>> choose_victims(std::span<const ItemHead> candidates, size_t count,
                                           EvictionOrder order, const ScoreCallback& callback,
                                           int64_t now_us);

}  // namespace memtier
