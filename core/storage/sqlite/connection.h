// A SQLite connection and its statements, as objects; SQLite's result codes as Status.
//
// Thread safety: one thread at a time for a connection and all its statements.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/archive_target.h"

namespace memtier {

// The status for SQLite's result code, with the connection's own message.
Status sqlite_status(int code, sqlite3* db, std::string_view what);

class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* db, sqlite3_stmt* handle) : db_(db), handle_(handle) {}

  // Binding: parameters count from 1. Text and blobs are borrowed until the statement is reset.
  Statement& bind(int at, int64_t value);
  Statement& bind(int at, double value);
  Statement& bind_text(int at, std::string_view text);
  Statement& bind_blob(int at, std::string_view bytes);
  Statement& bind_null(int at);
  Statement& bind_pointer(int at, const void* pointer, const char* type);

  // True: there is a row.
  Result<bool> step();
  // For statements without rows: runs and resets.
  Status run();
  // Ends a use, so that locks are let go and borrowed bindings are no longer looked at.
  void reset();

  int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
  double real(int column) const { return sqlite3_column_double(handle_, column); }
  std::string_view bytes(int column) const;  // borrowed until the next step
  bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  sqlite3_stmt* handle() const { return handle_; }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* handle_ = nullptr;
};

// Resets a statement at the end of a block.
class StatementUse {
 public:
  explicit StatementUse(Statement& statement) : statement_(statement) {}
  ~StatementUse() { statement_.reset(); }
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  Statement* operator->() { return &statement_; }
  Statement& operator*() { return statement_; }

 private:
  Statement& statement_;
};

class BlockReader;

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, int flags,
                                                  int busy_timeout_ms);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status execute(const char* sql);
  // For one statement that comes again and again.
  Status execute_prepared(std::string_view sql);
  // A statement that lives as long as the connection; the same text gives the same statement.
  Result<Statement> prepare(std::string_view sql);
  // One that the caller ends: for texts that do not come again.
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Once = std::unique_ptr<sqlite3_stmt, Finalizer>;
  Result<Once> prepare_once(std::string_view sql);

  // The first column of the first row.
  Result<int64_t> query_integer(std::string_view sql);

  sqlite3* handle() const { return db_; }
  // What this connection reads the archive with; made when it is first asked for.
  BlockReader& blocks();
  // Where blocks of an external archive lie; null: there is none.
  ArchiveTarget* archive_target() const { return archive_target_.get(); }
  void set_archive_target(std::shared_ptr<ArchiveTarget> target) {
    archive_target_ = std::move(target);
  }

  // While a snapshot is kept from one read to the next (reader_pool.h): the number of the newest change
  // that it shows, once somebody has asked for it.
  void set_snapshot_kept(bool kept) {
    snapshot_kept_ = kept;
    shown_sequence_.reset();
  }
  const std::optional<int64_t>& shown_sequence() const { return shown_sequence_; }
  void note_shown_sequence(int64_t sequence) {
    if (snapshot_kept_) shown_sequence_ = sequence;
  }

 private:
  Connection(sqlite3* db, int64_t busy_timeout_us);
  // SQLite's busy handler: waits politely, as long as the call may.
  static int wait_for_others(void* self, int attempt);

  struct Cached {
    std::string sql;
    sqlite3_stmt* statement;
  };
  // Few and looked up by text: kept in a list, most recently used first. Whoever runs one in a loop finds it
  // at once, by where its text lies.
  static constexpr size_t kMaxCached = 128;
  static constexpr size_t kHints = 64;
  size_t hint_of(std::string_view sql) const {
    return (reinterpret_cast<uintptr_t>(sql.data()) / 16 + sql.size()) % kHints;
  }
  sqlite3* db_;
  const int64_t busy_timeout_us_;
  int64_t busy_until_us_ = 0;  // monotonic
  bool snapshot_kept_ = false;
  std::optional<int64_t> shown_sequence_;
  std::vector<Cached> cached_;
  std::array<Cached, kHints> hints_{};
  std::unique_ptr<BlockReader> blocks_;
  std::shared_ptr<ArchiveTarget> archive_target_;
};

// Several statements that see one state of the database; that of the transaction which the connection is in, if
// it is in one.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection)
      : connection_(connection), is_outer_(sqlite3_get_autocommit(connection.handle()) != 0) {
    if (is_outer_) (void)connection_.execute_prepared("BEGIN");
  }
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Connection& connection_;
  const bool is_outer_;
};

// BEGIN IMMEDIATE ... COMMIT, rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Status begin();
  Status commit();

 private:
  Connection& connection_;
  bool open_ = false;
};

}  // namespace memtier
