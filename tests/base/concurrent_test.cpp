// What of base/ many threads use at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <set>
#include <thread>
#include <vector>

#include "base/epoch.h"
#include "base/id_generator.h"
#include "base/striped_counter.h"
#include "base/worker.h"

namespace memtier::testing {
namespace {

std::atomic<int> freed{0};

void count_freed(void*) {
  ++freed;
}

TEST(Epoch, frees_what_was_retired_when_nobody_reads) {
  freed = 0;
  int object = 0;
  epoch_retire(&object, count_freed);
  epoch_drain();
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, frees_nothing_that_a_guard_may_still_see) {
  freed = 0;
  std::atomic<int> stage{0};
  std::thread reader([&stage] {
    const EpochGuard guard;
    const EpochGuard nested;
    stage = 1;
    stage.notify_all();
    stage.wait(1);
  });
  stage.wait(0);
  int objects[1000];
  for (int& object : objects) epoch_retire(&object, count_freed);
  EXPECT_EQ(freed, 0) << "the guard began before they were retired";
  stage = 2;
  stage.notify_all();
  reader.join();
  epoch_drain();
  EXPECT_EQ(freed, 1000);
}

TEST(Epoch, frees_what_an_ended_thread_left_behind) {
  freed = 0;
  int object = 0;
  std::thread([&object] { epoch_retire(&object, count_freed); }).join();
  int others[4] = {};
  for (int& other : others) {  // reclaiming moves the epoch on
    epoch_retire(&other, count_freed);
    epoch_drain();
  }
  EXPECT_EQ(freed, 5);
}

struct Node {
  explicit Node(int v) : value(v), copy(v) {}
  ~Node() { value = copy = -1; }
  int value;
  int copy;
};

TEST(Epoch, lets_readers_follow_a_pointer_that_is_replaced_all_the_time) {
  std::atomic<Node*> shared{new Node(0)};
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const EpochGuard guard;
        const Node* node = shared.load(std::memory_order_acquire);
        if (node->value < 0 || node->value != node->copy) ++torn;
      }
    });
  }
  for (int i = 1; i <= 20'000; ++i) {
    Node* old = shared.exchange(new Node(i));
    epoch_retire(old, [](void* node) { delete static_cast<Node*>(node); });
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  delete shared.load();
  epoch_drain();
  EXPECT_EQ(torn, 0);
}

TEST(ThreadNumber, is_reused_and_never_shared) {
  const size_t own = thread_number();
  std::set<size_t> numbers;
  for (int i = 0; i < 20; ++i) {
    std::thread([&] { numbers.insert(thread_number()); }).join();
  }
  EXPECT_LE(numbers.size(), 2u) << "threads one after the other take the same number";
  EXPECT_EQ(numbers.count(own), 0u);
}

TEST(StripedCounters, lose_nothing) {
  constexpr int kThreads = 30;  // more than have a stripe of their own
  StripedCounters<2> counters;
  std::vector<std::thread> threads;
  std::atomic<int> started{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      ++started;
      while (started < kThreads) std::this_thread::yield();  // so that each has another number
      for (int i = 0; i < 10'000; ++i) {
        counters.add(0);
        counters.add(1, 3);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counters.sum(0), kThreads * 10'000);
  EXPECT_EQ(counters.sum(1), kThreads * 30'000);
}

TEST(IdGenerator, gives_every_thread_other_ids) {
  IdGenerator ids(7);
  std::vector<std::vector<std::string>> given(4);
  std::vector<std::thread> threads;
  for (auto& list : given) {
    threads.emplace_back([&ids, &list] {
      for (int i = 0; i < 3000; ++i) list.push_back(ids.next(1'000'000));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& list : given) {
    EXPECT_TRUE(std::is_sorted(list.begin(), list.end())) << "also while the clock stands still";
    all.insert(list.begin(), list.end());
  }
  EXPECT_EQ(all.size(), 12'000u);
}

TEST(IdGenerator, makes_version_7_uuids_that_sort_by_time) {
  IdGenerator ids(7);
  const std::string first = ids.next(1'780'272'000'000'000);
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(first[14], '7');
  EXPECT_NE(std::string("89ab").find(first[19]), std::string::npos) << first;
  const std::string later = ids.next(1'780'272'000'001'000);
  const std::string clock_went_back = ids.next(1'780'271'000'000'000);
  EXPECT_LT(first, later);
  EXPECT_LT(later, clock_went_back);
  EXPECT_EQ(IdGenerator(7).next(1000), IdGenerator(7).next(1000)) << "a seed repeats them";
  EXPECT_NE(IdGenerator(0).next(1000), IdGenerator(0).next(1000));
}

// Lets a test wait for the steps of a worker.
class Steps {
 public:
  int64_t step(int64_t delay_us) {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
    return delay_us;
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

constexpr int64_t kForeverUs = 3'600'000'000;

TEST(Worker, runs_again_when_its_delay_is_over) {
  Steps steps;
  Worker worker;
  worker.start([&] { return steps.step(100); });
  steps.wait_for(5);
  worker.stop();
}

TEST(Worker, runs_when_it_is_woken_and_ends_when_it_is_stopped) {
  Steps steps;
  Worker worker;
  worker.start([&] { return steps.step(kForeverUs); });
  steps.wait_for(1);
  for (int i = 2; i < 50; ++i) {
    worker.wake();
    steps.wait_for(i);
  }
  worker.stop();
  worker.stop();
}

TEST(Worker, is_woken_by_many_without_missing_the_last) {
  Steps steps;
  std::atomic<int> work{0};
  std::atomic<int> done{0};
  Worker worker;
  worker.start([&] {
    done = work.load();
    done.notify_all();
    return kForeverUs;
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        ++work;
        worker.wake();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (int seen = done; seen != 4000; seen = done) done.wait(seen);
  worker.stop();
  EXPECT_EQ(done, 4000);
}

}  // namespace
}  // namespace memtier::testing
