// Edits of the table ix_custom, gathered over a fold or a step of building an index, and applied in
// sorted order like those of the other index tables (index_edits.h). Putting an entry in twice, or
// taking out one that is not there, does nothing: so a fold and a builder can meet at the same item.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/sqlite/index_definitions.h"
#include "storage/sqlite/index_edits.h"

namespace memtier {

class CustomEdits {
 public:
  // For these indexes from now on.
  void set_definitions(std::vector<IndexDefinition> definitions) {
    definitions_ = std::move(definitions);
  }
  bool empty() const { return definitions_.empty(); }

  // An item and its metadata come, or go. In whole items: `apply` may come between two of them.
  void add(const IndexedFields& fields, std::string_view metadata) {
    record(fields, metadata, true);
  }
  void remove(const IndexedFields& fields, std::string_view metadata) {
    record(fields, metadata, false);
  }
  bool is_large() const { return edits_.size() >= kLarge; }

  // In a transaction.
  Status apply(Connection& connection);
  void clear();

 private:
  static constexpr size_t kLarge = 100'000;
  struct Edit {
    int64_t number;
    std::string key;
    int64_t created_us;
    int64_t row;
    int64_t type;
    double importance;
    int64_t scope;
    bool add;
  };

  void record(const IndexedFields& fields, std::string_view metadata, bool add);
  static bool same_entry(const Edit& left, const Edit& right);
  Status note_several(Connection& connection);

  std::vector<IndexDefinition> definitions_;
  std::vector<Edit> edits_;
  std::vector<int64_t> several_;  // numbers of indexes in which an item now has several keys
};

}  // namespace memtier
