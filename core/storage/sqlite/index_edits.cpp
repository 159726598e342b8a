#include "storage/sqlite/index_edits.h"

#include <algorithm>
#include <bit>

namespace memtier {
namespace {

struct Table {
  const char* insert;
  const char* erase;
  int columns;
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
    {"INSERT OR IGNORE INTO ix_id VALUES(?, ?, ?)",
     "DELETE FROM ix_id WHERE id_hash = ? AND scope = ? AND row = ?", 3},
    {"INSERT OR IGNORE INTO ix_scope VALUES(?, ?, ?)",
     "DELETE FROM ix_scope WHERE scope = ? AND created_us = ? AND row = ?", 3},
    {"INSERT OR IGNORE INTO ix_created VALUES(?, ?)",
     "DELETE FROM ix_created WHERE created_us = ? AND row = ?", 2},
    {"INSERT OR IGNORE INTO ix_type VALUES(?, ?, ?)",
     "DELETE FROM ix_type WHERE type = ? AND created_us = ? AND row = ?", 3},
    {"INSERT OR IGNORE INTO ix_tag VALUES(?, ?, ?)",
     "DELETE FROM ix_tag WHERE tag = ? AND created_us = ? AND row = ?", 3},
    {"INSERT OR IGNORE INTO ix_tier VALUES(?, ?, ?)",
     "DELETE FROM ix_tier WHERE tier = ? AND created_us = ? AND row = ?", 3},
    {"INSERT OR IGNORE INTO ix_importance VALUES(?, ?)",
     "DELETE FROM ix_importance WHERE importance = ? AND row = ?", 2},
    {"INSERT OR IGNORE INTO ix_accessed VALUES(?, ?)",
     "DELETE FROM ix_accessed WHERE accessed_us = ? AND row = ?", 2},
    {"INSERT OR IGNORE INTO ix_expires VALUES(?, ?)",
     "DELETE FROM ix_expires WHERE expires_us = ? AND row = ?", 2},
}};

}  // namespace

void IndexEdits::record(const IndexedFields& fields, bool add) {
  push(kId, {fields.id_hash, fields.scope, fields.row}, add);
  push(kScope, {fields.scope, fields.created_us, fields.row}, add);
  push(kCreated, {fields.created_us, fields.row, 0}, add);
  if (fields.type != 0) push(kType, {fields.type, fields.created_us, fields.row}, add);
  for (const int64_t tag : fields.tags) push(kTag, {tag, fields.created_us, fields.row}, add);
  push(kTier, {fields.tier, fields.created_us, fields.row}, add);
  // From 0 to 1: as bits it sorts as it does as a number.
  push(kImportance, {std::bit_cast<int64_t>(fields.importance + 0.0), fields.row, 0}, add);
  push(kAccessed, {fields.accessed_us, fields.row, 0}, add);
  if (fields.expires_us != 0) push(kExpires, {fields.expires_us, fields.row, 0}, add);
}

void IndexEdits::move_accessed(int64_t row, int64_t before_us, int64_t after_us) {
  push(kAccessed, {before_us, row, 0}, false);
  push(kAccessed, {after_us, row, 0}, true);
}

void IndexEdits::move_expires(int64_t row, int64_t before_us, int64_t after_us) {
  if (before_us != 0) push(kExpires, {before_us, row, 0}, false);
  if (after_us != 0) push(kExpires, {after_us, row, 0}, true);
}

Status IndexEdits::apply(Connection& connection) {
  for (size_t table = 0; table < kTables; ++table) {
    std::vector<Edit>& edits = edits_[table];
    if (edits.empty()) continue;
    std::sort(edits.begin(), edits.end());
    ASSIGN_OR_RETURN(Statement insert, connection.prepare(kTable[table].insert));
    ASSIGN_OR_RETURN(Statement erase, connection.prepare(kTable[table].erase));
    for (size_t i = 0; i < edits.size(); ++i) {
      // A key that goes and comes again (remove sorts before add) stays as it is.
      if (i + 1 < edits.size() && edits[i].key == edits[i + 1].key && !edits[i].add &&
          edits[i + 1].add) {
        ++i;
        continue;
      }
      Statement& statement = edits[i].add ? insert : erase;
      for (int column = 0; column < kTable[table].columns; ++column) {
        const int64_t value = edits[i].key[static_cast<size_t>(column)];
        if (table == kImportance && column == 0) {
          statement.bind(column + 1, std::bit_cast<double>(value));
        } else {
          statement.bind(column + 1, value);
        }
      }
      RETURN_IF_ERROR(statement.run());
    }
    edits.clear();
  }
  return {};
}

}  // namespace memtier
