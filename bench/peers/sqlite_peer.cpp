#include "peers/sqlite_peer.h"

#include <stdexcept>

namespace bench {

SqliteStatement::SqliteStatement(sqlite3* db, const char* sql) {
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) !=
      SQLITE_OK) {
    throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(db));
  }
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(statement_)));
}

// NOMUTEX: each connection has one thread. The cache is given by size, as memtier's memory is.
SqliteDatabase::SqliteDatabase(const std::string& path, int64_t cache_bytes) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
    throw std::runtime_error("cannot open " + path);
  }
  execute("PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
          std::to_string(cache_bytes / 1024));
}

void SqliteDatabase::execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_));
  }
}

// A quarter of memtier's default memory limit is its database cache; SQLite gets the whole limit.
// Not locking_mode = EXCLUSIVE: memtier's file can be opened by other processes, too.
SqliteRows::SqliteRows(const std::string& path, bool full) : db_(path, int64_t{256} << 20) {
  db_.execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  // 64 MiB between checkpoints: a third more puts than with SQLite's 4 MiB. Pages of 4 KiB: larger
  // ones are slower here, for each commit writes whole pages.
  db_.execute("PRAGMA wal_autocheckpoint = 16000");
  db_.execute(
      "CREATE TABLE items(row INTEGER PRIMARY KEY, id TEXT, type TEXT, tags TEXT, "
      "importance REAL, created_us INTEGER, metadata TEXT, content TEXT)");
  insert_ = db_.prepare("INSERT INTO items VALUES(NULL, ?, ?, ?, ?, ?, ?, ?)");
}

void SqliteRows::put(const Items& items, size_t i) {
  std::string tags(items.tag(i, 0));
  tags.append("\n").append(items.tag(i, 1));
  insert_.bind(1, items.id(i));
  insert_.bind(2, items.type(i));
  insert_.bind(3, std::string_view(tags));
  insert_.bind(4, items.importance(i));
  insert_.bind(5, items.created_us(i));
  insert_.bind(6, items.metadata(i));
  insert_.bind(7, items.content(i));
  insert_.run();
}

SqliteTable::SqliteTable(const std::string& path, Columns columns, int64_t cache_bytes)
    : db_(path, cache_bytes), columns_(columns == Columns::kValue ? 1 : 2) {
  db_.execute("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 16000");  // while loading
  if (columns == Columns::kValue) {
    db_.execute("CREATE TABLE IF NOT EXISTS items(id TEXT PRIMARY KEY, value BLOB)");
    insert_ = db_.prepare("INSERT INTO items VALUES(?, ?)");
    select_ = db_.prepare("SELECT value FROM items WHERE id = ?");
  } else {
    db_.execute(
        "CREATE TABLE IF NOT EXISTS items(id TEXT PRIMARY KEY, content TEXT, metadata TEXT)");
    insert_ = db_.prepare("INSERT INTO items VALUES(?, ?, ?)");
    select_ = db_.prepare("SELECT content, metadata FROM items WHERE id = ?");
  }
}

void SqliteTable::put(std::string_view id, std::string_view first, std::string_view second) {
  insert_.bind(1, id);
  if (columns_ == 1) {
    insert_.bind_blob(2, first);
  } else {
    insert_.bind(2, first);
    insert_.bind(3, second);
  }
  insert_.run();
}

void SqliteTable::commit() {
  db_.execute("COMMIT");
  db_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace bench
