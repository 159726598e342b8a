// SqliteStorage: the collections that were made, and those that came about by putting items into them; and
// what lies in each scope.
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

Status SqliteStorage::create_collection(const CollectionSpec& spec, int64_t now_us) {
  return write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(Statement insert,
                     connection.prepare("INSERT OR IGNORE INTO collections VALUES(?, ?, ?)"));
    insert.bind_text(1, spec.name).bind_text(2, spec.description).bind(3, now_us);
    RETURN_IF_ERROR(insert.run());
    if (sqlite3_changes(connection.handle()) > 0) return {};
    return {Code::kExists, "collection \"" + spec.name + "\" exists already"};
  });
}

Result<std::vector<CollectionInfo>> SqliteStorage::collections(const Scope& scope) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(
      Statement select,
      loan->prepare(
          "SELECT n.name, ifnull(c.description, ''), ifnull(c.created_us, 0) FROM ("
          "SELECT name FROM collections UNION SELECT collection FROM scopes WHERE "
          "(?1 = '' OR app = ?1) AND (?2 = '' OR user = ?2) AND (?3 = '' OR agent = ?3) AND "
          "(?4 = '' OR session = ?4)) n LEFT JOIN collections c ON c.name = n.name ORDER BY 1"));
  select.bind_text(1, scope.name(Scope::kApp)).bind_text(2, scope.name(Scope::kUser));
  select.bind_text(3, scope.name(Scope::kAgent)).bind_text(4, scope.name(Scope::kSession));
  StatementUse use(select);
  std::vector<CollectionInfo> infos;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return infos;
    infos.push_back({std::string(use->bytes(0)), std::string(use->bytes(1)), use->integer(2)});
  }
}

Result<bool> SqliteStorage::forget_collection(std::string_view name) {
  bool made = false;
  const auto erase_it = [&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(Statement erase, connection.prepare("DELETE FROM collections WHERE name = ?"));
    RETURN_IF_ERROR(erase.bind_text(1, name).run());
    made = sqlite3_changes(connection.handle()) > 0;
    return {};
  };
  RETURN_IF_ERROR(write(erase_it));
  return made;
}

Result<std::vector<ScopeTotals>> SqliteStorage::scope_totals(const ReadScope& read,
                                                             std::string_view type, size_t limit,
                                                             const StopCheck& stop) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  const StopWatch watch(*loan, stop);
  const ReadTransaction transaction(*loan);
  ASSIGN_OR_RETURN(const ScopeCondition scopes, scope_condition(*loan, *read.scope));
  std::vector<ScopeTotals> totals;
  if (scopes.nothing) return totals;
  SqlText sql;
  sql.add(
      "SELECT s.scope, count(*), min(x.created_us), max(x.created_us) FROM scopes s CROSS JOIN "
      "ix_scope x ON x.scope = s.scope WHERE x.type = (SELECT label FROM labels WHERE text = ");
  sql.value(type).add(") AND s.scope IN (").append(scopes.list);
  sql.add(") AND x.row NOT IN (SELECT row FROM ix_expires WHERE expires_us <= ");
  sql.value(read.now_us).add(" AND NOT pinned) GROUP BY s.scope ORDER BY 4 DESC, 1 DESC LIMIT ");
  sql.value(static_cast<int64_t>(limit));
  ASSIGN_OR_RETURN(const Connection::Once once, loan->prepare_once(sql.sql()));
  Statement statement(loan->handle(), once.get());
  sql.bind_to(statement);
  StatementUse use(statement);
  while (true) {
    auto more = use->step();
    if (!more.ok()) return watch.explain(more.take_status());
    if (!*more) return totals;
    ASSIGN_OR_RETURN(const auto scope, scopes_.scope(*loan, use->integer(0)));
    totals.push_back({*scope, use->integer(1), use->integer(2), use->integer(3)});
  }
}

Result<int64_t> SqliteStorage::next_expiry(int64_t now_us) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(Statement select,
                   loan->prepare("SELECT expires_us FROM ix_expires WHERE expires_us > ? AND NOT "
                                 "pinned ORDER BY expires_us LIMIT 1"));
  StatementUse use(select.bind(1, now_us));
  ASSIGN_OR_RETURN(const bool found, use->step());
  return found ? use->integer(0) : int64_t{0};
}

}  // namespace memtier
