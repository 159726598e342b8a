// Connections for reading, opened when first needed, up to a limit; a reader waits for one within the
// busy timeout. A store in memory has a single connection, which the folder uses too: then whoever
// reads has it alone.
//
// Reads keep their read transaction open from one call to the next, as a snapshot: beginning and
// ending one costs SQLite two locks of the file, 2 us, as much as finding the row. A snapshot bears
// the generation of the pending changes at which it began: while that is the current one, whatever
// the tables have gained since is still pending, and a read by id looks for it there. It also bears the number
// of changes to the tables by anybody: while that is the current one, lists and counts see all there is.
// An open snapshot keeps
// SQLite's log from being started anew, so none is kept while a checkpoint is wanted, and idle ones
// are ended from time to time.
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
  using MayKeep = std::function<bool()>;
  // How new a state is.
  struct State {
    uint64_t generation = 0;
    uint64_t table_changes = 0;
  };
  using Now = std::function<State()>;

  // `may_keep` says whether snapshots may be kept now, `now` what state one would show at least.
  ReaderPool(size_t limit, int64_t timeout_us, Open open, MayKeep may_keep, Now now)
      : limit_(limit),
        timeout_us_(timeout_us),
        open_(std::move(open)),
        may_keep_(std::move(may_keep)),
        now_(std::move(now)) {}

  struct Reader {
    std::unique_ptr<Connection> connection;
    bool has_snapshot = false;
    State state{};  // of the snapshot, at least
    int64_t number = 0;

    // Fails where memory is short: then what is read next is what the snapshot shows.
    Status end_snapshot();
  };

  // A connection on loan; given back at the end of the block.
  class Loan {
   public:
    Loan(ReaderPool* pool, Reader reader) : pool_(pool), reader_(std::move(reader)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (reader_.connection) pool_->give_back(std::move(reader_));
    }
    Connection& operator*() { return *reader_.connection; }
    Connection* operator->() { return reader_.connection.get(); }
    // Sees to it that what is read next is at least as new as this generation of pending changes.
    Status keep_up_with(uint64_t generation);
    Status keep_up_with_tables();

   private:
    bool has_snapshot() const {
      // After some errors SQLite has ended the transaction itself.
      return reader_.has_snapshot && sqlite3_get_autocommit(reader_.connection->handle()) == 0;
    }
    Status renew();
    ReaderPool* pool_;
    Reader reader_;
  };

  // A connection outside of a transaction.
  Result<Loan> borrow();
  // A connection that reads tables at least as new as this generation, from a snapshot if it may.
  Result<Loan> borrow_at(uint64_t generation);
  // A connection that reads the tables as they are now, from a snapshot if it may.
  Result<Loan> borrow_tables();
  // Ends the snapshots of connections that are not on loan.
  void end_idle_snapshots();
  // Those that are not on loan keep nothing of the archive any more.
  void forget_blocks();
  // Puts a connection into the pool that somebody made elsewhere.
  void add(std::unique_ptr<Connection> connection);
  // Closes the connections that are not on loan.
  void clear();

 private:
  Result<Reader> take();
  void give_back(Reader reader);
  void put_in(Reader reader);

  const size_t limit_;
  const int64_t timeout_us_;
  const Open open_;
  const MayKeep may_keep_;
  const Now now_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  // Guarded by mutex_, as is what follows. The first one opened stands last, and goes out first: so there are
  // one or two that do most, and have in their caches what is read most.
  std::vector<Reader> idle_;
  size_t opened_ = 0;
  int64_t next_number_ = 1;
};

}  // namespace memtier
