// Connections for reading, opened when first needed, up to a limit; a reader waits for one within the
// busy timeout. A store in memory has a single connection, which the folder uses too: then whoever
// reads has it alone.
//
// Thread safety: any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "storage/sqlite/connection.h"

namespace memtier {

class ReaderPool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  ReaderPool(size_t limit, int64_t timeout_us, Open open)
      : limit_(limit), timeout_us_(timeout_us), open_(std::move(open)) {}

  // A connection on loan; given back at the end of the block.
  class Loan {
   public:
    Loan(ReaderPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  Result<Loan> borrow();
  // Puts a connection into the pool that somebody made elsewhere.
  void add(std::unique_ptr<Connection> connection);
  // Closes the connections that are not on loan.
  void clear();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  const size_t limit_;
  const int64_t timeout_us_;
  const Open open_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_, as is what follows
  size_t opened_ = 0;
};

}  // namespace memtier
