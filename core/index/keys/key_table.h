// KeyTable: the keys of items, both ways: from a key to the rows that have it, and from a row to its keys.
//
// Thread safety: none of its own.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/filter.h"

namespace memtier {

class KeyTable {
 public:
  using Keys = std::vector<std::string>;

  // The keys of a row from now on; none where it has none, or is gone.
  void set(int64_t row, Keys keys);

  // The rows for which a test holds, on the keys as on a list of texts.
  RowSet rows(const Test& test) const;

  int64_t entries() const { return entries_; }
  int64_t memory_bytes() const { return bytes_; }
  // What one row's keys would take, about.
  static int64_t cost(const Keys& keys);

 private:
  using Rows = std::set<int64_t>;

  using ByKey = std::map<std::string, Rows, std::less<>>;

  void erase(int64_t row);
  static void collect(ByKey::const_iterator first, ByKey::const_iterator last, const Test& test,
                      RowSet* set);
  void collect_by_element(const Test& test, RowSet* set) const;

  ByKey by_key_;
  std::unordered_map<int64_t, Keys> by_row_;
  int64_t entries_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace memtier
