#include "storage/sqlite/reader_pool.h"

#include <algorithm>
#include <chrono>

#include "base/patience.h"
#include "storage/sqlite/archive_blocks.h"

namespace memtier {

Status ReaderPool::Reader::end_snapshot() {
  connection->set_snapshot_kept(false);
  has_snapshot = sqlite3_get_autocommit(connection->handle()) == 0;
  if (!has_snapshot) return {};
  // Not a prepared one: this must do without memory of its own.
  const int code = sqlite3_exec(connection->handle(), "COMMIT", nullptr, nullptr, nullptr);
  has_snapshot = sqlite3_get_autocommit(connection->handle()) == 0;
  return has_snapshot ? sqlite_status(code, connection->handle(), "database") : Status();
}

Status ReaderPool::Loan::keep_up_with(uint64_t generation) {
  if (has_snapshot() && reader_.state.generation == generation) return {};
  return renew();
}

Status ReaderPool::Loan::keep_up_with_tables() {
  if (has_snapshot() && reader_.state.table_changes == pool_->now_().table_changes) return {};
  return renew();
}

Status ReaderPool::Loan::renew() {
  RETURN_IF_ERROR(reader_.end_snapshot());
  if (!pool_->may_keep_()) return {};
  const State now = pool_->now_();
  // It takes its lock, and with it the state that it shows, at the first read: so that is `now` or newer.
  RETURN_IF_ERROR(reader_.connection->execute_prepared("BEGIN"));
  reader_.has_snapshot = true;
  reader_.connection->set_snapshot_kept(true);
  reader_.state = now;
  return {};
}

Result<ReaderPool::Reader> ReaderPool::take() {
  int64_t number = 0;
  {
    std::unique_lock lock(mutex_);
    const auto available = [this] { return !idle_.empty() || opened_ < limit_; };
    if (!available() &&
        !returned_.wait_for(lock, std::chrono::microseconds(Patience::left_us(timeout_us_)),
                            available)) {
      return Status(Code::kBusy, "store: all " + std::to_string(limit_) +
                                     " reading connections are in use; raise READER_COUNT");
    }
    if (!idle_.empty()) {
      Reader reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
    idle_.reserve(limit_);  // so that giving back cannot fail
    ++opened_;
    number = next_number_++;
  }
  const auto count_out = [this] {
    const std::lock_guard lock(mutex_);
    --opened_;
    returned_.notify_one();
  };
  try {
    auto connection = open_();
    if (connection.ok()) return Reader{std::move(connection).value(), false, {}, number};
    count_out();
    return connection.take_status();
  } catch (...) {
    count_out();
    throw;
  }
}

Result<ReaderPool::Loan> ReaderPool::borrow() {
  ASSIGN_OR_RETURN(Reader reader, take());
  Status ended = reader.end_snapshot();
  Loan loan(this, std::move(reader));
  RETURN_IF_ERROR(std::move(ended));
  return loan;
}

Result<ReaderPool::Loan> ReaderPool::borrow_at(uint64_t generation) {
  ASSIGN_OR_RETURN(Reader reader, take());
  Loan loan(this, std::move(reader));
  RETURN_IF_ERROR(loan.keep_up_with(generation));
  return loan;
}

Result<ReaderPool::Loan> ReaderPool::borrow_tables() {
  ASSIGN_OR_RETURN(Reader reader, take());
  Loan loan(this, std::move(reader));
  RETURN_IF_ERROR(loan.keep_up_with_tables());
  return loan;
}

void ReaderPool::end_idle_snapshots() {
  const std::lock_guard lock(mutex_);
  for (Reader& reader : idle_) (void)reader.end_snapshot();
}

void ReaderPool::forget_blocks() {
  const std::lock_guard lock(mutex_);
  for (Reader& reader : idle_) reader.connection->blocks().forget();
}

void ReaderPool::add(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  ++opened_;
  put_in({std::move(connection), false, {}, next_number_++});
}

void ReaderPool::put_in(Reader reader) {
  const auto place = std::find_if(idle_.begin(), idle_.end(), [&reader](const Reader& other) {
    return other.number < reader.number;
  });
  idle_.insert(place, std::move(reader));
}

void ReaderPool::give_back(Reader reader) {
  {
    // Under the lock: an idle snapshot that nobody has seen must not slip past who ends them.
    const std::lock_guard lock(mutex_);
    if (!may_keep_()) (void)reader.end_snapshot();
    put_in(std::move(reader));
  }
  returned_.notify_one();
}

void ReaderPool::clear() {
  const std::lock_guard lock(mutex_);
  opened_ -= idle_.size();
  idle_.clear();
}

}  // namespace memtier
