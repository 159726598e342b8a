// The ladder's rules, as they show on a store.
#include "tiers/ladder_engine.h"

#include "base/clock.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

class LadderRules : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(std::string ladder, EvictionOrder order = EvictionOrder::kRetention) {
    StoreOptions options = quiet_options(clock_);
    options.ladder = std::move(ladder);
    options.eviction_order = order;
    return open_store(folder_.file(), std::move(options));
  }
  static std::string tier_of(Store& store, std::string_view id) {
    for (const ItemRef& item : list_all(store, Scope())) {
      if (item->id() == id) return store.tier_names()[static_cast<size_t>(item->tier())];
    }
    return "(none)";
  }
  static void put_numbered(Store& store, int number, double importance) {
    must_put(store, "{\"id\": \"i" + std::to_string(number) +
                        "\", \"content\": \"text\", \"importance\": " + std::to_string(importance) +
                        "}");
  }
  static std::vector<int64_t> counts(Store& store) {
    std::vector<int64_t> counts;
    for (const TierTotals& totals : totals_of(store)) counts.push_back(totals.count);
    return counts;
  }
  static std::vector<TierTotals> totals_of(Store& store) {
    std::vector<TierTotals> totals;
    for (const std::string& name : store.tier_names()) {
      const auto filter = filter_of(R"({"tier": ")" + name + R"("})");
      totals.push_back({must(store.count(Scope({"*", "", "", "", ""}), filter)), 0});
    }
    return totals;
  }
  void read(Store& store, std::string_view id, int times = 1) {
    for (int i = 0; i < times; ++i) must(store.get(Scope(), id).take_status());
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
};

constexpr const char* kTwenty = R"({"tiers": [
    {"name": "hot", "medium": "ram", "capacity_items": 20},
    {"name": "warm", "medium": "ram"}]})";

TEST_F(LadderRules, a_full_tier_moves_a_tenth_of_its_capacity_down) {
  const auto store = open(kTwenty);
  for (int i = 0; i < 20; ++i) put_numbered(*store, i, 0.01 * i);
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{20, 0}));
  put_numbered(*store, 20, 0.9);
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{19, 2})) << "a tenth of 20";
  EXPECT_EQ(tier_of(*store, "i0"), "warm") << "of the lowest score";
  EXPECT_EQ(tier_of(*store, "i1"), "warm");
  EXPECT_EQ(tier_of(*store, "i2"), "hot");
}

TEST_F(LadderRules, the_last_tier_lets_go_what_it_has_no_room_for) {
  const auto store =
      open(R"({"tiers": [{"name": "only", "medium": "ram", "capacity_items": 10}]})");
  for (int i = 0; i < 11; ++i) put_numbered(*store, i, 0.5 + 0.01 * i);
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{10}));
  EXPECT_EQ(tier_of(*store, "i0"), "(none)");
  const auto transitions = must(store->transitions(Scope(), "i0", 0, 10));
  ASSERT_EQ(transitions.size(), 1u);
  EXPECT_EQ(transitions[0].reason, Reason::kEvicted);
  EXPECT_EQ(must(store->statistics()).evictions, 1);
}

TEST_F(LadderRules, pinned_items_stay_even_where_a_tier_overflows) {
  const auto store = open(R"({"tiers": [{"name": "hot", "medium": "ram", "capacity_items": 2},
                                        {"name": "warm", "medium": "database"}]})");
  for (const char* id : {"a", "b", "c"}) {
    must_put(*store, std::string(R"({"content": "x", "pinned": true, "id": ")") + id + "\"}");
  }
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{3, 0}));
  must_put(*store, R"({"id": "d", "content": "x"})");
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{3, 1}));
}

TEST_F(LadderRules, capacity_counts_bytes_too) {
  const auto store = open(R"({"tiers": [{"name": "hot", "medium": "ram", "capacity_bytes": 10000},
                                        {"name": "warm", "medium": "database"}]})");
  for (int i = 0; i < 12; ++i) {
    must_put(*store, "{\"id\": \"i" + std::to_string(i) + "\", \"content\": \"" +
                         std::string(1000, 'x') + "\"}");
  }
  const auto hot = must(store->tier_statistics(0));
  EXPECT_LE(hot.summary.bytes, 10'000);
  EXPECT_EQ(hot.summary.count + must(store->tier_statistics(1)).summary.count, 12);
}

TEST_F(LadderRules, three_reads_within_an_hour_bring_an_item_up) {
  const auto store = open("default");
  must_put(*store, R"({"id": "x", "content": "text", "tier": "long_term"})");
  read(*store, "x", 2);
  EXPECT_EQ(tier_of(*store, "x"), "long_term");
  read(*store, "x");
  EXPECT_EQ(tier_of(*store, "x"), "short_term");
  const auto transitions = must(store->transitions(Scope(), "x", 0, 10));
  ASSERT_EQ(transitions.size(), 1u);
  EXPECT_EQ(transitions[0].reason, Reason::kReads);
  EXPECT_EQ(must(store->statistics()).promotions, 1);
}

TEST_F(LadderRules, three_reads_in_more_than_an_hour_do_not) {
  const auto store = open("default");
  must_put(*store, R"({"id": "x", "content": "text", "tier": "long_term"})");
  for (int i = 0; i < 6; ++i) {
    read(*store, "x");
    clock_->advance_us(kHourUs / 2 + 1);
  }
  EXPECT_EQ(tier_of(*store, "x"), "long_term");
}

TEST_F(LadderRules, importance_brings_an_item_up_at_its_first_read) {
  const auto store = open("default");
  must_put(*store, R"({"id": "x", "content": "text", "tier": "archive", "importance": 0.81})");
  must_put(*store, R"({"id": "y", "content": "text", "tier": "archive", "importance": 0.8})");
  read(*store, "x");
  read(*store, "y");
  EXPECT_EQ(tier_of(*store, "x"), "long_term");
  EXPECT_EQ(tier_of(*store, "y"), "archive") << "above 0.8 is not 0.8";
}

TEST_F(LadderRules, validations_bring_an_item_up_where_the_ladder_says_so) {
  const auto store = open("levels");
  must_put(*store, R"({"id": "x", "content": "text", "tier": "learned"})");
  for (int i = 0; i < 5; ++i) must(store->validate(Scope(), "x").take_status());
  read(*store, "x");
  EXPECT_EQ(tier_of(*store, "x"), "learned");
  must(store->validate(Scope(), "x").take_status());
  read(*store, "x");
  EXPECT_EQ(tier_of(*store, "x"), "important");
}

TEST_F(LadderRules, optimize_takes_down_what_lies_idle_and_was_hardly_read) {
  const auto store = open("default");
  for (const char* id : {"idle", "read", "pinned", "fresh"}) {
    const bool pinned = std::string_view(id) == "pinned";
    if (std::string_view(id) == "fresh") clock_->advance_us(25 * kHourUs);
    must_put(*store, std::string(R"({"content": "x", "id": ")") + id + R"(", "pinned": )" +
                         (pinned ? "true" : "false") + "}");
    if (std::string_view(id) == "read") read(*store, id, 2);
  }
  Control control;
  std::vector<int64_t> by_tier;
  must(store->optimize(Scope(), control, &by_tier));
  EXPECT_EQ(by_tier, (std::vector<int64_t>{1, 0, 0, 0}));
  EXPECT_EQ(tier_of(*store, "idle"), "short_term");
  EXPECT_EQ(tier_of(*store, "read"), "working");
  EXPECT_EQ(tier_of(*store, "pinned"), "working");
  EXPECT_EQ(tier_of(*store, "fresh"), "working");
}

TEST_F(LadderRules, eviction_follows_the_order_that_was_chosen) {
  const auto store = open(R"({"tiers": [{"name": "hot", "medium": "ram", "capacity_items": 3},
                                        {"name": "warm", "medium": "database"}]})",
                          EvictionOrder::kLru);
  for (const char* id : {"a", "b", "c"}) {
    clock_->advance_us(kSecondUs);
    must_put(*store, std::string(R"({"content": "x", "id": ")") + id + "\"}");
  }
  clock_->advance_us(kSecondUs);
  read(*store, "a");
  must_put(*store, R"({"id": "d", "content": "x"})");
  EXPECT_EQ(tier_of(*store, "b"), "warm") << "read longest ago";
  EXPECT_EQ(tier_of(*store, "a"), "hot");
}

TEST_F(LadderRules, a_callback_that_fails_fails_the_write_and_nothing_is_stored) {
  StoreOptions options = quiet_options(clock_);
  options.ladder = R"({"tiers": [{"name": "hot", "medium": "ram", "capacity_items": 1},
                                 {"name": "warm", "medium": "database"}]})";
  options.eviction_order = EvictionOrder::kCallback;
  options.eviction_callback = [](std::span<const ItemHead>, int64_t,
                                 std::span<double>) -> Result<bool> {
    return Status(Code::kCallback, "no", -9);
  };
  const auto store = open_store(folder_.file(), std::move(options));
  must_put(*store, R"({"id": "a", "content": "x"})");
  const Draft draft = draft_of(R"({"id": "b", "content": "x"})");
  const Scope scope;
  const Store::PutRequest request{&draft, &scope};
  EXPECT_EQ(store->put(request, PutMode::kReplace, Durability::kDefault).code(), Code::kCallback);
  EXPECT_EQ(listed(*store), std::vector<std::string>{"a"});
}

// What a write moves down makes the next tier overflow: that one is asked about as well, beforehand.
TEST_F(LadderRules, a_callback_that_fails_further_down_fails_the_write_and_the_move_before_it) {
  StoreOptions options = quiet_options(clock_);
  options.ladder = R"({"tiers": [{"name": "hot", "medium": "ram", "capacity_items": 1},
                                 {"name": "warm", "medium": "database", "capacity_items": 1},
                                 {"name": "cold", "medium": "database"}]})";
  options.eviction_order = EvictionOrder::kCallback;
  bool fails = false;
  options.eviction_callback = [&fails](std::span<const ItemHead> heads, int64_t,
                                       std::span<double>) -> Result<bool> {
    const bool second = !heads.empty() && heads[0].tier == 1;
    if (fails && second) return Status(Code::kCallback, "no", -9);
    return false;
  };
  const auto store = open_store(folder_.file(), std::move(options));
  must_put(*store, R"({"id": "a", "content": "x"})");
  must_put(*store, R"({"id": "b", "content": "x"})");
  ASSERT_EQ(tier_of(*store, "a"), "warm");
  fails = true;
  const Draft draft = draft_of(R"({"id": "c", "content": "x"})");
  const Scope scope;
  const Store::PutRequest request{&draft, &scope};
  EXPECT_EQ(store->put(request, PutMode::kReplace, Durability::kDefault).code(), Code::kCallback);
  EXPECT_EQ(store->move(Scope(), "b", "warm").code(), Code::kCallback);
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{1, 1, 0})) << "nothing has changed";
  fails = false;
  must_put(*store, R"({"id": "c", "content": "x"})");
  EXPECT_EQ(counts(*store), (std::vector<int64_t>{1, 1, 1}));
}

}  // namespace
}  // namespace memtier::testing
