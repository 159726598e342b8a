// `covering-table`: what an expert makes for just one kind of question: a table by tag, type and time,
// newest first, that also holds the importance; and the items' rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "peers/sqlite_peer.h"

namespace bench {

class CoveringTable {
 public:
  explicit CoveringTable(const std::string& path);
  void put_all(const Items& items);
  // The ten newest that have the tag, the type and at least the importance: their rows are copied out.
  // Returns how many there were.
  int64_t newest(std::string_view tag, std::string_view type, double importance, char* out);
  int64_t count(std::string_view tag, std::string_view type, double importance);

 private:
  int64_t number_of(std::string_view name);

  SqliteDatabase db_;
  SqliteStatement newest_;
  SqliteStatement count_;
  std::unordered_map<std::string, int64_t> numbers_;  // of tags and types
};

}  // namespace bench
