// A TextIndex by SQLite's FTS5: a table without content of its own (`words`), by the items' rows.
//
// Its limits, which an index of memtier's own is to lift: a search costs what the words cost in the
// whole store, whatever the scope, and how rare a word is is counted over the whole store.
#pragma once

#include "index/text/text_index.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

class Fts5TextIndex final : public TextIndex {
 public:
  explicit Fts5TextIndex(SqliteStorage& storage) : storage_(storage) {}

  Status fold(Connection& connection, std::span<const RowChange> changes) override;
  Result<std::vector<TextHit>> search(const TextQuery& query, const FieldWeights& weights,
                                      const ReadScope& read, const FilterRef& filter, int64_t skip,
                                      int64_t limit, const StopCheck& stop) override;
  Result<std::string> snippet(const TextQuery& query, std::string_view content,
                              size_t size) override;
  std::string describe(const TextQuery& query) override;

 private:
  SqliteStorage& storage_;
};

}  // namespace memtier
