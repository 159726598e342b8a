// Worker: one thread that runs a function again and again: when it is woken, and at the latest after
// the delay that the function returned. Thread safety: every function, any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace memtier {

class Worker {
 public:
  // Returns for how long, in microseconds, there is nothing to do.
  using Step = std::function<int64_t()>;

  Worker() = default;
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start(Step step);
  // Ends the thread after the step that is under way.
  void stop();
  void wake();
  // Wakes it only if it sleeps for longer than this: one load where it does not.
  void wake_if_sleeping_over(int64_t delay_us) {
    if (sleeping_us_.load(std::memory_order_relaxed) > delay_us) wake();
  }

 private:
  static constexpr int64_t kLongUs = 150'000;
  void run();

  Step step_;
  std::thread thread_;
  std::atomic<int64_t> sleeping_us_{0};  // 0: it works
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;  // guarded by mutex_, as is stopping_
  bool stopping_ = false;
};

}  // namespace memtier
