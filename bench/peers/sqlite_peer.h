// SQLite as an expert uses it: WAL, statements prepared once, nothing asked twice.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/items.h"

namespace bench {

class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(sqlite3* db, const char* sql);
  ~SqliteStatement() { sqlite3_finalize(statement_); }
  SqliteStatement(SqliteStatement&& other) noexcept : statement_(other.statement_) {
    other.statement_ = nullptr;
  }
  SqliteStatement& operator=(SqliteStatement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }

  // Bytes are borrowed until the statement has run.
  void bind(int at, std::string_view text) {
    sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void bind_blob(int at, std::string_view bytes) {
    sqlite3_bind_blob(statement_, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  }
  void bind(int at, int64_t value) { sqlite3_bind_int64(statement_, at, value); }
  void bind(int at, double value) { sqlite3_bind_double(statement_, at, value); }
  bool step();
  void reset() { sqlite3_reset(statement_); }
  void run() {
    (void)step();
    reset();
  }
  int64_t integer(int column) { return sqlite3_column_int64(statement_, column); }
  // Copies the column's bytes out and returns how many.
  size_t copy(int column, char* out) {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
    if (size != 0) __builtin_memcpy(out, data, size);
    return size;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteDatabase {
 public:
  SqliteDatabase(const std::string& path, int64_t cache_bytes);
  ~SqliteDatabase() { sqlite3_close(db_); }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  void execute(const std::string& sql);
  SqliteStatement prepare(const char* sql) { return SqliteStatement(db_, sql); }

 private:
  sqlite3* db_ = nullptr;
};

// `sqlite-rows`: rows and nothing else, with an integer key.
class SqliteRows {
 public:
  // `full`: each transaction survives loss of power.
  SqliteRows(const std::string& path, bool full);
  void put(const Items& items, size_t i);

 private:
  SqliteDatabase db_;
  SqliteStatement insert_;
};

// A bare table with a text key, for reading.
class SqliteTable {
 public:
  enum class Columns { kValue, kContentAndMetadata };
  SqliteTable(const std::string& path, Columns columns, int64_t cache_bytes);
  void begin() { db_.execute("BEGIN"); }
  void put(std::string_view id, std::string_view first, std::string_view second = {});
  // Ends the load.
  void commit();
  // Copies all columns but the key out, one behind the other; returns their size.
  size_t get(std::string_view id, char* out) {
    select_.bind(1, id);
    size_t size = 0;
    if (select_.step()) {
      for (int column = 0; column < columns_; ++column) size += select_.copy(column, out + size);
    }
    select_.reset();
    return size;
  }

 private:
  SqliteDatabase db_;
  int columns_;
  SqliteStatement insert_;
  SqliteStatement select_;
};

}  // namespace bench
