// What the operations of a commit have done so far: for the files that write.
#pragma once

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

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

  // Of operations that are done together or not at all: what was there before each, to go back to.
  struct Undo {
    int64_t row = 0;
    uint64_t key_hash = 0;
    std::optional<RowState> state;
    std::optional<ItemRef> item;
  };
  std::vector<Undo> undo;
  bool in_group = false;
  void begin_group() {
    undo.clear();
    in_group = true;
  }
  void roll_back();
};

// A frame of the journal being made.
struct SqliteStorage::FrameDraft {
  std::string bytes;
  std::vector<Change> changes;
  Staged staged;
};

}  // namespace memtier
