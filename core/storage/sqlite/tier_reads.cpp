// ItemReads: reads of tiers, of what has expired, and of the log of moves.
#include "base/clock.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {
namespace {

constexpr std::string_view kHeadColumns =
    "i.row, i.scope, i.tier, i.pinned, i.importance, i.priority, i.created_us, "
    "i.accessed_us, i.expires_us, i.access_count, i.validation_count, i.size_bytes, i.id, i.type ";

}  // namespace

Result<std::vector<ItemHead>> ItemReads::collect_heads(Statement& statement) {
  std::vector<ItemHead> heads;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.step());
    if (!more) return heads;
    ItemHead head;
    int at = 0;
    head.row = statement.integer(at++);
    ASSIGN_OR_RETURN(const auto scope, scopes.scope(connection, statement.integer(at++)));
    head.tier = static_cast<int32_t>(statement.integer(at++));
    head.pinned = statement.integer(at++) != 0;
    head.importance = statement.real(at++);
    head.priority = statement.integer(at++);
    head.created_us = statement.integer(at++);
    head.accessed_us = statement.integer(at++);
    head.expires_us = statement.integer(at++);
    head.access_count = statement.integer(at++);
    head.validation_count = statement.integer(at++);
    head.size_bytes = statement.integer(at++);
    head.id = statement.bytes(at++);
    head.type = statement.bytes(at++);
    head.user = scope->name(Scope::kUser);
    head.session = scope->name(Scope::kSession);
    head.key_hash = ItemKey(*scope, head.id).hash;
    heads.push_back(std::move(head));
  }
}

Result<std::vector<ItemHead>> ItemReads::heads(const ReadScope& read, const Filter& filter,
                                               int64_t after_row, int64_t max_items,
                                               const StopCheck& stop) {
  ASSIGN_OR_RETURN(const BoundRead bound, BoundRead::begin(connection, filter, binder));
  ASSIGN_OR_RETURN(const SqlText sql,
                   scan_sql(kHeadColumns, read, bound.filter(), after_row, max_items));
  if (sql.empty()) return std::vector<ItemHead>();
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  const StopWatch watch(connection, stop);
  auto heads = collect_heads(select);
  if (!heads.ok()) return watch.explain(heads.take_status());
  return heads;
}

Status ItemReads::visit_tier(int32_t tier, int64_t accessed_before_us, bool with_texts,
                             const std::function<void(ItemHead&&)>& visit) {
  static const std::string kSql =
      "SELECT " + std::string(kHeadColumns) +
      "FROM ix_tier x CROSS JOIN items i ON i.row = x.row WHERE x.tier = ? AND i.accessed_us < ?";
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select.bind(1, int64_t{tier}).bind(2, accessed_before_us));
  ASSIGN_OR_RETURN(std::vector<ItemHead> heads, collect_heads(*use));
  for (ItemHead& head : heads) {
    if (!with_texts) {
      head.id.clear();
      head.type.clear();
    }
    visit(std::move(head));
  }
  return {};
}

Result<std::vector<ItemHead>> ItemReads::expired(int64_t now_us, size_t limit) {
  static const std::string kSql =
      "SELECT " + std::string(kHeadColumns) +
      "FROM ix_expires x CROSS JOIN items i ON i.row = x.row WHERE x.expires_us <= ? AND "
      "NOT i.pinned LIMIT ?";
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select.bind(1, now_us).bind(2, static_cast<int64_t>(limit)));
  return collect_heads(*use);
}

Result<std::vector<TierTotals>> ItemReads::tier_totals() {
  std::vector<TierTotals> totals(tiers.size());
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT tier, count, bytes FROM tier_totals"));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return totals;
    const auto tier = static_cast<size_t>(use->integer(0));
    if (tier < totals.size()) totals[tier] = {use->integer(1), use->integer(2)};
  }
}

Result<std::vector<TierSummary>> ItemReads::tier_summaries(int64_t now_us) {
  std::vector<TierSummary> summaries(tiers.size());
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT t.tier, t.count - ifnull(e.n, 0), t.bytes - ifnull(e.b, 0), "
                         "ifnull(e.n, 0), t.importance_nano - ifnull(e.im, 0), "
                         "t.created_seconds - ifnull(e.cr, 0) FROM tier_totals t LEFT JOIN "
                         "(SELECT i.tier AS tier, count(*) AS n, sum(i.size_bytes) AS b, "
                         "sum(cast(round(i.importance * 1e9) AS INTEGER)) AS im, "
                         "sum(i.created_us / 1000000) AS cr FROM ix_expires x CROSS JOIN items i "
                         "ON i.row = x.row WHERE x.expires_us <= ? AND NOT i.pinned "
                         "GROUP BY i.tier) e ON e.tier = t.tier"));
  StatementUse use(select.bind(1, now_us));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return summaries;
    const auto tier = static_cast<size_t>(use->integer(0));
    if (tier >= summaries.size()) continue;
    TierSummary& summary = summaries[tier];
    summary.count = use->integer(1);
    summary.bytes = use->integer(2);
    summary.expired = use->integer(3);
    if (summary.count == 0) continue;
    const auto count = static_cast<double>(summary.count);
    summary.average_importance = static_cast<double>(use->integer(4)) / 1e9 / count;
    summary.average_created_us = static_cast<double>(use->integer(5)) / count * kSecondUs;
  }
}

Result<std::vector<Transition>> ItemReads::transitions(const ReadScope& read, std::string_view id,
                                                       int64_t since_us, size_t limit) {
  std::vector<Transition> transitions;
  const ReadTransaction transaction(connection);
  ASSIGN_OR_RETURN(const ScopeCondition scope, scope_condition(connection, *read.scope));
  if (scope.nothing) return transitions;
  SqlText sql;
  sql.add("SELECT i.id, i.from_tier, i.to_tier, i.reason, i.time_us FROM transitions i WHERE ");
  append_scope(scope, &sql);
  if (!id.empty()) sql.add(" AND i.id = ").value(id);
  if (since_us != 0) sql.add(" AND i.time_us > ").value(since_us);
  sql.add(" ORDER BY i.number DESC LIMIT ").value(static_cast<int64_t>(limit));
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return transitions;
    Transition transition;
    transition.id = use->bytes(0);
    transition.from = static_cast<int32_t>(use->integer(1));
    transition.to = static_cast<int32_t>(use->integer(2));
    transition.reason = static_cast<Reason>(use->integer(3));
    transition.time_us = use->integer(4);
    transitions.push_back(std::move(transition));
  }
}

}  // namespace memtier
