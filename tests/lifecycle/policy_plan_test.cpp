// Plans: their order, and which items each step concerns.
#include <gtest/gtest.h>

#include "base/must.h"
#include "lifecycle/policy_plan.h"
#include "model/filter_eval.h"

namespace memtier::testing {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;
constexpr int64_t kNowUs = 1000 * kDayUs;

Policy policy_of(const char* document) {
  return must(Policy::parse(document, false));
}

std::vector<std::string> names_of(const std::vector<PlannedStep>& steps) {
  std::vector<std::string> names;
  names.reserve(steps.size());
  for (const PlannedStep& step : steps) names.push_back(step.name);
  return names;
}

std::vector<PlannedStep> plan(std::vector<Policy> policies, const char* request,
                              const char* ladder = "default") {
  return must(plan_policies(std::move(policies), must(ApplyRequest::parse(request)),
                            must(Ladder::parse(ladder)), kNowUs));
}

TEST(PolicyPlan, is_in_order_of_priority_and_then_of_names) {
  const std::vector<Policy> policies = {
      policy_of(R"({"name": "b", "action": "delete"})"),
      policy_of(R"({"name": "a", "action": "delete"})"),
      policy_of(R"({"name": "off", "action": "delete", "priority": 9, "enabled": false})"),
      policy_of(R"({"name": "first", "action": "delete", "priority": 1})"),
      policy_of(R"({"name": "last", "action": "delete", "priority": -1})")};
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of(plan(policies, "")), (Names{"first", "a", "b", "last"}));
  EXPECT_EQ(names_of(plan(policies, R"({"names": ["last", "off"]})")), (Names{"off", "last"}));
  EXPECT_EQ(names_of(plan(policies, R"({"names": []})")), Names());
}

TEST(PolicyPlan, binds_ages_to_now_and_leaves_out_what_would_not_change) {
  const Ladder ladder = must(Ladder::parse("default"));
  const auto steps = plan(
      {policy_of(R"({"name": "x", "action": "archive", "condition": {"age_days": {"$gt": 10}}})")},
      "");
  ItemFields item;
  item.tier = 2;
  item.created_us = kNowUs - 10 * kDayUs;
  EXPECT_FALSE(matches(*steps[0].filter, item, ladder.names()));
  item.created_us -= 1;
  EXPECT_TRUE(matches(*steps[0].filter, item, ladder.names()));
  item.pinned = true;
  EXPECT_FALSE(matches(*steps[0].filter, item, ladder.names()));
  item.pinned = false;
  item.tier = 3;
  EXPECT_FALSE(matches(*steps[0].filter, item, ladder.names())) << "it is archived";
}

TEST(PolicyPlan, counts_reads_a_day_of_at_least_one_day) {
  const Ladder ladder = must(Ladder::parse("default"));
  const auto steps = plan({policy_of(R"({"name": "x", "action": "demote",
      "condition": {"accesses_per_day": {"$lt": 0.1}}})")},
                          "");
  ItemFields item;
  item.created_us = kNowUs - 20 * kDayUs;
  item.access_count = 1;  // 0.05
  EXPECT_TRUE(matches(*steps[0].filter, item, ladder.names()));
  item.access_count = 2;  // 0.1
  EXPECT_FALSE(matches(*steps[0].filter, item, ladder.names()));
  item.created_us = kNowUs - kDayUs / 24;
  item.access_count = 1;  // of a day: 1
  EXPECT_FALSE(matches(*steps[0].filter, item, ladder.names()));
}

TEST(PolicyPlan, skips_archiving_where_there_is_no_archive) {
  const auto steps = plan({policy_of(R"({"name": "x", "action": "archive"})")}, "", "levels");
  EXPECT_NE(steps[0].skipped, "");
}

TEST(StepPositions, go_on_where_they_were_stopped_and_leave_others_their_turn) {
  std::vector<PlannedStep> steps(3);
  steps[0].name = "a";
  steps[1].name = "b";
  steps[2].name = "c";
  EXPECT_EQ(first_step(steps, {}), 0U);
  EXPECT_EQ(first_step(steps, {"c", 7}), 2U);
  EXPECT_EQ(first_step(steps, {"deleted", 7}), 0U);
  const StepPosition at_b{"b", 7};
  EXPECT_EQ(next_position(steps, 1, at_b, {}, Code::kCancelled), at_b);
  EXPECT_EQ(next_position(steps, 1, at_b, {"b", 3}, Code::kCancelled), at_b);
  EXPECT_EQ(next_position(steps, 1, at_b, at_b, Code::kCancelled), (StepPosition{"c", 0}));
  EXPECT_EQ(next_position(steps, 1, at_b, {}, Code::kIo), (StepPosition{"c", 0}));
  EXPECT_EQ(next_position(steps, 2, {"c", 1}, {}, Code::kIo), StepPosition());
}

}  // namespace
}  // namespace memtier::testing
