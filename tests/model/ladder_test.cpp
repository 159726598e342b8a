#include "model/ladder.h"

#include "base/clock.h"
#include "base/must.h"

namespace memtier::testing {
namespace {

TEST(Ladder, default_has_four_tiers) {
  const Ladder ladder = must(Ladder::parse("default"));
  EXPECT_EQ(ladder.names(),
            (std::vector<std::string>{"working", "short_term", "long_term", "archive"}));
  EXPECT_EQ(ladder.tiers[0].medium, Medium::kRam);
  EXPECT_EQ(ladder.tiers[0].capacity_items, 100);
  EXPECT_EQ(ladder.tiers[1].capacity_items, 1000);
  EXPECT_EQ(ladder.tiers[2].medium, Medium::kDatabase);
  EXPECT_FALSE(ladder.tiers[2].is_bounded());
  EXPECT_EQ(ladder.tiers[3].medium, Medium::kArchive);
  EXPECT_EQ(ladder.tiers[1].promote.reads, 3);
  EXPECT_EQ(ladder.tiers[1].promote.within_us, kHourUs);
  EXPECT_EQ(ladder.tiers[1].promote.importance_above, 0.8);
  EXPECT_EQ(ladder.tiers[0].demote->idle_us, 24 * kHourUs);
  EXPECT_EQ(ladder.tiers[0].demote->access_count_below, 2);
  EXPECT_EQ(ladder.tier_by_name("long_term"), 2);
  EXPECT_FALSE(ladder.tier_by_name("longterm"));
}

TEST(Ladder, presets_have_their_tiers) {
  EXPECT_EQ(must(Ladder::parse("six")).tiers.size(), 6u);
  EXPECT_EQ(must(Ladder::parse("three")).tiers.size(), 3u);
  EXPECT_EQ(must(Ladder::parse("levels")).tiers.size(), 4u);
  EXPECT_EQ(must(Ladder::parse("levels")).tiers[1].promote.validation_count_above, 5);
}

TEST(Ladder, of_each_preset_comes_back_from_its_document) {
  for (const char* name : {"default", "six", "three", "levels"}) {
    const std::string json = must(Ladder::parse(name)).to_json();
    EXPECT_EQ(must(Ladder::parse(json)).to_json(), json) << name;
  }
}

TEST(Ladder, reads_every_rule_of_a_document) {
  const Ladder ladder = must(Ladder::parse(R"({"tiers": [
      {"name": "hot", "medium": "ram", "capacity_items": 5, "capacity_bytes": 1000,
       "ttl_seconds": 60, "demote": {"idle_hours": 1.5, "access_count_below": 3}},
      {"name": "cold", "medium": "database",
       "promote": {"reads": 2, "within_seconds": 30, "importance_above": 0.7,
                   "access_count_above": 4, "validation_count_above": 6}}]})"));
  const Tier& hot = ladder.tiers[0];
  EXPECT_EQ(hot.capacity_items, 5);
  EXPECT_EQ(hot.capacity_bytes, 1000);
  EXPECT_EQ(hot.ttl_us, 60 * kSecondUs);
  EXPECT_EQ(hot.demote->idle_us, kHourUs * 3 / 2);
  EXPECT_EQ(hot.demote->access_count_below, 3);
  const PromotionRule& promote = ladder.tiers[1].promote;
  EXPECT_EQ(promote.reads, 2);
  EXPECT_EQ(promote.within_us, 30 * kSecondUs);
  EXPECT_EQ(promote.importance_above, 0.7);
  EXPECT_EQ(promote.access_count_above, 4);
  EXPECT_EQ(promote.validation_count_above, 6);
}

TEST(Ladder, refuses_what_is_wrong_and_says_where) {
  struct Case {
    const char* text;
    const char* named;
  };
  const Case cases[] = {
      {"deflaut", "ladder"},
      {"{}", "tiers"},
      {R"({"tiers": []})", "tiers"},
      {R"({"tiers": [{"medium": "ram"}]})", "name"},
      {R"({"tiers": [{"name": "a", "medium": "disk"}]})", "medium"},
      {R"({"tiers": [{"name": "a"}, {"name": "a"}]})", "a"},
      {R"({"tiers": [{"name": "a", "colour": 1}]})", "colour"},
      {R"({"tiers": [{"name": "a", "medium": "ram", "capacity_items": -1}]})", "capacity_items"},
      {R"({"tiers": [{"name": "a", "medium": "ram", "promote": {"reads": 2}}]})", "within_seconds"},
      {R"({"tiers": [{"name": "a", "medium": "ram", "promote": {"reads": 4, "within_seconds": 1}}]})",
       "reads"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(message_of(Ladder::parse(c.text), Code::kInvalid).find(c.named), std::string::npos)
        << c.text;
  }
}

}  // namespace
}  // namespace memtier::testing
