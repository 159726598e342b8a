#include "tiers/retention.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/clock.h"

namespace memtier {
namespace {

bool is_over(const ItemHead& head, int64_t now_us) {
  return head.expires_us != 0 && head.expires_us <= now_us && !head.pinned;
}

// What an order compares first; the retention score breaks ties where the order says so.
double primary_score(const ItemHead& head, EvictionOrder order, int64_t now_us) {
  switch (order) {
    case EvictionOrder::kLru:
      return static_cast<double>(head.accessed_us);
    case EvictionOrder::kLfu:
      return static_cast<double>(head.access_count);
    case EvictionOrder::kExpiry:
      return head.expires_us == 0 ? std::numeric_limits<double>::infinity()
                                  : static_cast<double>(head.expires_us);
    case EvictionOrder::kPriority:
      return static_cast<double>(head.priority);
    default:
      return retention_score(head, now_us);
  }
}

struct Rank {
  bool alive;  // false sorts first
  double primary;
  double secondary;
  int64_t accessed_us;
  int64_t row;
  auto tie() const { return std::tie(alive, primary, secondary, accessed_us, row); }
};

}  // namespace

double retention_score(double importance, int64_t access_count, int64_t idle_us) {
  const double idle_hours =
      std::max(0.0, static_cast<double>(idle_us) / static_cast<double>(kHourUs));
  const double recency = 0.3 / (1.0 + idle_hours / 24.0);
  const double frequency =
      std::min(0.2 * static_cast<double>(access_count) / std::max(1.0, idle_hours), 0.3);
  return importance + recency + frequency;
}

double retention_score(const ItemHead& head, int64_t now_us) {
  return retention_score(head.importance, head.access_count, now_us - head.accessed_us);
}

Result<std::vector<size_t>> choose_victims(std::span<const ItemHead> candidates, size_t count,
                                           EvictionOrder order, const ScoreCallback& callback,
                                           int64_t now_us) {
  std::vector<double> own_scores;
  if (order == EvictionOrder::kCallback && callback) {
    own_scores.resize(candidates.size());
    ASSIGN_OR_RETURN(const bool scored, callback(candidates, now_us, own_scores));
    if (!scored) own_scores.clear();
    for (const double score : own_scores) {
      if (std::isnan(score)) return Status(Code::kCallback, "eviction callback: a score is NaN");
    }
  }
  std::vector<Rank> ranks;
  ranks.reserve(candidates.size());
  for (size_t i = 0; i < candidates.size(); ++i) {
    const ItemHead& head = candidates[i];
    const double primary = own_scores.empty() ? primary_score(head, order, now_us) : own_scores[i];
    const bool second = order == EvictionOrder::kExpiry || order == EvictionOrder::kPriority;
    ranks.push_back({!is_over(head, now_us), primary, second ? retention_score(head, now_us) : 0.0,
                     head.accessed_us, head.row});
  }
  std::vector<size_t> numbers(candidates.size());
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  count = std::min(count, numbers.size());
  const auto middle = numbers.begin() + static_cast<ptrdiff_t>(count);
  std::partial_sort(numbers.begin(), middle, numbers.end(),
                    [&ranks](size_t a, size_t b) { return ranks[a].tie() < ranks[b].tie(); });
  numbers.resize(count);
  return numbers;
}

}  // namespace memtier
