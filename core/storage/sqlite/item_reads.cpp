#include "storage/sqlite/item_reads.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "model/json.h"
#include "storage/sqlite/sql_functions.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

constexpr int kOrderColumn = 23;            // behind kItemColumns
constexpr const char* kOrderNumber = "24";  // the same for ORDER BY, which counts from 1
constexpr int kProgressSteps = 10'000;  // of SQLite's machine between two looks at the stop check

std::string with_columns(std::string_view rest) {
  return "SELECT " + std::string(kItemColumns) + " " + std::string(rest);
}

bool is_ordered_by_index(const ListRequest& request, const AccessPath& path) {
  if (request.order_by == Field::kCreatedUs) return path.columns.created;
  return request.order_by == Field::kImportance && path.columns.importance;
}

// The expression that a list is ordered by; never NULL.
void append_order(const ListRequest& request, const AccessPath& path, SqlText* sql) {
  if (is_ordered_by_index(request, path)) {
    sql->add(request.order_by == Field::kCreatedUs ? "x.created_us" : "x.importance");
    return;
  }
  switch (request.order_by) {
    case Field::kMetadata:
      sql->add("memtier_order(")
          .pointer(&request.order_path, kPathPointer)
          .add(", ")
          .add(kMetadataSql)
          .add(")");
      return;
    case Field::kExpiresUs:
      sql->add("ifnull(i.expires_us, -9223372036854775808)");
      return;
    case Field::kTier:
      sql->add("i.tier");
      return;
    case Field::kChangeSequence:
      sql->add("i.sequence");
      return;
    case Field::kCollection:
    case Field::kApp:
    case Field::kUser:
    case Field::kAgent:
    case Field::kSession:
      sql->add("(SELECT ").add(field_name(request.order_by));
      sql->add(" FROM scopes s WHERE s.scope = i.scope)");
      return;
    default:
      sql->add("i.").add(field_name(request.order_by));
  }
}

// What a list is ordered by, without the direction: from one place it can go on both ways.
std::string order_name(const ListRequest& request) {
  std::string name(field_name(request.order_by));
  for (const std::string& part : request.order_path) name += "." + part;
  return name;
}

// A token holds the order, its value and the row of the last item shown.
std::string make_token(const ListRequest& request, const Statement& statement, int order_column,
                       int64_t row) {
  Json token = {{"o", order_name(request)}, {"r", row}};
  sqlite3_stmt* handle = statement.handle();
  switch (sqlite3_column_type(handle, order_column)) {
    case SQLITE_INTEGER:
      token["i"] = statement.integer(order_column);
      break;
    case SQLITE_FLOAT:
      token["d"] = statement.real(order_column);
      break;
    case SQLITE_TEXT:
      token["t"] = base64_encode(statement.bytes(order_column));
      break;
    default:
      token["b"] = base64_encode(statement.bytes(order_column));
  }
  return base64_encode(token.dump());
}

Result<Json> read_token(const ListRequest& request) {
  const Status bad = invalid("list: \"after\" is not a token of this list");
  const auto text = base64_decode(request.after);
  if (!text) return bad.clone();
  Json token = Json::parse(*text, nullptr, false);
  if (!token.is_object() || !token.contains("r") || !token["r"].is_number_integer()) {
    return bad.clone();
  }
  if (token.value("o", Json()) != order_name(request)) {
    return invalid("list: \"after\" is a token of a list with another \"order_by\"");
  }
  if (token.contains("i") && token["i"].is_number_integer()) return token;
  if (token.contains("d") && token["d"].is_number()) return token;
  const char* key = token.contains("t") ? "t" : "b";
  if (!token.contains(key) || !token[key].is_string()) return bad.clone();
  if (!base64_decode(token[key].get_ref<const std::string&>())) return bad.clone();
  return token;
}

Status append_after(const ListRequest& request, const AccessPath& path, SqlText* sql) {
  if (request.after.empty()) return {};
  ASSIGN_OR_RETURN(const Json token, read_token(request));
  sql->add(" AND (");
  append_order(request, path, sql);
  sql->add(", x.row)");
  sql->add(request.descending ? " < (" : " > (");
  if (token.contains("i") && token["i"].is_number_integer()) {
    sql->value(token["i"].get<int64_t>());
  } else if (token.contains("d") && token["d"].is_number()) {
    sql->value(token["d"].get<double>());
  } else {
    const char* key = token.contains("t") ? "t" : "b";
    const auto bytes = base64_decode(token[key].get_ref<const std::string&>());
    if (*key == 't') {
      sql->value(std::string_view(*bytes));
    } else {
      sql->blob(*bytes);
    }
  }
  sql->add(", ").value(token["r"].get<int64_t>()).add(")");
  return {};
}

// What a read looked at.
struct SeenCounts {
  int64_t entries = 0;
  int64_t rows = 0;
};

// " FROM table x, its items WHERE condition"; `seen` may be null.
void append_from_where(const AccessPath& path, bool with_items, SeenCounts* seen, SqlText* sql) {
  sql->add(" FROM ").append(path.from).add(" x");
  if (with_items) sql->add(" CROSS JOIN items i ON i.row = x.row");
  sql->add(" WHERE ");
  if (seen != nullptr) {
    sql->add("memtier_saw(").pointer(&seen->entries, kCountPointer).add(", x.row) AND ");
    if (with_items) {
      sql->add("memtier_saw(").pointer(&seen->rows, kCountPointer).add(", i.version) AND ");
    }
  }
  sql->append(path.condition);
}

void explain_read(const AccessPath& path, const SeenCounts& seen, Json* explain) {
  *explain = path.explain();
  (*explain)["entries_seen"] = seen.entries;
  (*explain)["rows_seen"] = seen.rows;
}

}  // namespace

Result<BoundRead> BoundRead::begin(Connection& connection, const Filter& filter,
                                   FilterBinder* binder) {
  BoundRead read;
  read.given_ = &filter;
  const bool binds = binder != nullptr && asks_index(filter);
  do {
    read.transaction_.reset();
    read.transaction_ = std::make_unique<ReadTransaction>(connection);
    if (binds) {
      ASSIGN_OR_RETURN(read.bound_, binder->bind(connection, filter));
    }
  } while (binds && !read.bound_);
  return read;
}

Status check_list_token(const ListRequest& request) {
  return request.after.empty() ? Status() : read_token(request).take_status();
}

StopWatch::StopWatch(Connection& connection, const StopCheck& stop)
    : connection_(connection), stop_(stop) {
  if (!stop_) return;
  const auto look = [](void* self) -> int {
    auto* watch = static_cast<StopWatch*>(self);
    watch->reason_ = watch->stop_();
    return watch->reason_.ok() ? 0 : 1;
  };
  sqlite3_progress_handler(connection_.handle(), kProgressSteps, look, this);
}

StopWatch::~StopWatch() {
  if (stop_) sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

Status StopWatch::explain(Status status) const {
  return reason_.ok() || status.ok() ? std::move(status) : reason_.clone();
}

Result<std::vector<ItemRef>> ItemReads::collect(Statement& statement, int first) {
  std::vector<ItemRef> items;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.step());
    if (!more) return items;
    ASSIGN_OR_RETURN(ItemRef item, read_item(statement, connection, scopes, first));
    items.push_back(std::move(item));
  }
}

Result<int64_t> ItemReads::shown_sequence() {
  if (connection.shown_sequence()) return *connection.shown_sequence();
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT sequence FROM fold"));
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return Status(Code::kCorrupt, "store: its table fold is empty");
  connection.note_shown_sequence(use->integer(0));
  return use->integer(0);
}

Result<AccessPath> ItemReads::plan(const ReadScope& read, const Filter& filter,
                                   int64_t ordered_limit) {
  ASSIGN_OR_RETURN(const int64_t expired, Planner::count_expired(connection, read.now_us));
  ASSIGN_OR_RETURN(const int64_t sequence, shown_sequence());
  ASSIGN_OR_RETURN(const ScopeCondition scope,
                   estimates.scope_condition(connection, sequence, *read.scope));
  Planner planner(connection, estimates, sequence, tiers);
  return planner.plan({filter, scope, read.now_us, expired, ordered_limit});
}

Result<int64_t> ItemReads::count(const ReadScope& read, const Filter& filter, const StopCheck& stop,
                                 Json* explain) {
  ASSIGN_OR_RETURN(const BoundRead bound, BoundRead::begin(connection, filter, binder));
  ASSIGN_OR_RETURN(const AccessPath path, plan(read, bound.filter(), 0));
  SeenCounts seen;
  int64_t count = 0;
  if (!path.nothing) {
    SqlText sql;
    sql.add("SELECT count(*)");
    append_from_where(path, path.needs_items, explain == nullptr ? nullptr : &seen, &sql);
    ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
    StatementUse use(select);
    sql.bind_to(select);
    const StopWatch watch(connection, stop);
    auto row = select.step();
    if (!row.ok()) return watch.explain(row.take_status());
    count = select.integer(0);
  }
  if (explain != nullptr) {
    explain_read(path, seen, explain);
    (*explain)["count"] = count;
  }
  return count;
}

Result<Page> ItemReads::list(const ReadScope& read, const ListRequest& request, int64_t max_items,
                             const StopCheck& stop, Json* explain) {
  ASSIGN_OR_RETURN(const BoundRead bound, BoundRead::begin(connection, *request.filter, binder));
  const bool by_created = request.order_by == Field::kCreatedUs;
  const int64_t wanted = max_items + (request.after.empty() ? request.skip : 0);
  ASSIGN_OR_RETURN(const AccessPath path, plan(read, bound.filter(), by_created ? wanted : 0));
  SeenCounts seen;
  Page page;
  if (!path.nothing) {
    // Where entries have to be sorted or skipped, not with their rows.
    const bool in_order = by_created && path.ordered && wanted == max_items;
    const bool by_index = !path.needs_items && !in_order && is_ordered_by_index(request, path);
    const char* direction = request.descending ? " DESC" : "";
    SqlText sql;
    for (size_t i = 0; i < std::max<size_t>(path.arms.size(), 1); ++i) {
      if (i > 0) sql.add(" UNION ALL ");
      sql.add("SELECT ").add(by_index ? "x.row" : kItemColumns).add(", ");
      append_order(request, path, &sql);
      append_from_where(path, !by_index, explain == nullptr ? nullptr : &seen, &sql);
      if (!path.arms.empty()) sql.append(path.arms[i]);
      RETURN_IF_ERROR(append_after(request, path, &sql));
    }
    sql.add(" ORDER BY ");
    if (path.arms.empty()) {
      append_order(request, path, &sql);
      sql.add(direction).add(", x.row");  // not i.row, of which SQLite would not know the order
    } else {
      sql.add(by_index ? "2" : kOrderNumber).add(direction).add(", 1");
    }
    sql.add(direction).add(" LIMIT ").value(max_items);
    if (wanted > max_items) sql.add(" OFFSET ").value(request.skip);
    const StopWatch watch(connection, stop);
    auto found = by_index ? list_by_index(request, sql, max_items, watch)
                          : list_rows(request, sql, max_items, watch);
    if (!found.ok()) return found.take_status();
    page = std::move(found).value();
    if (by_index) seen.rows = static_cast<int64_t>(page.items.size());
  }
  if (explain != nullptr) {
    explain_read(path, seen, explain);
    (*explain)["items"] = page.items.size();
  }
  return page;
}

Result<Page> ItemReads::list_rows(const ListRequest& request, const SqlText& sql, int64_t max_items,
                                  const StopWatch& watch) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  Page page;
  while (true) {
    auto more = select.step();
    if (!more.ok()) return watch.explain(more.take_status());
    if (!*more) return page;
    ASSIGN_OR_RETURN(ItemRef item, read_item(select, connection, scopes));
    if (static_cast<int64_t>(page.items.size()) + 1 == max_items) {
      page.token = make_token(request, select, kOrderColumn, item->row());
    }
    page.items.push_back(std::move(item));
  }
}

// What to show is decided on the index alone, and only that is read.
Result<Page> ItemReads::list_by_index(const ListRequest& request, const SqlText& sql,
                                      int64_t max_items, const StopWatch& watch) {
  Page page;
  std::vector<int64_t> rows;
  {
    ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
    StatementUse use(select);
    sql.bind_to(select);
    while (true) {
      auto more = select.step();
      if (!more.ok()) return watch.explain(more.take_status());
      if (!*more) break;
      rows.push_back(select.integer(0));
      if (static_cast<int64_t>(rows.size()) == max_items) {
        page.token = make_token(request, select, 1, rows.back());
      }
    }
  }
  page.items.reserve(rows.size());
  for (const int64_t row : rows) {
    auto item = find_row(row);
    if (!item.ok()) return watch.explain(item.take_status());
    if (*item) page.items.push_back(std::move(item).value());
  }
  return page;
}

Result<std::optional<std::vector<FoundRow>>> ItemReads::find_few(const ReadScope& read,
                                                                 const Filter& filter,
                                                                 int64_t limit,
                                                                 const StopCheck& stop,
                                                                 AccessPath* path) {
  constexpr int64_t kEntriesOfRow = 20;  // as many index entries are read in the time of a row
  std::optional<std::vector<FoundRow>> none;
  ASSIGN_OR_RETURN(*path, plan(read, filter, 0));
  if (path->nothing) return std::optional(std::vector<FoundRow>());
  const Estimate& entries = path->considered[path->chosen].entries;
  const int64_t cost = entries.entries * (path->needs_items ? kEntriesOfRow : 1);
  if (entries.at_least || cost > limit * kEntriesOfRow) return none;
  SqlText sql;
  sql.add("SELECT i.row, i.scope, i.sequence");
  append_from_where(*path, true, nullptr, &sql);
  sql.add(" LIMIT ").value(limit + 1);
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  const StopWatch watch(connection, stop);
  std::vector<FoundRow> rows;
  while (true) {
    auto more = select.step();
    if (!more.ok()) return watch.explain(more.take_status());
    if (!*more) return std::optional(std::move(rows));
    if (static_cast<int64_t>(rows.size()) == limit) return none;
    rows.push_back({select.integer(0), select.integer(1), select.integer(2)});
  }
}

// Empty where nothing can match.
Result<SqlText> ItemReads::scan_sql(std::string_view columns, const ReadScope& read,
                                    const Filter& filter, int64_t after_row, int64_t max_items) {
  SqlText sql;
  ASSIGN_OR_RETURN(const AccessPath path, plan(read, filter, 0));
  if (path.nothing) return sql;
  sql.add("SELECT ").add(columns);
  // Few candidates are sorted for each batch; many are met on a walk through the rows.
  const Candidate& chosen = path.considered[path.chosen];
  if (path.table != "ix_created" && !chosen.entries.at_least) {
    append_from_where(path, true, nullptr, &sql);
    sql.add(" AND x.row > ").value(after_row);
  } else {
    ASSIGN_OR_RETURN(const ScopeCondition scope, scope_condition(connection, *read.scope));
    sql.add(" FROM items i WHERE i.row > ").value(after_row).add(" AND ");
    append_scope(scope, &sql);
    sql.add(" AND ");
    append_alive(read.now_us, &sql);
    sql.add(" AND ");
    append_filter(filter, tiers, &sql);
  }
  sql.add(" ORDER BY i.row LIMIT ").value(max_items);
  return sql;
}

Result<std::vector<ItemRef>> ItemReads::scan(const ReadScope& read, const Filter& filter,
                                             int64_t after_row, int64_t max_items,
                                             const StopCheck& stop) {
  ASSIGN_OR_RETURN(const BoundRead bound, BoundRead::begin(connection, filter, binder));
  ASSIGN_OR_RETURN(const SqlText sql,
                   scan_sql(kItemColumns, read, bound.filter(), after_row, max_items));
  if (sql.empty()) return std::vector<ItemRef>();
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  const StopWatch watch(connection, stop);
  auto items = collect(select, 0);
  if (!items.ok()) return watch.explain(items.take_status());
  return items;
}

Result<ItemRef> ItemReads::find(const ItemKey& key) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> scope, scopes.find(connection, *key.scope));
  if (!scope) return ItemRef();
  static const std::string kSql = with_columns(
      "FROM ix_id x CROSS JOIN items i ON i.row = x.row WHERE x.id_hash = ? AND x.scope = ?");
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select.bind(1, id_hash(key.id)).bind(2, *scope));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return ItemRef();
    constexpr int kIdColumn = 17;
    if (use->bytes(kIdColumn) != key.id) continue;  // another id with the same hash
    return read_item(*use, connection, scopes);
  }
}

Status ItemReads::find_by_id(const Scope& pattern, std::string_view id,
                             const std::function<bool(ItemRef)>& show) {
  const ReadTransaction transaction(connection);
  ASSIGN_OR_RETURN(const ScopeCondition scope, scope_condition(connection, pattern));
  if (scope.nothing) return {};
  SqlText sql;
  sql.add(with_columns("FROM ix_id x CROSS JOIN items i ON i.row = x.row WHERE x.id_hash = "));
  sql.value(id_hash(id)).add(" AND i.id = ").value(id).add(" AND ");
  append_scope(scope, &sql);
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, select.step());
    if (!more) return {};
    ASSIGN_OR_RETURN(ItemRef item, read_item(select, connection, scopes));
    if (!show(std::move(item))) return {};
  }
}

Result<ItemRef> ItemReads::find_row(int64_t row) {
  static const std::string kSql = with_columns("FROM items i WHERE i.row = ?");
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select.bind(1, row));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return ItemRef();
  return read_item(*use, connection, scopes);
}

}  // namespace memtier
