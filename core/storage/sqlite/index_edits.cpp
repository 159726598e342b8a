#include "storage/sqlite/index_edits.h"

#include <algorithm>
#include <bit>
#include <span>

#include "storage/sqlite/row_source.h"

namespace memtier {
namespace {

struct Table {
  const char* name;
  const char* erase;
  int keys;
  int covered;
  int importance;  // which column is the importance, counted from 0 (as bits until it is bound); -1: none
};

enum TableNumber : size_t {
  kId,
  kScope,
  kCreated,
  kType,
  kTag,
  kTier,
  kImportance,
  kAccessed,
  kExpires,
};

constexpr std::array<Table, 9> kTable = {{
    {"ix_id", "DELETE FROM ix_id WHERE id_hash = ? AND scope = ? AND row = ?", 3, 0, -1},
    {"ix_scope", "DELETE FROM ix_scope WHERE scope = ? AND created_us = ? AND row = ?", 3, 2, 4},
    {"ix_created", "DELETE FROM ix_created WHERE created_us = ? AND row = ?", 2, 3, 3},
    {"ix_type", "DELETE FROM ix_type WHERE type = ? AND created_us = ? AND row = ?", 3, 2, 3},
    {"ix_tag", "DELETE FROM ix_tag WHERE tag = ? AND type = ? AND created_us = ? AND row = ?", 4, 2,
     4},
    {"ix_tier", "DELETE FROM ix_tier WHERE tier = ? AND created_us = ? AND row = ?", 3, 3, 4},
    {"ix_importance", "DELETE FROM ix_importance WHERE importance = ? AND row = ?", 2, 3, 0},
    {"ix_accessed", "DELETE FROM ix_accessed WHERE accessed_us = ? AND row = ?", 2, 0, -1},
    {"ix_expires", "DELETE FROM ix_expires WHERE expires_us = ? AND row = ?", 2, 1, -1},
}};

// Entries to be put in, of one table.
class Entries final : public RowSource {
 public:
  Entries(const Table& table, std::span<const IndexEdits::Edit> edits)
      : table_(table), edits_(edits) {}

  size_t row_count() const override { return edits_.size(); }
  void give(size_t row, int column, sqlite3_context* out) const override {
    const IndexEdits::Edit& edit = edits_[row];
    const int64_t value = column < table_.keys
                              ? edit.key[static_cast<size_t>(column)]
                              : edit.covered[static_cast<size_t>(column - table_.keys)];
    if (column == table_.importance) {
      sqlite3_result_double(out, std::bit_cast<double>(value));
    } else {
      sqlite3_result_int64(out, value);
    }
  }

 private:
  const Table& table_;
  const std::span<const IndexEdits::Edit> edits_;
};

Status erase(Connection& connection, const Table& table, std::span<const IndexEdits::Edit> edits) {
  ASSIGN_OR_RETURN(Statement erase, connection.prepare(table.erase));
  for (const IndexEdits::Edit& edit : edits) {
    for (int at = 0; at < table.keys; ++at) {
      const int64_t value = edit.key[static_cast<size_t>(at)];
      if (at == table.importance) {
        erase.bind(at + 1, std::bit_cast<double>(value));
      } else {
        erase.bind(at + 1, value);
      }
    }
    RETURN_IF_ERROR(erase.run());
  }
  return {};
}

// Those that go before those that come, either in the order of their keys; one that goes and comes as it was
// stays.
size_t sort_edits(std::vector<IndexEdits::Edit>* edits) {
  std::sort(edits->begin(), edits->end());
  const auto stay = [](const IndexEdits::Edit& one, const IndexEdits::Edit& next) {
    return one.key == next.key && !one.add && next.add && one.covered == next.covered;
  };
  size_t kept = 0;
  for (size_t i = 0; i < edits->size(); ++i) {
    if (i + 1 < edits->size() && stay((*edits)[i], (*edits)[i + 1])) {
      ++i;
    } else {
      (*edits)[kept++] = (*edits)[i];
    }
  }
  edits->resize(kept);
  const auto come = std::stable_partition(edits->begin(), edits->end(),
                                          [](const IndexEdits::Edit& edit) { return !edit.add; });
  return static_cast<size_t>(come - edits->begin());
}

}  // namespace

void IndexEdits::record(const IndexedFields& fields, bool add) {
  const int64_t row = fields.row;
  const int64_t created = fields.created_us;
  // From 0 to 1: as bits it sorts as it does as a number.
  const auto importance = std::bit_cast<int64_t>(fields.importance + 0.0);
  push(kId, {fields.id_hash, fields.scope, row}, add);
  push(kScope, {fields.scope, created, row}, add, {fields.type, importance});
  push(kCreated, {created, row}, add, {fields.type, importance, fields.scope});
  if (fields.type != 0) push(kType, {fields.type, created, row}, add, {importance, fields.scope});
  for (const int64_t tag : fields.tags) {
    push(kTag, {tag, fields.type, created, row}, add, {importance, fields.scope});
  }
  push(kTier, {fields.tier, created, row}, add, {fields.type, importance, fields.scope});
  push(kImportance, {importance, row}, add, {created, fields.type, fields.scope});
  push(kAccessed, {fields.accessed_us, row}, add);
  if (fields.expires_us != 0) push(kExpires, {fields.expires_us, row}, add, {fields.pinned});
}

void IndexEdits::move_accessed(int64_t row, int64_t before_us, int64_t after_us) {
  push(kAccessed, {before_us, row}, false);
  push(kAccessed, {after_us, row}, true);
}

void IndexEdits::move_expires(int64_t row, bool pinned, int64_t before_us, int64_t after_us) {
  if (before_us != 0) push(kExpires, {before_us, row}, false, {pinned});
  if (after_us != 0) push(kExpires, {after_us, row}, true, {pinned});
}

Status IndexEdits::apply(Connection& connection) {
  for (size_t number = 0; number < kTables; ++number) {
    std::vector<Edit>& edits = edits_[number];
    if (edits.empty()) continue;
    const Table& table = kTable[number];
    const size_t going = sort_edits(&edits);
    const std::span<const Edit> sorted(edits);
    RETURN_IF_ERROR(erase(connection, table, sorted.first(going)));
    const Entries entries(table, sorted.subspan(going));
    RETURN_IF_ERROR(insert_rows(connection, table.name, table.keys + table.covered, entries));
    edits.clear();
  }
  return {};
}

}  // namespace memtier
