#include "storage/sqlite/reader_pool.h"

#include <chrono>

namespace memtier {

Result<ReaderPool::Loan> ReaderPool::borrow() {
  {
    std::unique_lock lock(mutex_);
    const auto available = [this] { return !idle_.empty() || opened_ < limit_; };
    if (!returned_.wait_for(lock, std::chrono::microseconds(timeout_us_), available)) {
      return Status(Code::kBusy, "store: all " + std::to_string(limit_) +
                                     " reading connections are in use; raise READER_COUNT");
    }
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Loan(this, std::move(connection));
    }
    idle_.reserve(limit_);  // so that giving back cannot fail
    ++opened_;
  }
  const auto count_out = [this] {
    const std::lock_guard lock(mutex_);
    --opened_;
    returned_.notify_one();
  };
  try {
    auto connection = open_();
    if (connection.ok()) return Loan(this, std::move(connection).value());
    count_out();
    return connection.take_status();
  } catch (...) {
    count_out();
    throw;
  }
}

void ReaderPool::add(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  ++opened_;
  idle_.push_back(std::move(connection));
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void ReaderPool::clear() {
  const std::lock_guard lock(mutex_);
  opened_ -= idle_.size();
  idle_.clear();
}

}  // namespace memtier
