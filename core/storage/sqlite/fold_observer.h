// What derives from items and follows them into the file, in the same transaction: the word index now,
// vectors and others later. Rooms above storage implement it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/status.h"
#include "model/item.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// What changed for one row between two folds. Borrowed until fold() returns.
struct RowChange {
  int64_t row = 0;
  int64_t scope = 0;
  int64_t sequence = 0;                      // of the newest change
  int64_t before_sequence = 0;               // of the change that stored what was there before
  const struct ItemTexts* before = nullptr;  // null: was not there
  const struct ItemTexts* after = nullptr;   // null: is gone
  ItemRef item;                              // of `after`
};

struct ItemTexts {
  std::string_view content;
  std::string_view content_type;
  std::string_view metadata;
};

class FoldObserver {
 public:
  virtual ~FoldObserver() = default;
  // What needs no table may begin here on another thread, while the rows and their indexes are written;
  // fold() with the same changes comes next, unless something fails. What is returned is let go before
  // `changes` are, and waits for that work.
  virtual std::shared_ptr<void> begin(std::span<const RowChange>) { return nullptr; }
  virtual Status fold(Connection& connection, std::span<const RowChange> changes) = 0;
};

}  // namespace memtier
