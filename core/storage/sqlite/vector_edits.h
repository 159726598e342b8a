// VectorEdits: what a fold does to the table of vectors, collected row by row and written in the order
// of its keys. A vector goes with its item, and with the content that it was made of; so within a batch
// the order matters: what is put after a change of content stays.
//
// Thread safety: that of the folder.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/write.h"
#include "storage/sqlite/connection.h"

namespace memtier {

class VectorEdits {
 public:
  // In the transaction that folds.
  Status begin(Connection& connection);
  bool has_spaces() const { return !spaces_.empty(); }

  void put(int64_t row, int64_t space, VectorData data);  // null: it is taken away
  // The row's vectors are of something that is not there any more.
  void forget(int64_t row);

  // When the batch's items stand in their table.
  Status apply(Connection& connection);
  void clear();

 private:
  struct Row {
    bool forgotten = false;
    std::vector<std::pair<int64_t, VectorData>> vectors;  // by space, in order of arrival
  };
  struct Edit {
    int64_t space = 0;
    int64_t row = 0;
    VectorData data;
  };

  Status apply_edit(Connection& connection, const Edit& edit);

  std::vector<int64_t> spaces_;
  std::unordered_map<int64_t, Row> rows_;
};

}  // namespace memtier
