// Commits with full durability that are done together: each is done once, whoever does it.
#include "storage/sqlite/commit_group.h"

#include <atomic>
#include <future>
#include <thread>

#include "base/clock.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

using Member = CommitGroup::Member;
using Role = CommitGroup::Role;

constexpr int64_t kSoonUs = 20'000;
constexpr int64_t kNeverUs = 600'000'000;

const auto kAnySize = [](const Member&) { return true; };

// A member on a thread of its own; `bytes` tells it from others.
class Joiner {
 public:
  Joiner(CommitGroup& group, uint64_t bytes, int64_t wait_us = kNeverUs)
      : member_({}, bytes, 0), role_(std::async(std::launch::async, [this, &group, wait_us] {
          return group.join(member_, monotonic_us() + wait_us);
        })) {}
  Role role() { return role_.get(); }
  bool is_told() { return role_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  const Member& member() const { return member_; }

 private:
  Member member_;
  std::future<Role> role_;
};

// Waits until one is in the queue, and takes it.
Member* take_next(CommitGroup& group) {
  while (true) {
    if (Member* member = group.take(kAnySize)) return member;
    std::this_thread::yield();
  }
}

TEST(CommitGroup, lets_one_that_is_alone_lead_at_once) {
  CommitGroup group;
  for (int i = 0; i < 2; ++i) {
    Member member({}, 1, 0);
    EXPECT_EQ(group.join(member, 0), Role::kLead);
    EXPECT_EQ(group.take(kAnySize), nullptr);
    group.finish(true);
  }
}

TEST(CommitGroup, tells_those_that_were_taken_what_became_of_them) {
  CommitGroup group;
  for (const bool synced : {true, false}) {
    Member leader({}, 1, 0);
    ASSERT_EQ(group.join(leader, 0), Role::kLead);
    Joiner one(group, 2);
    Joiner two(group, 3);
    for (int i = 0; i < 2; ++i) take_next(group)->end = 7;
    EXPECT_FALSE(one.is_told());
    group.finish(synced);
    for (Joiner* joiner : {&one, &two}) {
      EXPECT_EQ(joiner->role(), Role::kDone);
      EXPECT_EQ(joiner->member().end, 7u);
      EXPECT_EQ(joiner->member().synced, synced);
    }
  }
}

TEST(CommitGroup, lets_the_first_that_did_not_fit_lead_next) {
  CommitGroup group;
  Member leader({}, 1, 0);
  ASSERT_EQ(group.join(leader, 0), Role::kLead);
  Joiner large(group, 1000);
  const auto sees = [&group](uint64_t bytes) {
    bool seen = false;
    EXPECT_EQ(group.take([&](const Member& next) {
      seen = next.bytes == bytes;
      return false;
    }),
              nullptr);
    return seen;
  };
  while (!sees(1000)) std::this_thread::yield();
  EXPECT_FALSE(large.is_told());
  group.finish(true);
  EXPECT_EQ(large.role(), Role::kLead);
  group.finish(true);
}

TEST(CommitGroup, is_left_by_those_that_waited_too_long) {
  CommitGroup group;
  Member leader({}, 1, 0);
  ASSERT_EQ(group.join(leader, 0), Role::kLead);
  Joiner patient(group, 2);
  Joiner hasty(group, 3, kSoonUs);
  EXPECT_EQ(hasty.role(), Role::kTimedOut);
  EXPECT_EQ(take_next(group)->bytes, 2u);
  Joiner late(group, 4);
  EXPECT_EQ(take_next(group)->bytes, 4u);
  group.finish(true);
  EXPECT_EQ(patient.role(), Role::kDone);
  EXPECT_EQ(late.role(), Role::kDone);
}

TEST(CommitGroup, keeps_one_that_was_taken_however_long_it_takes) {
  CommitGroup group;
  Member leader({}, 1, 0);
  ASSERT_EQ(group.join(leader, 0), Role::kLead);
  Joiner taken(group, 2, kSoonUs);
  ASSERT_EQ(take_next(group)->bytes, 2u);
  Joiner clock(group, 3, kSoonUs * 2);  // when this one has given up, the other's time is over, too
  EXPECT_EQ(clock.role(), Role::kTimedOut);
  EXPECT_FALSE(taken.is_told());
  group.finish(true);
  EXPECT_EQ(taken.role(), Role::kDone);
}

TEST(CommitGroup, does_each_once_where_many_come_and_some_give_up) {
  constexpr int kThreads = 8;
  constexpr int kEach = 2000;
  CommitGroup group;
  std::atomic<int> leaders{0};
  int done = 0;  // only by who leads
  std::atomic<int> given_up{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Member member({}, 1, 0);
        const bool hasty = t == 0;
        const Role role = group.join(member, monotonic_us() + (hasty ? 20 : kNeverUs));
        if (role == Role::kTimedOut) ++given_up;
        if (role != Role::kLead) {
          EXPECT_EQ(member.end, role == Role::kDone ? 1u : 0u);
          continue;
        }
        EXPECT_EQ(++leaders, 1);
        for (Member* one = &member; one != nullptr; one = group.take(kAnySize)) {
          EXPECT_EQ(one->end++, 0u);
          ++done;
        }
        --leaders;
        group.finish(true);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Member last({}, 1, 0);
  ASSERT_EQ(group.join(last, 0), Role::kLead);  // so that `done` is seen
  EXPECT_EQ(done + given_up, kThreads * kEach);
  group.finish(true);
}

TEST(CommitsTogether, each_have_their_own_outcome) {
  const TempFolder folder;
  constexpr int kThreads = 6;
  constexpr int kEach = 40;
  const Scope scope;
  {
    OpenStorage one(folder.file());
    OpenStorage two(folder.file());
    std::atomic<int> created{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        SqliteStorage& storage = t % 2 == 0 ? *one : *two;
        for (int i = 0; i < kEach; ++i) {
          const std::string own = std::to_string(t) + "." + std::to_string(i);
          const std::string shared = "shared " + std::to_string(i);
          const auto durability = i % 3 == 0 ? Durability::kNormal : Durability::kFull;
          must(commit_one(storage, put_op(scope, {.id = own}), 1000, durability));
          const Status status =
              commit_one(storage, put_op(scope, {.id = shared}, given_plan(PutMode::kCreate)), 1000,
                         Durability::kFull);
          EXPECT_TRUE(status.ok() || status.code() == Code::kExists) << status.message();
          created += status.ok() ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(created, kEach);
  }
  OpenStorage after(folder.file());
  EXPECT_EQ(must(after->count({&scope, 1000}, parse_filter(""), StopCheck())),
            kThreads * kEach + kEach);
}

}  // namespace
}  // namespace memtier::testing
