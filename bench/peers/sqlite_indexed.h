// `sqlite-indexed`: raw SQLite that finds items as memtier does: by id, type, tag, time, importance
// and words (FTS5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "peers/sqlite_peer.h"

namespace bench {

// One row to store; everything borrowed.
struct SqliteItem {
  std::string_view id;
  std::string_view type;
  std::string_view session;
  std::string_view tags[2];
  std::string_view metadata;
  std::string_view content;
  std::string_view speaker;
  double importance = 0.5;
  int64_t created_us = 0;
};

class SqliteIndexed {
 public:
  enum class Indexes {
    kUsual,    // id, type, created, importance, tags, words
    kMemtiers  // the same as memtier's: also scope, tier and accessed
  };
  SqliteIndexed(const std::string& path, Indexes indexes);
  void put(const SqliteItem& item);
  void put(const Items& items, size_t i);
  void begin() { db_.execute("BEGIN IMMEDIATE"); }
  void commit() { db_.execute("COMMIT"); }

 private:
  void create(Indexes indexes);
  int64_t number_of(std::string_view name);

  SqliteDatabase db_;
  SqliteStatement insert_;
  SqliteStatement insert_tag_;
  SqliteStatement insert_words_;
  int64_t next_row_ = 1;
  std::unordered_map<std::string, int64_t> numbers_;  // of types, tags and sessions
};

}  // namespace bench
