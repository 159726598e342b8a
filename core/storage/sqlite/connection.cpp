#include "storage/sqlite/connection.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/clock.h"
#include "base/patience.h"
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/row_source.h"

namespace memtier {
namespace {

bool is_full(int system_errno) {
  return system_errno != 0 && io_error(system_errno, "").code() == Code::kFull;
}

// SQLite notes no errno where a COMMIT fails; the file that this writes to, its log, has it.
int wal_errno(sqlite3* db) {
  sqlite3_file* file = nullptr;
  int number = 0;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK &&
      file != nullptr && file->pMethods != nullptr) {
    (void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
  }
  return number;
}

Code code_of(int sqlite_code, int system_errno) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kBusy;
    case SQLITE_FULL:
      return Code::kFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return Code::kCorrupt;
    case SQLITE_READONLY:
      return Code::kReadOnly;
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kDenied;
    case SQLITE_CANTOPEN:
      return system_errno == 0 ? Code::kIo : io_error(system_errno, "").code();
    case SQLITE_NOMEM:
      return Code::kNoMemory;
    case SQLITE_INTERRUPT:
      return Code::kCancelled;
    case SQLITE_IOERR:
      if (sqlite_code == SQLITE_IOERR_NOMEM) return Code::kNoMemory;
      // SQLite's own "full" is a disk without room; a quota, or a limit on files, is an error to it.
      return is_full(system_errno) ? Code::kFull : Code::kIo;
    default:
      return Code::kInternal;
  }
}

// What SQLite said, where that helps nobody: which file, and what to do.
std::string advice(Code meaning, int extended, sqlite3* db, const std::string& said) {
  const char* name = db != nullptr ? sqlite3_db_filename(db, "main") : nullptr;
  const std::string file =
      name == nullptr || *name == '\0' ? "the file" : '"' + std::string(name) + '"';
  if (meaning == Code::kFull) {
    return "the disk with " + file + ", a quota or a limit on the size of files is full; make room";
  }
  if ((extended & 0xff) == SQLITE_NOTADB) return file + " is not a store of memtier";
  if (meaning == Code::kCorrupt) {
    return file + " is damaged (" + said +
           "); put back a copy, or export what can still be read into a new store";
  }
  return said;
}

}  // namespace

Status sqlite_status(int code, sqlite3* db, std::string_view what) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return {};
  int system_errno = db != nullptr ? sqlite3_system_errno(db) : 0;
  const std::string said = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  if (extended == SQLITE_OK) extended = code;
  if (extended == SQLITE_IOERR_WRITE && !is_full(system_errno)) system_errno = wal_errno(db);
  Code meaning = code_of(extended, system_errno);
  // Our own statements are right: what they ask for must have been there.
  if (said.starts_with("no such table") || said.starts_with("no such column")) {
    meaning = Code::kCorrupt;
  }
  return {meaning, std::string(what) + ": " + advice(meaning, extended, db, said)};
}

Statement& Statement::bind(int at, int64_t value) {
  sqlite3_bind_int64(handle_, at, value);
  return *this;
}

Statement& Statement::bind(int at, double value) {
  sqlite3_bind_double(handle_, at, value);
  return *this;
}

Statement& Statement::bind_text(int at, std::string_view text) {
  sqlite3_bind_text64(handle_, at, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob64(handle_, at, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int at) {
  sqlite3_bind_null(handle_, at);
  return *this;
}

Statement& Statement::bind_pointer(int at, const void* pointer, const char* type) {
  sqlite3_bind_pointer(handle_, at, const_cast<void*>(pointer), type, nullptr);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_status(code, db_, "database");
}

Status Statement::run() {
  const int code = sqlite3_step(handle_);
  Status status = sqlite_status(code, db_, "database");
  sqlite3_reset(handle_);
  return status;
}

void Statement::reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  return {static_cast<const char*>(data), data == nullptr ? 0 : static_cast<size_t>(size)};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, int flags,
                                                     int busy_timeout_ms) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  auto connection =
      std::unique_ptr<Connection>(new Connection(db, int64_t{busy_timeout_ms} * 1000));
  if (code != SQLITE_OK) return sqlite_status(code, db, "open " + path);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_handler(db, wait_for_others, connection.get());
  RETURN_IF_ERROR(register_row_source(db));
  return connection;
}

int Connection::wait_for_others(void* self, int attempt) {
  auto* connection = static_cast<Connection*>(self);
  const int64_t now_us = monotonic_us();
  if (attempt == 0) {
    connection->busy_until_us_ = now_us + Patience::left_us(connection->busy_timeout_us_);
  }
  const int64_t left_us = connection->busy_until_us_ - now_us;
  if (left_us <= 0) return 0;
  const int64_t polite_us = int64_t{1000} << std::min(attempt, 5);
  std::this_thread::sleep_for(std::chrono::microseconds(std::min(left_us, polite_us)));
  return 1;
}

Connection::Connection(sqlite3* db, int64_t busy_timeout_us)
    : db_(db), busy_timeout_us_(busy_timeout_us) {}

BlockReader& Connection::blocks() {
  if (!blocks_) blocks_ = std::make_unique<BlockReader>();
  return *blocks_;
}

Connection::~Connection() {
  for (const Cached& cached : cached_) sqlite3_finalize(cached.statement);
  sqlite3_close(db_);
}

Status Connection::execute(const char* sql) {
  return sqlite_status(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), db_, "database");
}

Status Connection::execute_prepared(std::string_view sql) {
  ASSIGN_OR_RETURN(Statement statement, prepare(sql));
  return statement.run();
}

Result<Statement> Connection::prepare(std::string_view sql) {
  Cached& hint = hints_[hint_of(sql)];
  if (hint.sql == sql) return Statement(db_, hint.statement);
  const auto found = std::find_if(cached_.begin(), cached_.end(),
                                  [sql](const Cached& cached) { return cached.sql == sql; });
  if (found != cached_.end()) {
    hint = *found;
    std::rotate(cached_.begin(), found, found + 1);
    return Statement(db_, hint.statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_status(code, db_, "database: " + std::string(sql));
  if (cached_.size() >= kMaxCached) {
    hints_.fill({});  // one of them may be the one that goes
    sqlite3_finalize(cached_.back().statement);
    cached_.pop_back();
  }
  cached_.insert(cached_.begin(), {std::string(sql), statement});
  return Statement(db_, statement);
}

Result<Connection::Once> Connection::prepare_once(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_status(code, db_, "database: " + std::string(sql));
  return Once(statement);
}

Result<int64_t> Connection::query_integer(std::string_view sql) {
  ASSIGN_OR_RETURN(const Once once, prepare_once(sql));
  Statement statement(db_, once.get());
  ASSIGN_OR_RETURN(const bool row, statement.step());
  if (!row) return internal_error("database: no row from " + std::string(sql));
  return statement.integer(0);
}

namespace {

// Where there was no memory to end a transaction the connection would stay in it: once more, with nothing
// of our own.
void end_for_certain(sqlite3* db, const char* sql) {
  for (int attempt = 0; attempt < 3 && sqlite3_get_autocommit(db) == 0; ++attempt) {
    (void)sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  }
}

}  // namespace

ReadTransaction::~ReadTransaction() {
  if (!is_outer_) return;
  try {
    (void)connection_.execute_prepared("COMMIT");
  } catch (...) {  // no memory
  }
  end_for_certain(connection_.handle(), "COMMIT");
}

Transaction::~Transaction() {
  if (open_) end_for_certain(connection_.handle(), "ROLLBACK");
}

Status Transaction::begin() {
  RETURN_IF_ERROR(connection_.execute("BEGIN IMMEDIATE"));
  open_ = true;
  return {};
}

Status Transaction::commit() {
  RETURN_IF_ERROR(connection_.execute("COMMIT"));
  open_ = false;
  return {};
}

}  // namespace memtier
