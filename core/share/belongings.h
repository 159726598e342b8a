// What belongs to items without being a part of them: the vectors that the caller has put, and links. An item
// that goes to another collection becomes another row; these are brought after it.
//
// Thread safety: one thread at a time.
#pragma once

#include <span>
#include <vector>

#include "index/graph/link_graph.h"
#include "model/write.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

class Belongings {
 public:
  // Both are borrowed.
  Belongings(SqliteStorage& storage, LinkGraph& links) : storage_(storage), links_(links) {}

  // Reads what these have, before they go; a copy has vectors, but links are the original's.
  Status take(std::span<const ItemRef> items, bool with_links);
  // Gives it to what they have become, by their places among the items; null: it did not go.
  Status give(std::span<const ItemRef> items, Durability durability, int64_t now_us);

 private:
  struct Vector {
    size_t item = 0;
    int64_t space = 0;
    std::string data;
  };

  SqliteStorage& storage_;
  LinkGraph& links_;
  std::vector<int64_t> rows_;
  std::vector<Vector> vectors_;
  std::vector<LinkRow> of_items_;
};

}  // namespace memtier
