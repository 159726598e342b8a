#include "storage/sqlite/vector_edits.h"

#include <algorithm>

#include "storage/sqlite/vector_tables.h"

namespace memtier {

Status VectorEdits::begin(Connection& connection) {
  clear();
  ASSIGN_OR_RETURN(const std::vector<Space> spaces, read_spaces(connection));
  for (const Space& space : spaces) spaces_.push_back(space.number);
  return {};
}

void VectorEdits::clear() {
  spaces_.clear();
  rows_.clear();
}

void VectorEdits::put(int64_t row, int64_t space, VectorData data) {
  rows_[row].vectors.emplace_back(space, std::move(data));
}

void VectorEdits::forget(int64_t row) {
  Row& edits = rows_[row];
  edits.forgotten = true;
  edits.vectors.clear();
}

Status VectorEdits::apply(Connection& connection) {
  if (rows_.empty() || spaces_.empty()) return {};
  std::vector<Edit> edits;
  for (auto& [row, work] : rows_) {
    for (const int64_t space : spaces_) {
      // The newest word on it.
      const auto newest = std::find_if(work.vectors.rbegin(), work.vectors.rend(),
                                       [space](const auto& one) { return one.first == space; });
      if (newest != work.vectors.rend()) {
        edits.push_back({space, row, std::move(newest->second)});
      } else if (work.forgotten) {
        edits.push_back({space, row, nullptr});
      }
    }
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return a.space != b.space ? a.space < b.space : a.row < b.row;
  });
  for (const Edit& edit : edits) RETURN_IF_ERROR(apply_edit(connection, edit));
  return trim_vector_changes(connection);
}

Status VectorEdits::apply_edit(Connection& connection, const Edit& edit) {
  int64_t scope = 0;
  bool is_there = false;
  {
    ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT scope FROM items WHERE row = ?"));
    StatementUse use(select.bind(1, edit.row));
    ASSIGN_OR_RETURN(is_there, use->step());
    if (is_there) scope = use->integer(0);
  }
  if (edit.data && is_there) {
    return write_vector(connection, edit.space, edit.row, scope, *edit.data);
  }
  return erase_vector(connection, edit.space, edit.row, scope);
}

}  // namespace memtier
