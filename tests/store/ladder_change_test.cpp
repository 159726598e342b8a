// Another ladder for a store that exists: where its items go, what they keep, and when it is refused.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "storage/integrity.h"
#include "storage/sqlite/ladder_change.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr const char* kTwo = R"({"tiers": [{"name": "near", "medium": "ram"},
  {"name": "far", "medium": "archive"}]})";

class LadderChange : public ::testing::Test {
 protected:
  StoreOptions options(const std::string& ladder, bool change = true) {
    StoreOptions all = quiet_options(clock_);
    all.ladder = ladder;
    all.change_ladder = change;
    return all;
  }
  std::unique_ptr<Store> open(const std::string& ladder) {
    return open_store(folder_.file(), options(ladder));
  }
  Code code(const std::string& ladder, bool change = true) {
    return Store::open(folder_.file(), options(ladder, change)).code();
  }
  void make(const std::string& ladder, int items = 0) {
    const auto store = open(ladder);
    for (int i = 0; i < items; ++i) {
      must_put(*store, R"({"id": "i)" + std::to_string(i) + R"(", "content": "of it"})");
    }
    must(store->close());
  }
  static std::string tier_of(Store& store, const std::string& id) {
    const ItemRef item = must(store.get(Scope(), id));
    EXPECT_EQ(item->text(Text::kContent), "of " + id);
    return store.ladder().tiers[static_cast<size_t>(item->tier())].name;
  }
  static int64_t count_in(Store& store, const std::string& tier) {
    return must(store.count(Scope(), filter_of(R"({"tier": ")" + tier + "\"}")));
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
};

TEST_F(LadderChange, maps_by_name_then_by_medium_then_to_what_is_colder) {
  const Ladder standard =
      must(Ladder::parse("default"));  // working, short_term, long_term, archive
  EXPECT_EQ(map_tiers(standard, must(Ladder::parse("six"))), (std::vector<int32_t>{1, 0, 3, 5}));
  EXPECT_EQ(map_tiers(standard, must(Ladder::parse("three"))), (std::vector<int32_t>{0, 0, 1, 2}));
  EXPECT_EQ(map_tiers(standard, must(Ladder::parse("levels"))), (std::vector<int32_t>{0, 0, 2, 3}));
  EXPECT_EQ(map_tiers(standard, must(Ladder::parse(kTwo))), (std::vector<int32_t>{0, 0, 1, 1}));
}

TEST_F(LadderChange, brings_items_with_all_they_hold_into_the_archive_and_out_of_it) {
  {
    const auto store = open("default");
    for (const char* tier : {"working", "short_term", "long_term", "archive"}) {
      must_put(*store, R"({"id": ")" + std::string(tier) + R"(", "tier": ")" + tier +
                           R"(", "content": "of )" + tier + R"(", "importance": 0.4})");
    }
    Control control;
    must(store->pack_archive(PackRequest(), control));
    must(store->close());
  }
  {
    const auto store = open(kTwo);
    EXPECT_EQ(tier_of(*store, "working"), "near");
    EXPECT_EQ(tier_of(*store, "short_term"), "near");
    EXPECT_EQ(tier_of(*store, "long_term"), "far");
    EXPECT_EQ(tier_of(*store, "archive"), "far");
    EXPECT_EQ(must(store->tier_statistics(1)).summary.count, 2);
    EXPECT_NEAR(must(store->tier_statistics(1)).summary.average_importance, 0.4, 1e-9);
    const Json archive = Json::parse(must(store->archive_statistics()));
    EXPECT_EQ(archive["items"].get<int64_t>() + archive["waiting"].get<int64_t>(), 2);
    must(store->close());
  }
  EXPECT_EQ(integrity_problems(folder_.file()), std::vector<std::string>());
  {
    const auto store = open(R"({"tiers": [{"name": "all", "medium": "database"}]})");
    EXPECT_EQ(count_in(*store, "all"), 4);
    for (const char* id : {"working", "short_term", "long_term", "archive"}) {
      EXPECT_EQ(tier_of(*store, id), "all");
    }
    const Json archive = Json::parse(must(store->archive_statistics()));
    EXPECT_EQ(archive["blocks"], 0);
    EXPECT_EQ(archive["waiting"], 0);
    must(store->close());
  }
  EXPECT_EQ(integrity_problems(folder_.file()), std::vector<std::string>());
  const auto store = open("");  // it is kept
  EXPECT_EQ(store->ladder().tiers.size(), 1U);
}

TEST_F(LadderChange, gives_down_what_a_smaller_tier_has_no_room_for) {
  make("default", 80);
  const auto store = open(R"({"tiers": [{"name": "working", "medium": "ram", "capacity_items": 20},
    {"name": "rest", "medium": "database"}]})");
  EXPECT_LE(count_in(*store, "working"), 20);
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 80);
}

TEST_F(LadderChange, is_refused_where_items_would_be_evicted) {
  make("default", 80);
  const char* small = R"({"tiers": [{"name": "working", "medium": "ram", "capacity_items": 20}]})";
  EXPECT_EQ(code(small), Code::kLimit);
  const auto store = open("");
  EXPECT_EQ(store->ladder().tiers.size(), 4U);
  EXPECT_EQ(count_in(*store, "working"), 80);
}

TEST_F(LadderChange, is_refused_while_others_have_it_open_and_where_it_is_not_asked_for) {
  make("default", 3);
  EXPECT_EQ(code("three", false), Code::kMismatch);
  const auto other = open("");
  EXPECT_EQ(code("three"), Code::kBusy);
  EXPECT_EQ(code("default"), Code::kOk);  // the same is no change
  must(other->close());
  EXPECT_EQ(code("three"), Code::kOk);
  EXPECT_EQ(code("default", false), Code::kMismatch);
}

TEST_F(LadderChange, folds_first_what_a_killed_process_left_in_the_journal) {
  make("default");
  const pid_t child = fork();
  if (child == 0) {
    const auto store = open("");
    must_put(*store, R"({"id": "x", "tier": "archive", "content": "of x"})");
    must_put(*store, R"({"id": "y", "tier": "long_term", "content": "of y"})");
    kill(getpid(), SIGKILL);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const auto store = open(R"({"tiers": [{"name": "archive", "medium": "archive"},
    {"name": "long_term", "medium": "database"}]})");
  EXPECT_EQ(tier_of(*store, "x"), "archive");
  EXPECT_EQ(tier_of(*store, "y"), "long_term");
  EXPECT_EQ(must(store->transitions(Scope(), {}, 0, 10)).size(), 0U);
}

TEST_F(LadderChange, logs_items_whose_tier_is_no_more) {
  {
    const auto store = open("default");
    must_put(*store, R"({"id": "a", "content": "of a"})");
    must_put(*store, R"({"id": "b", "tier": "short_term", "content": "of b"})");
    must_put(*store, R"({"id": "c", "tier": "archive", "content": "of c"})");
    must(store->close());
  }
  clock_->advance_us(1000);
  const auto store = open(R"({"tiers": [{"name": "archive", "medium": "archive"},
    {"name": "near", "medium": "ram"}]})");
  const auto log = must(store->transitions(Scope(), {}, 0, 10));
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].id, "b");
  EXPECT_EQ(log[1].id, "a");
  for (const Transition& row : log) {
    EXPECT_EQ(row.from, -1);
    EXPECT_EQ(row.to, 1);
    EXPECT_EQ(reason_name(row.reason), "ladder");
    EXPECT_EQ(row.time_us, kStartUs + 1000);
  }
  const StoreStatistics statistics = must(store->statistics());
  EXPECT_EQ(statistics.promotions_per_hour, 0);
  EXPECT_EQ(statistics.demotions_per_hour, 0);
}

TEST_F(LadderChange, logs_no_more_than_the_log_holds) {
  make("default", 30);
  StoreOptions few = options(kTwo);
  few.transition_limit = 20;
  const auto store = open_store(folder_.file(), few);
  const auto log = must(store->transitions(Scope(), {}, 0, 100));
  ASSERT_EQ(log.size(), 20U);
  EXPECT_EQ(log[0].id, "i29");
  EXPECT_EQ(log[19].id, "i10");
}

TEST_F(LadderChange, renames_the_tiers_of_the_log) {
  {
    const auto store = open("default");
    must_put(*store, R"({"id": "a", "content": "of a"})");
    must(store->move(Scope(), "a", "long_term"));
    must(store->close());
  }
  const auto store = open(R"({"tiers": [{"name": "x", "medium": "ram"},
    {"name": "working", "medium": "ram"}, {"name": "y", "medium": "database"},
    {"name": "long_term", "medium": "database"}]})");
  const auto log = must(store->transitions(Scope(), "a", 0, 10));
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].from, 1);
  EXPECT_EQ(log[0].to, 3);
}

}  // namespace
}  // namespace memtier::testing
