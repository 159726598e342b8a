// FTS5 as an expert uses it: rows apart, stemmed words, best first by its own rank.
#pragma once

#include <string>
#include <string_view>

#include "peers/sqlite_peer.h"

namespace bench {

class Fts5Table {
 public:
  explicit Fts5Table(const std::string& path);
  void put_all(const Items& items);
  // The number of rows among the ten best of an expression.
  int64_t search(std::string_view expression);
  // What the index takes in the file, its documents' sizes with it, in bytes.
  int64_t index_bytes();

 private:
  SqliteDatabase db_;
  SqliteStatement search_;
};

}  // namespace bench
