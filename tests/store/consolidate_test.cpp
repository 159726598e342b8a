// Consolidation: what goes, in which order, what a failure leaves, what a kill leaves; and compressing.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kHour = 3600 * int64_t{1'000'000};

// Tiers that nothing leaves by itself.
constexpr const char* kLadder = R"({"tiers": [{"name": "hot", "medium": "ram"},
  {"name": "warm", "medium": "database"}, {"name": "cold", "medium": "archive"}]})";

Json consolidate(Store& store, const std::string& request = "", const Scope& scope = Scope()) {
  Control control;
  return Json::parse(
      must(store.consolidate(scope, must(ConsolidationRequest::parse(request)), control)));
}

Code consolidate_code(Store& store, const std::string& request) {
  Control control;
  return store.consolidate(Scope(), must(ConsolidationRequest::parse(request)), control).code();
}

class Consolidate : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::string& option = "", const char* ladder = kLadder) {
    StoreOptions options = quiet_options(clock_);
    options.ladder = ladder;
    if (!option.empty()) options.consolidation = must(ConsolidationRequest::parse_option(option));
    return open_store(folder_.file(), std::move(options));
  }
  static void put_item(Store& store, const std::string& id, const std::string& more = "") {
    must_put(store, R"({"id": ")" + id + R"(", "content": "of )" + id + "\"" + more + "}");
  }
  static std::vector<std::string> in_tier(Store& store, const std::string& tier) {
    std::vector<std::string> ids = listed(
        store, R"({"filter": {"tier": ")" + tier + R"("}, "order_by": "id", "descending": false})");
    return ids;
  }
  static Json tick(Store& store) {
    Control control;
    return Json::parse(must(
        store.tick(must(TickRequest::parse(R"({"jobs": ["consolidate"]})")), control)))["jobs"][0];
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
};

using Ids = std::vector<std::string>;

TEST_F(Consolidate, moves_what_is_not_pinned_one_tier_down_and_logs_why) {
  const auto store = open();
  put_item(*store, "a");
  put_item(*store, "b", R"(, "pinned": true)");
  put_item(*store, "c", R"(, "tier": "warm")");
  const Json report = consolidate(*store);
  EXPECT_EQ(report["from"], "hot");
  EXPECT_EQ(report["to"], "warm");
  EXPECT_EQ(report["selected"], 1);
  EXPECT_EQ(report["moved"], 1);
  EXPECT_EQ(in_tier(*store, "hot"), Ids{"b"});
  EXPECT_EQ(in_tier(*store, "warm"), (Ids{"a", "c"}));
  const auto log = must(store->transitions(Scope(), "a", 0, 10));
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].reason, Reason::kConsolidated);
  EXPECT_EQ(log[0].from, 0);
  EXPECT_EQ(log[0].to, 1);
  EXPECT_EQ(consolidate(*store)["moved"], 0);
}

// Idle for 24 hours and never read: importance + 0.3 / 2.
TEST_F(Consolidate, leaves_those_of_a_lower_retention_score) {
  const auto store = open();
  put_item(*store, "low", R"(, "importance": 0.34)");
  put_item(*store, "just", R"(, "importance": 0.35)");
  put_item(*store, "high", R"(, "importance": 0.9)");
  clock_->advance_us(24 * kHour);
  const Json report = consolidate(*store, R"({"min_score": 0.499})");
  EXPECT_EQ(report["selected"], 3);
  EXPECT_EQ(report["below_score"], 1);
  EXPECT_EQ(report["chosen"], 2);
  EXPECT_EQ(in_tier(*store, "hot"), Ids{"low"});
}

TEST_F(Consolidate, takes_the_highest_priority_first_then_the_highest_score) {
  const auto store = open();
  put_item(*store, "a", R"(, "importance": 0.1, "priority": 5)");
  put_item(*store, "b", R"(, "importance": 0.2)");
  put_item(*store, "c", R"(, "importance": 0.9)");
  put_item(*store, "d", R"(, "importance": 0.5)");
  EXPECT_EQ(consolidate(*store, R"({"max_items": 1})")["moved"], 1);
  EXPECT_EQ(in_tier(*store, "warm"), Ids{"a"});
  EXPECT_EQ(consolidate(*store, R"({"max_items": 2})")["moved"], 2);
  EXPECT_EQ(in_tier(*store, "warm"), (Ids{"a", "c", "d"}));
}

TEST_F(Consolidate, keeps_to_its_filter_and_scope_and_changes_nothing_in_a_dry_run) {
  const auto store = open();
  put_item(*store, "a", R"(, "type": "fact")");
  put_item(*store, "b", R"(, "type": "note")");
  must_put(*store, scope_of({.user = "u"}), R"({"id": "c", "type": "fact"})");
  EXPECT_EQ(consolidate(*store, R"({"filter": {"type": "fact"}, "dry_run": true})")["chosen"], 2);
  EXPECT_EQ(in_tier(*store, "hot"), (Ids{"a", "b", "c"}));
  EXPECT_EQ(
      consolidate(*store, R"({"filter": {"type": "fact"}})", scope_of({.user = "u"}))["moved"], 1);
  EXPECT_EQ(in_tier(*store, "hot"), (Ids{"a", "b"}));
  clock_->advance_us(2 * kHour);
  put_item(*store, "young");
  EXPECT_EQ(consolidate(*store, R"({"filter": {"age_seconds": {"$gt": 3600}}})")["moved"], 2);
  EXPECT_EQ(in_tier(*store, "hot"), Ids{"young"});
}

TEST_F(Consolidate, goes_on_behind_a_batch_that_fails_and_leaves_its_items) {
  {
    const auto store = open();
    for (int i = 0; i < 10; ++i) put_item(*store, "i" + std::to_string(i));
    must(store->close());
  }
  change_file(folder_.file(), "UPDATE items SET encoding = 3, content = x'ff' WHERE id = 'i4'");
  const auto store = open();
  const Json report = consolidate(*store, R"({"batch_size": 4, "retries": 2})");
  EXPECT_EQ(report["batches"], 3);
  EXPECT_EQ(report["moved"], 6);
  EXPECT_EQ(report["failed"], 4);
  EXPECT_EQ(report["failed_batches"], 1);
  EXPECT_EQ(report["retries"], 2);
  ASSERT_EQ(report["errors"].size(), 1U);
  EXPECT_EQ(report["errors"][0]["batch"], 2);
  EXPECT_EQ(in_tier(*store, "hot"), (Ids{"i4", "i5", "i6", "i7"}));
  EXPECT_EQ(must(store->get(Scope(), "i5"))->text(Text::kContent), "of i5");
}

TEST_F(Consolidate, waits_until_the_tier_is_full_enough) {
  const auto store = open("", R"({"tiers": [
    {"name": "hot", "medium": "ram", "capacity_items": 10}, {"name": "warm", "medium": "database"}]})");
  for (int i = 0; i < 7; ++i) put_item(*store, "i" + std::to_string(i));
  Json report = consolidate(*store, R"({"min_fill": 0.8})");
  EXPECT_EQ(report["triggered"], false);
  EXPECT_EQ(report["moved"], 0);
  put_item(*store, "i7");
  report = consolidate(*store, R"({"min_fill": 0.8})");
  EXPECT_EQ(report["triggered"], true);
  EXPECT_EQ(report["moved"], 8);
}

TEST_F(Consolidate, into_the_archive_keeps_what_the_items_hold) {
  const auto store = open();
  const std::string text(5000, 'x');
  put_item(*store, "a", R"(, "tier": "warm", "metadata": {"text": ")" + text + "\"}");
  EXPECT_EQ(consolidate(*store, R"({"from": "warm"})")["moved"], 1);
  EXPECT_EQ(in_tier(*store, "cold"), Ids{"a"});
  EXPECT_EQ(must(store->get(Scope(), "a"))->text(Text::kContent), "of a");
  EXPECT_EQ(consolidate_code(*store, R"({"from": "cold"})"), Code::kInvalid);
  EXPECT_EQ(consolidate_code(*store, R"({"from": "none"})"), Code::kNotFound);
}

TEST_F(Consolidate, is_done_by_ticks_when_its_time_has_come) {
  auto store = open(R"({"every_seconds": 3600, "min_score": 0.1})");
  put_item(*store, "a");
  EXPECT_EQ(tick(*store)["count"], 1);
  put_item(*store, "b");
  clock_->advance_us(kHour - 1);
  EXPECT_EQ(tick(*store)["count"], 0);
  must(store->close());  // the time is kept in the file
  store = open(R"({"every_seconds": 3600})");
  EXPECT_EQ(tick(*store)["count"], 0);
  clock_->advance_us(1);
  const Json told = tick(*store);
  EXPECT_EQ(told["count"], 1);
  EXPECT_EQ(told["report"]["moved"], 1);
  must(store->close());
  store = open();
  put_item(*store, "c");
  EXPECT_EQ(tick(*store)["count"], 0);  // nobody asked for it
}

TEST_F(Consolidate, that_found_nothing_to_do_is_looked_at_again_by_the_next_tick) {
  const auto store = open(R"({"every_seconds": 3600, "min_fill": 0.8})", R"({"tiers": [
    {"name": "hot", "medium": "ram", "capacity_items": 10}, {"name": "warm", "medium": "database"}]})");
  put_item(*store, "a");
  EXPECT_EQ(tick(*store)["report"]["triggered"], false);
  for (int i = 0; i < 8; ++i) put_item(*store, "i" + std::to_string(i));
  EXPECT_EQ(tick(*store)["count"], 9);
  for (int i = 0; i < 8; ++i) put_item(*store, "j" + std::to_string(i));
  EXPECT_EQ(tick(*store)["count"], 0);  // its time has not come
}

TEST_F(Consolidate, compresses_long_contents_on_the_way) {
  StoreOptions options = quiet_options(clock_);
  options.ladder = kLadder;
  options.compress_threshold_bytes = 0;
  const auto store = open_store(folder_.file(), std::move(options));
  const std::string text(3000, 'x');
  must_put(*store, R"({"id": "long", "content": ")" + text + "\"}");
  must_put(*store, R"({"id": "short", "content": "x"})");
  const Json report = consolidate(*store, R"({"compress_above_bytes": 1000})");
  EXPECT_EQ(report["moved"], 2);
  EXPECT_EQ(report["compressed"], 1);
  EXPECT_GT(report["saved_bytes"], 2500);
  EXPECT_EQ(must(store->get(Scope(), "long"))->text(Text::kContent), text);
}

TEST_F(Consolidate, can_be_killed_anywhere_and_each_item_is_there_once) {
  constexpr int kItems = 300;
  {
    const auto store = open();
    for (int i = 0; i < kItems; ++i) put_item(*store, "i" + std::to_string(i));
    must(store->close());
  }
  for (int round = 0; round < 10; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open();
      Control control;
      Draft back;
      must(back.set_tier("hot"));
      while (true) {
        (void)!write(pipe_ends[1], "x", 1);
        (void)consolidate(*store, R"({"batch_size": 20, "compress_above_bytes": 0})");
        (void)!write(pipe_ends[1], "x", 1);
        (void)consolidate(*store, R"({"from": "warm", "batch_size": 30})");
        int64_t count = 0;
        must(store->update_where(Scope(), filter_of(""), back, Durability::kDefault, control,
                                 &count));
      }
    }
    char byte = 0;
    for (int i = 0; i <= round; ++i) ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    const auto store = open();
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), kItems);
    size_t in_tiers = 0;
    for (const char* tier : {"hot", "warm", "cold"}) in_tiers += in_tier(*store, tier).size();
    EXPECT_EQ(in_tiers, static_cast<size_t>(kItems));
    for (int i = 0; i < kItems; ++i) {
      const std::string id = "i" + std::to_string(i);
      EXPECT_EQ(must(store->get(Scope(), id))->text(Text::kContent), "of " + id);
    }
    must(store->close());
  }
}

TEST(CompressWhere, makes_long_contents_small_and_reads_are_as_before) {
  const TempFolder folder;
  StoreOptions options = quiet_options(make_clock());
  options.compress_threshold_bytes = 0;
  const auto store = open_store(folder.file(), std::move(options));
  const std::string text(3000, 'x');
  for (const char* id : {"a", "b"}) {
    must_put(*store, R"({"id": ")" + std::string(id) + R"(", "content": ")" + text + "\"}");
  }
  must_put(*store, R"({"id": "c", "content": "short"})");
  must_put(*store, R"({"id": "d", "tier": "archive", "content": ")" + text + "\"}");
  Control control;
  const auto compress = [&](const char* filter) {
    return Json::parse(must(store->compress_where(Scope(), filter_of(filter), 1000, control)));
  };
  Json report = compress(R"({"id": "a"})");
  EXPECT_EQ(report["matched"], 1);
  EXPECT_EQ(report["compressed"], 1);
  EXPECT_EQ(report["original_bytes"], 3000);
  EXPECT_LT(report["compressed_bytes"], 100);
  report = compress("");
  EXPECT_EQ(report["matched"], 4);
  EXPECT_EQ(report["compressed"], 1);  // b; a is done, c is short, d is archived
  for (const char* id : {"a", "b", "d"}) {
    EXPECT_EQ(must(store->get(Scope(), id))->text(Text::kContent), text);
  }
}

}  // namespace
}  // namespace memtier::testing
