// Many rows for a table by one statement, whose loop runs inside of SQLite:
//
//   INSERT OR FAIL INTO t SELECT c0, c1, ... FROM memtier_rows(?)
//
// Measured for rows of six integers in the order of their keys, 10 000 at once: 0.35 us a row at a table's
// end and 0.6 in its middle, where binding, stepping and resetting a statement for each takes 1.0 and 1.1.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace memtier {

class Connection;

// Rows in memory. Its functions are called by SQLite, and do not throw.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual size_t row_count() const = 0;
  // Gives the value of a column, from 0 on, by one of sqlite3_result_*; what it borrows stays as it is
  // until insert_rows() returns.
  virtual void give(size_t row, int column, sqlite3_context* out) const = 0;
};

inline constexpr int kMaxRowColumns = 24;

void give_text(sqlite3_context* out, std::string_view text);
void give_blob(sqlite3_context* out, std::string_view bytes);

// What memtier_rows is, for a new connection.
Status register_row_source(sqlite3* db);

// Whether rows of these keys may be there; they are written over.
enum class Existing { kUnlikely, kLikely };

// Puts all rows into `table`, "name" or "name(column, ...)", which has so many columns; in the order of its
// key is quickest.
Status insert_rows(Connection& connection, std::string_view table, int columns,
                   const RowSource& source, Existing existing = Existing::kUnlikely);

}  // namespace memtier
