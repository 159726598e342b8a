#include "storage/sqlite/index_edits.h"

#include <algorithm>
#include <bit>

namespace memtier {
namespace {

struct Table {
  const char* insert;
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
    {"INSERT OR REPLACE INTO ix_id VALUES(?, ?, ?)",
     "DELETE FROM ix_id WHERE id_hash = ? AND scope = ? AND row = ?", 3, 0, -1},
    {"INSERT OR REPLACE INTO ix_scope VALUES(?, ?, ?, ?, ?)",
     "DELETE FROM ix_scope WHERE scope = ? AND created_us = ? AND row = ?", 3, 2, 4},
    {"INSERT OR REPLACE INTO ix_created VALUES(?, ?, ?, ?, ?)",
     "DELETE FROM ix_created WHERE created_us = ? AND row = ?", 2, 3, 3},
    {"INSERT OR REPLACE INTO ix_type VALUES(?, ?, ?, ?, ?)",
     "DELETE FROM ix_type WHERE type = ? AND created_us = ? AND row = ?", 3, 2, 3},
    {"INSERT OR REPLACE INTO ix_tag VALUES(?, ?, ?, ?, ?, ?)",
     "DELETE FROM ix_tag WHERE tag = ? AND type = ? AND created_us = ? AND row = ?", 4, 2, 4},
    {"INSERT OR REPLACE INTO ix_tier VALUES(?, ?, ?, ?, ?, ?)",
     "DELETE FROM ix_tier WHERE tier = ? AND created_us = ? AND row = ?", 3, 3, 4},
    {"INSERT OR REPLACE INTO ix_importance VALUES(?, ?, ?, ?, ?)",
     "DELETE FROM ix_importance WHERE importance = ? AND row = ?", 2, 3, 0},
    {"INSERT OR REPLACE INTO ix_accessed VALUES(?, ?)",
     "DELETE FROM ix_accessed WHERE accessed_us = ? AND row = ?", 2, 0, -1},
    {"INSERT OR REPLACE INTO ix_expires VALUES(?, ?, ?)",
     "DELETE FROM ix_expires WHERE expires_us = ? AND row = ?", 2, 1, -1},
}};

void bind(Statement& statement, int column, int64_t value, int importance) {
  if (column == importance) {
    statement.bind(column + 1, std::bit_cast<double>(value));
  } else {
    statement.bind(column + 1, value);
  }
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
    std::sort(edits.begin(), edits.end());
    ASSIGN_OR_RETURN(Statement insert, connection.prepare(table.insert));
    ASSIGN_OR_RETURN(Statement erase, connection.prepare(table.erase));
    for (size_t i = 0; i < edits.size(); ++i) {
      // A key that goes and comes again (remove sorts before add) is written over, or stays as it is.
      if (i + 1 < edits.size() && edits[i].key == edits[i + 1].key && !edits[i].add &&
          edits[i + 1].add) {
        ++i;
        if (edits[i].covered == edits[i - 1].covered) continue;
      }
      const Edit& edit = edits[i];
      Statement& statement = edit.add ? insert : erase;
      for (int at = 0; at < table.keys; ++at) {
        bind(statement, at, edit.key[static_cast<size_t>(at)], table.importance);
      }
      for (int at = 0; edit.add && at < table.covered; ++at) {
        bind(statement, table.keys + at, edit.covered[static_cast<size_t>(at)], table.importance);
      }
      RETURN_IF_ERROR(statement.run());
    }
    edits.clear();
  }
  return {};
}

}  // namespace memtier
