// Policies in ticks that are stopped, and names that two handles use: what the C ABI cannot bring about.
#include "lifecycle/policy_plan.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

// A policy's callback that notes what it is asked about, and chooses none of it.
struct Witness {
  std::vector<std::string> seen;
  int calls = 0;
  Code answer = Code::kOk;
};

PolicyDecider decider_of(Witness* witness) {
  return [witness](std::span<const ItemRef> items, bool, std::vector<int32_t>*) -> Status {
    ++witness->calls;
    for (const ItemRef& item : items) witness->seen.emplace_back(item->id());
    return witness->answer == Code::kOk ? Status() : Status(witness->answer, "no more");
  };
}

class PolicyTicks : public ::testing::Test {
 protected:
  PolicyTicks() {
    StoreOptions options = quiet_options(make_clock());
    options.ladder = R"({"tiers": [{"name": "a", "medium": "database"},
      {"name": "b", "medium": "database"}, {"name": "c", "medium": "database"}]})";
    store_ = open_store(":memory:", std::move(options));
    for (const char* name :
         {"archive_old_low_importance", "delete_ancient_archives", "refresh_important"}) {
      must(store_->delete_policy(name));
    }
  }

  void fill(int items) {
    for (int i = 0; i < items; ++i) must_put(*store_, R"({"id": "i)" + std::to_string(i) + "\"}");
  }
  // What the job told; it ends as soon as `stop` says so.
  Json tick(const Control::Check& stop = nullptr) {
    Control control(stop, nullptr);
    Report report = store_->tick(must(TickRequest::parse(R"({"jobs": ["policies"]})")), control);
    return Json::parse(report.take_told())["jobs"][0];
  }

  std::unique_ptr<Store> store_;
};

TEST_F(PolicyTicks, go_on_behind_the_last_batch) {
  fill(1200);
  Witness first;
  Witness second;
  must(store_->put_policy(R"({"name": "first", "priority": 2})", decider_of(&first)));
  must(store_->put_policy(R"({"name": "second", "priority": 1})", decider_of(&second)));
  const auto stop_after = [](const Witness& witness, int calls) {
    return [&witness, calls] {
      return witness.calls < calls ? Status() : Status(Code::kCancelled, "time is over");
    };
  };
  Json job = tick(stop_after(first, 1));
  EXPECT_EQ(job["complete"], false);
  EXPECT_EQ(job["results"].size(), 1U);
  EXPECT_EQ(first.seen.size(), 500U);
  job = tick(stop_after(second, 1));
  EXPECT_EQ(first.seen.size(), 1200U) << "every item once";
  EXPECT_EQ(second.seen.size(), 500U);
  job = tick();
  EXPECT_EQ(job["complete"], true);
  EXPECT_EQ(job["results"].size(), 1U) << "the first has had its turn";
  EXPECT_EQ(first.seen.size(), 1200U);
  EXPECT_EQ(second.seen.size(), 1200U);
  job = tick();
  EXPECT_EQ(job["results"].size(), 2U) << "from the first again";
  EXPECT_EQ(second.seen.size(), 2400U);
}

TEST_F(PolicyTicks, leave_the_others_their_turn_where_one_comes_no_further) {
  fill(3);
  Witness stuck;
  Witness other;
  stuck.answer = Code::kCancelled;
  must(store_->put_policy(R"({"name": "stuck", "priority": 2})", decider_of(&stuck)));
  must(store_->put_policy(R"({"name": "other", "priority": 1})", decider_of(&other)));
  EXPECT_EQ(tick()["complete"], false);
  EXPECT_EQ(tick()["complete"], false);
  EXPECT_EQ(other.calls, 0);
  EXPECT_EQ(tick()["complete"], true);
  EXPECT_EQ(other.calls, 1);
  EXPECT_EQ(stuck.calls, 2);
}

TEST_F(PolicyTicks, leave_the_others_their_turn_where_one_fails) {
  fill(3);
  Witness broken;
  Witness other;
  broken.answer = Code::kCallback;
  must(store_->put_policy(R"({"name": "broken", "priority": 2})", decider_of(&broken)));
  must(store_->put_policy(R"({"name": "other", "priority": 1})", decider_of(&other)));
  EXPECT_EQ(tick()["complete"], false);
  EXPECT_EQ(tick()["complete"], true);
  EXPECT_EQ(other.calls, 1);
  EXPECT_EQ(broken.calls, 1);
  (void)tick();
  EXPECT_EQ(broken.calls, 2);
}

// A policy that moves items down would do it twice for those of its first batches.
TEST_F(PolicyTicks, demote_each_item_once_though_they_are_stopped) {
  fill(2500);
  must(store_->put_policy(R"({"name": "down", "action": "demote"})"));
  int checks = 0;
  // The batches are of 2000 items.
  while (must(store_->tier_statistics(1)).summary.count == 0) {
    int left = ++checks;
    (void)tick([&left] { return left-- > 0 ? Status() : Status(Code::kCancelled, "over"); });
  }
  const int64_t moved = must(store_->tier_statistics(1)).summary.count;
  EXPECT_LT(moved, 2500);
  EXPECT_EQ(tick()["complete"], true);
  EXPECT_EQ(must(store_->tier_statistics(0)).summary.count, 0);
  EXPECT_EQ(must(store_->tier_statistics(2)).summary.count, 0);
}

TEST(PolicyNames, are_a_callbacks_where_another_handle_stored_one_like_it) {
  const TempFolder folder;
  const auto clock = make_clock();
  const auto mine = open_store(folder.file(), quiet_options(clock));
  const auto other = open_store(folder.file(), quiet_options(clock));
  must_put(*mine, R"({"id": "a"})");
  Witness witness;
  must(mine->put_policy(R"({"name": "clash", "action": "delete"})", decider_of(&witness)));
  must(other->put_policy(R"({"name": "clash", "action": "delete"})"));
  const auto apply = [](Store& store) {
    Control control;
    const auto request = must(ApplyRequest::parse(R"({"names": ["clash"]})"));
    return Json::parse(must(store.apply_policies(Scope(), request, control)));
  };
  const Json report = apply(*mine);
  EXPECT_EQ(report["results"].size(), 1U);
  EXPECT_EQ(report["total"], 0);
  EXPECT_EQ(witness.seen, std::vector<std::string>{"a"});
  EXPECT_EQ(apply(*other)["total"], 1) << "it is the other's all the same";
}

}  // namespace
}  // namespace memtier::testing
