#include "storage/sqlite/row_source.h"

#include <new>
#include <string>

#include "storage/sqlite/connection.h"

namespace memtier {
namespace {

constexpr const char* kPointer = "memtier_rows";

struct Cursor : sqlite3_vtab_cursor {
  const RowSource* source = nullptr;
  size_t row = 0;
};

Cursor& cursor_of(sqlite3_vtab_cursor* cursor) {
  return *static_cast<Cursor*>(cursor);
}

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** out, char**) {
  std::string columns = "CREATE TABLE rows(";
  for (int i = 0; i < kMaxRowColumns; ++i) columns += "c" + std::to_string(i) + ", ";
  const int code = sqlite3_declare_vtab(db, (columns + "source HIDDEN)").c_str());
  if (code != SQLITE_OK) return code;
  *out = new (std::nothrow) sqlite3_vtab();
  return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int choose(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != kMaxRowColumns) continue;
    if (constraint.usable == 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  *out = new (std::nothrow) Cursor();
  return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete &cursor_of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int count, sqlite3_value** values) {
  Cursor& at = cursor_of(cursor);
  at.row = 0;
  at.source = count == 1 ? static_cast<const RowSource*>(sqlite3_value_pointer(values[0], kPointer))
                         : nullptr;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor).row;
  return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* cursor) {
  const Cursor& at = cursor_of(cursor);
  return at.source == nullptr || at.row >= at.source->row_count() ? 1 : 0;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* out, int number) {
  const Cursor& at = cursor_of(cursor);
  if (number < kMaxRowColumns) at.source->give(at.row, number, out);
  return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(cursor_of(cursor).row);
  return SQLITE_OK;
}

std::string insertion(std::string_view how, std::string_view table, int columns) {
  std::string sql = "INSERT OR " + std::string(how) + " INTO " + std::string(table) + " SELECT ";
  for (int i = 0; i < columns; ++i) sql += (i == 0 ? "c" : ", c") + std::to_string(i);
  return sql + " FROM memtier_rows(?)";
}

}  // namespace

void give_text(sqlite3_context* out, std::string_view text) {
  sqlite3_result_text64(out, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

void give_blob(sqlite3_context* out, std::string_view bytes) {
  sqlite3_result_blob64(out, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}

Status register_row_source(sqlite3* db) {
  static constexpr sqlite3_module kModule = [] {
    sqlite3_module
        module{};  // without xCreate it is a table in every database, and no other is made
    module.xConnect = connect;
    module.xBestIndex = choose;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = is_at_end;
    module.xColumn = column;
    module.xRowid = row_number;
    return module;
  }();
  return sqlite_status(sqlite3_create_module_v2(db, "memtier_rows", &kModule, nullptr, nullptr), db,
                       "register memtier_rows");
}

// REPLACE, for many rows, copies each page before it changes it, to take back what failed half-way: for keys
// that lie far apart this takes longer than a statement for each. FAIL leaves what was done, which suits
// those whose transaction is rolled back if anything fails; so REPLACE is only for rows that may be there.
Status insert_rows(Connection& connection, std::string_view table, int columns,
                   const RowSource& source, Existing existing) {
  if (source.row_count() == 0) return {};
  const auto insert = [&](std::string_view how) -> Result<int> {
    ASSIGN_OR_RETURN(Statement statement, connection.prepare(insertion(how, table, columns)));
    StatementUse use(statement.bind_pointer(1, &source, kPointer));
    const int code = sqlite3_step(use->handle());
    if ((code & 0xff) == SQLITE_CONSTRAINT) return code;
    RETURN_IF_ERROR(sqlite_status(code, connection.handle(), "database"));
    return SQLITE_OK;
  };
  if (existing == Existing::kUnlikely) {
    ASSIGN_OR_RETURN(const int code, insert("FAIL"));
    if (code == SQLITE_OK) return {};
  }
  ASSIGN_OR_RETURN(const int again, insert("REPLACE"));
  return sqlite_status(again, connection.handle(), "database");
}

}  // namespace memtier
