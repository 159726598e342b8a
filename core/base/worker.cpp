#include "base/worker.h"

#include <chrono>

namespace memtier {

void Worker::start(Step step) {
  step_ = std::move(step);
  thread_ = std::thread([this] { run(); });
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  condition_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    sleeping_us_.store(0, std::memory_order_relaxed);
  }
  condition_.notify_one();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const int64_t delay_us = step_();
    lock.lock();
    if (woken_ || stopping_) continue;
    sleeping_us_.store(delay_us, std::memory_order_relaxed);
    condition_.wait_for(lock, std::chrono::microseconds(delay_us),
                        [this] { return woken_ || stopping_; });
    sleeping_us_.store(0, std::memory_order_relaxed);
  }
}

}  // namespace memtier
