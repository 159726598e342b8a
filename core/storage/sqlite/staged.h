// What the operations of a commit have done so far: for the files that write.
#pragma once

#include <unordered_map>

#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

// What earlier operations of the same commit did, by key hash and row. Items themselves show it only
// when the commit is applied.
struct SqliteStorage::Staged {
  struct RowState {  // -1: as the item says
    int32_t tier = -1;
    int64_t validation_count = -1;
    int64_t expires_us = -1;
  };
  std::unordered_map<uint64_t, ItemRef> items;   // null: removed
  std::unordered_map<int64_t, RowState> states;  // of rows that were written or removed

  // The live fields of an item as the operations before leave them.
  RowState state(const Item& item) const;
  void note(const Change& change);
};

}  // namespace memtier
