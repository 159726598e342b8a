#include "storage/sqlite/custom_edits.h"

#include <algorithm>
#include <tuple>

#include "storage/sqlite/index_keys.h"

namespace memtier {

void CustomEdits::record(const IndexedFields& fields, std::string_view metadata, bool add) {
  if (definitions_.empty() || metadata.empty()) return;
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  for (IndexDefinition& definition : definitions_) {
    std::vector<std::string> keys = index_keys(document, definition.parts);
    if (add && keys.size() > 1 && !definition.several) {
      definition.several = true;
      several_.push_back(definition.number);
    }
    for (std::string& key : keys) {
      edits_.push_back({definition.number, std::move(key), fields.created_us, fields.row,
                        fields.type, fields.importance, fields.scope, add});
    }
  }
}

bool CustomEdits::same_entry(const Edit& left, const Edit& right) {
  return left.number == right.number && left.key == right.key &&
         left.created_us == right.created_us && left.row == right.row;
}

Status CustomEdits::note_several(Connection& connection) {
  for (const int64_t number : several_) {
    ASSIGN_OR_RETURN(Statement update,
                     connection.prepare("UPDATE indexes SET several = 1 WHERE number = ?"));
    RETURN_IF_ERROR(update.bind(1, number).run());
  }
  several_.clear();
  return {};
}

Status CustomEdits::apply(Connection& connection) {
  RETURN_IF_ERROR(note_several(connection));
  if (edits_.empty()) return {};
  std::sort(edits_.begin(), edits_.end(), [](const Edit& left, const Edit& right) {
    return std::tie(left.number, left.key, left.created_us, left.row, left.add) <
           std::tie(right.number, right.key, right.created_us, right.row, right.add);
  });
  ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT OR REPLACE INTO ix_custom VALUES(?, ?, ?, ?, ?, ?, ?)"));
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM ix_custom WHERE number = ? AND key = ? AND "
                                      "created_us = ? AND row = ?"));
  for (size_t i = 0; i < edits_.size(); ++i) {
    // One that goes and comes again (remove sorts before add) is written over.
    if (i + 1 < edits_.size() && !edits_[i].add && same_entry(edits_[i], edits_[i + 1])) continue;
    const Edit& edit = edits_[i];
    Statement& statement = edit.add ? insert : erase;
    statement.bind(1, edit.number).bind_blob(2, edit.key).bind(3, edit.created_us);
    statement.bind(4, edit.row);
    if (edit.add) statement.bind(5, edit.type).bind(6, edit.importance).bind(7, edit.scope);
    RETURN_IF_ERROR(statement.run());
  }
  edits_.clear();
  return {};
}

void CustomEdits::clear() {
  definitions_.clear();
  edits_.clear();
  several_.clear();
}

}  // namespace memtier
