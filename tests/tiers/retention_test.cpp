// Scores and orders, with numbers worked out by hand.
#include "tiers/retention.h"

#include <cmath>

#include "base/clock.h"
#include "base/must.h"

namespace memtier::testing {
namespace {

// importance + 0.3 / (1 + idle_hours / 24) + min(0.2 * access_count / max(1, idle_hours), 0.3)
TEST(RetentionScore, is_that_of_the_formula) {
  EXPECT_DOUBLE_EQ(retention_score(0.5, 0, 0), 0.8);               // 0.5 + 0.3 + 0
  EXPECT_DOUBLE_EQ(retention_score(0.5, 1, 0), 1.0);               // 0.5 + 0.3 + 0.2
  EXPECT_DOUBLE_EQ(retention_score(0.5, 100, 0), 1.1);             // the last part is at most 0.3
  EXPECT_DOUBLE_EQ(retention_score(0.5, 0, 24 * kHourUs), 0.65);   // 0.5 + 0.15
  EXPECT_DOUBLE_EQ(retention_score(0.0, 12, 24 * kHourUs), 0.25);  // 0 + 0.15 + 0.2 * 12 / 24
  EXPECT_DOUBLE_EQ(retention_score(1.0, 0, 72 * kHourUs), 1.075);  // 1 + 0.3 / 4
  EXPECT_DOUBLE_EQ(retention_score(0.5, 1, kHourUs / 2), 0.5 + 0.3 / (1 + 0.5 / 24) + 0.2);
  EXPECT_DOUBLE_EQ(retention_score(0.5, 0, -kHourUs), 0.8) << "a read in the future is one now";
}

constexpr int64_t kNowUs = 100 * kHourUs;

ItemHead head(int64_t row, double importance, int64_t accessed_us, int64_t access_count = 0) {
  ItemHead head;
  head.row = row;
  head.importance = importance;
  head.accessed_us = accessed_us;
  head.access_count = access_count;
  return head;
}

std::vector<int64_t> victims(const std::vector<ItemHead>& heads, EvictionOrder order,
                             size_t count = 99, const ScoreCallback& callback = nullptr) {
  std::vector<int64_t> rows;
  for (const size_t number : must(choose_victims(heads, count, order, callback, kNowUs))) {
    rows.push_back(heads[number].row);
  }
  return rows;
}

using Rows = std::vector<int64_t>;

TEST(Victims, by_retention_have_the_lowest_score) {
  const std::vector<ItemHead> heads = {head(1, 0.9, kNowUs), head(2, 0.1, kNowUs),
                                       head(3, 0.5, kNowUs), head(4, 0.5, kNowUs - 48 * kHourUs)};
  EXPECT_EQ(victims(heads, EvictionOrder::kRetention), (Rows{2, 4, 3, 1}));
  EXPECT_EQ(victims(heads, EvictionOrder::kRetention, 2), (Rows{2, 4}));
}

TEST(Victims, of_the_same_score_are_those_read_longest_ago_then_the_oldest) {
  std::vector<ItemHead> heads = {head(9, 0.5, 10), head(3, 0.5, 10), head(1, 0.5, 20)};
  EXPECT_EQ(victims(heads, EvictionOrder::kLfu), (Rows{3, 9, 1}));
}

TEST(Victims, by_lru_and_lfu) {
  const std::vector<ItemHead> heads = {head(1, 0, 30, 5), head(2, 1, 10, 9), head(3, 0, 20, 1)};
  EXPECT_EQ(victims(heads, EvictionOrder::kLru), (Rows{2, 3, 1}));
  EXPECT_EQ(victims(heads, EvictionOrder::kLfu), (Rows{3, 1, 2}));
}

TEST(Victims, by_expiry_are_those_that_expire_first_then_by_score) {
  std::vector<ItemHead> heads = {head(1, 0.9, kNowUs), head(2, 0.1, kNowUs), head(3, 0.5, kNowUs)};
  heads[0].expires_us = kNowUs + 5;
  EXPECT_EQ(victims(heads, EvictionOrder::kExpiry), (Rows{1, 2, 3}));
}

TEST(Victims, by_priority_are_the_lowest_then_by_score) {
  std::vector<ItemHead> heads = {head(1, 0.9, kNowUs), head(2, 0.1, kNowUs), head(3, 0.5, kNowUs)};
  heads[1].priority = 3;
  heads[2].priority = -1;
  EXPECT_EQ(victims(heads, EvictionOrder::kPriority), (Rows{3, 1, 2}));
}

TEST(Victims, are_before_all_others_those_whose_time_is_over) {
  std::vector<ItemHead> heads = {head(1, 0.0, 0), head(2, 1.0, kNowUs), head(3, 0.5, 0)};
  heads[1].expires_us = kNowUs;
  for (const EvictionOrder order :
       {EvictionOrder::kRetention, EvictionOrder::kLru, EvictionOrder::kLfu, EvictionOrder::kExpiry,
        EvictionOrder::kPriority}) {
    EXPECT_EQ(victims(heads, order)[0], 2) << static_cast<int>(order);
  }
}

TEST(Victims, by_callback_are_those_it_scores_lowest) {
  const std::vector<ItemHead> heads = {head(1, 0.1, 0), head(2, 0.9, 0)};
  const auto by_row = [](std::span<const ItemHead> candidates, int64_t, std::span<double> scores) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      scores[i] = -static_cast<double>(candidates[i].row);
    }
    return Result<bool>(true);
  };
  EXPECT_EQ(victims(heads, EvictionOrder::kCallback, 1, by_row), Rows{2});
  const auto leaves_it = [](std::span<const ItemHead>, int64_t, std::span<double>) {
    return Result<bool>(false);
  };
  EXPECT_EQ(victims(heads, EvictionOrder::kCallback, 1, leaves_it), Rows{1}) << "by retention then";
}

TEST(Victims, are_none_where_the_callback_fails) {
  const std::vector<ItemHead> heads = {head(1, 0.1, 0)};
  const auto fails = [](std::span<const ItemHead>, int64_t, std::span<double>) -> Result<bool> {
    return Status(Code::kCallback, "no", -5);
  };
  EXPECT_EQ(choose_victims(heads, 1, EvictionOrder::kCallback, fails, 0).code(), Code::kCallback);
  const auto nan = [](std::span<const ItemHead>, int64_t, std::span<double> scores) {
    scores[0] = std::nan("");
    return Result<bool>(true);
  };
  EXPECT_EQ(choose_victims(heads, 1, EvictionOrder::kCallback, nan, 0).code(), Code::kCallback);
}

}  // namespace
}  // namespace memtier::testing
