// SqliteStorage: vector spaces, made, listed and dropped; and vectors by row. Vectors themselves come
// with the folds (vector_edits.h).
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

Status SqliteStorage::create_space(const SpaceSpec& spec) {
  Control unwatched;
  RETURN_IF_ERROR(clear_dropped_spaces(unwatched));
  return write(
      [&](Connection& connection) { return define_space(connection, spec).take_status(); });
}

Result<std::vector<SpaceInfo>> SqliteStorage::spaces(bool count, const StopCheck& stop) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  const ReadTransaction transaction(*loan);
  ASSIGN_OR_RETURN(std::vector<Space> spaces, read_spaces(*loan));
  std::vector<SpaceInfo> infos;
  for (Space& space : spaces) {
    if (stop) RETURN_IF_ERROR(stop());
    int64_t vectors = 0;
    if (count) {
      ASSIGN_OR_RETURN(vectors, count_vectors(*loan, space.number));
    }
    infos.push_back({std::move(space), vectors});
  }
  return infos;
}

Result<Space> SqliteStorage::space(std::string_view name) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return find_space(*loan, name);
}

Status SqliteStorage::drop_space(std::string_view name, Control& control) {
  RETURN_IF_ERROR(control.check());
  RETURN_IF_ERROR(write([&](Connection& connection) { return undefine_space(connection, name); }));
  RETURN_IF_ERROR(clear_dropped_spaces(control));
  return control.finish(1, 1);
}

Status SqliteStorage::clear_dropped_spaces(Control& control) {
  int64_t done = 0;
  while (true) {
    int64_t number = 0;
    {
      ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
      ASSIGN_OR_RETURN(number, dropped_space(*loan));
    }
    if (number == 0) return {};
    int64_t cleared = 0;
    RETURN_IF_ERROR(
        write([&](Connection& connection) { return clear_space(connection, number, &cleared); }));
    done += cleared;
    RETURN_IF_ERROR(control.report(done, -1));
  }
}

Result<std::optional<std::string>> SqliteStorage::find_vector(int64_t space, int64_t row) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return read_vector(*loan, space, row);
}

}  // namespace memtier
