#include "storage/sqlite/index_definitions.h"

#include <algorithm>

#include "model/field.h"
#include "model/limits.h"

namespace memtier {

Result<std::vector<IndexDefinition>> read_definitions(Connection& connection) {
  std::vector<IndexDefinition> definitions;
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT number, name, path, next_row, last_row, filled, several FROM "
                         "indexes WHERE name IS NOT NULL ORDER BY name"));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return definitions;
    IndexDefinition definition;
    definition.number = use->integer(0);
    definition.name = use->bytes(1);
    definition.path = use->bytes(2);
    if (!definition.path.starts_with("metadata.")) {
      return Status(Code::kCorrupt, "store: the path of index \"" + definition.name +
                                        "\" in its table indexes is damaged");
    }
    definition.parts = metadata_path(definition.path);
    definition.next_row = use->integer(3);
    definition.last_row = use->integer(4);
    definition.filled = use->integer(5);
    definition.several = use->integer(6) != 0;
    definitions.push_back(std::move(definition));
  }
}

Result<int64_t> define_index(Connection& connection, const IndexSpec& spec) {
  ASSIGN_OR_RETURN(const auto definitions, read_definitions(connection));
  for (const IndexDefinition& known : definitions) {
    if (known.name != spec.name) continue;
    if (known.path == spec.path) return known.number;
    return Status(Code::kExists,
                  "index \"" + spec.name + "\" exists, with the path \"" + known.path + '"');
  }
  if (definitions.size() >= kMaxIndexes) {
    return Status(Code::kLimit, "index \"" + spec.name + "\": the store has " +
                                    std::to_string(kMaxIndexes) +
                                    " indexes already; drop one that is not needed");
  }
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO indexes(name, path, next_row, last_row, filled, "
                                      "several) SELECT ?, ?, 1, ifnull(max(row), 0), 0, 0 FROM "
                                      "items"));
  RETURN_IF_ERROR(insert.bind_text(1, spec.name).bind_text(2, spec.path).run());
  return static_cast<int64_t>(sqlite3_last_insert_rowid(connection.handle()));
}

Status undefine_index(Connection& connection, std::string_view name) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE indexes SET name = NULL WHERE name = ?"));
  RETURN_IF_ERROR(update.bind_text(1, name).run());
  if (sqlite3_changes(connection.handle()) > 0) return {};
  return not_found("index \"" + std::string(name) + "\" does not exist");
}

Result<int64_t> dropped_index(Connection& connection) {
  return connection.query_integer("SELECT ifnull(min(number), 0) FROM indexes WHERE name IS NULL");
}

}  // namespace memtier
