#include "storage/sqlite/link_tables.h"

namespace memtier {
namespace {

constexpr size_t kMaxNoted = 1000;  // changes of one transaction; more are told as "anything"
constexpr int64_t kKeptChanges = 20'000;

// Both tables tell the same: columns of a link whose known end is bound.
constexpr std::string_view kOutgoing =
    "SELECT target, kind, weight, created_us, updated_us, source_scope, target_scope FROM links "
    "WHERE source = ? ORDER BY kind, target";
constexpr std::string_view kIncoming =
    "SELECT source, kind, weight, created_us, updated_us, source_scope, target_scope FROM "
    "links_in WHERE target = ? ORDER BY kind, source";

Status put_into(Connection& connection, std::string_view table, const LinkRow& link) {
  ASSIGN_OR_RETURN(
      Statement upsert,
      connection.prepare("INSERT INTO " + std::string(table) +
                         "(source, kind, target, weight, created_us, updated_us, source_scope, "
                         "target_scope) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO "
                         "UPDATE SET weight = ?4, updated_us = ?6"));
  upsert.bind(1, link.source).bind(2, link.kind).bind(3, link.target).bind(4, link.weight);
  upsert.bind(5, link.created_us).bind(6, link.updated_us);
  return upsert.bind(7, link.source_scope).bind(8, link.target_scope).run();
}

Status erase_from(Connection& connection, std::string_view table, const LinkRow& link) {
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM " + std::string(table) +
                                      " WHERE source = ? AND kind = ? AND target = ?"));
  return erase.bind(1, link.source).bind(2, link.kind).bind(3, link.target).run();
}

ConceptRow read_concept(Statement& row) {
  return {-row.integer(0), row.integer(1), std::string(row.bytes(2)), std::string(row.bytes(3)),
          row.integer(4)};
}

}  // namespace

void LinkWriter::note(int64_t source, int64_t target) {
  if (changed_.size() >= kMaxNoted) {
    many_ = true;
  } else {
    changed_.emplace_back(source, target);
  }
}

Status LinkWriter::put(const LinkRow& link) {
  RETURN_IF_ERROR(put_into(connection_, "links", link));
  RETURN_IF_ERROR(put_into(connection_, "links_in", link));
  note(link.source, link.target);
  return {};
}

Status LinkWriter::erase(const LinkRow& link) {
  RETURN_IF_ERROR(erase_from(connection_, "links", link));
  RETURN_IF_ERROR(erase_from(connection_, "links_in", link));
  note(link.source, link.target);
  return {};
}

Status LinkWriter::erase_node(int64_t node) {
  std::vector<LinkRow> links;
  const auto take = [&links](const LinkRow& link) {
    links.push_back(link);
    return true;
  };
  RETURN_IF_ERROR(visit_links(connection_, node, true, take));
  RETURN_IF_ERROR(visit_links(connection_, node, false, take));
  for (const LinkRow& link : links) RETURN_IF_ERROR(erase(link));
  return {};
}

// Changes are told by node, so that others let go only what they have of these; too many at once are told
// as one row that means all.
Status LinkWriter::finish() {
  if (changed_.empty()) return {};
  if (many_) changed_.assign(1, {0, 0});
  ASSIGN_OR_RETURN(Statement insert,
                   connection_.prepare("INSERT INTO link_changes(source, target) VALUES(?, ?)"));
  for (const auto& [source, target] : changed_) {
    RETURN_IF_ERROR(insert.bind(1, source).bind(2, target).run());
  }
  const int64_t last = sqlite3_last_insert_rowid(connection_.handle());
  ASSIGN_OR_RETURN(Statement trim,
                   connection_.prepare("DELETE FROM link_changes WHERE number <= ?"));
  return trim.bind(1, last - kKeptChanges).run();
}

Result<bool> has_links(Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t any,
                   connection.query_integer("SELECT EXISTS(SELECT 1 FROM links)"));
  return any != 0;
}

Result<std::optional<LinkRow>> find_link(Connection& connection, int64_t source, int64_t kind,
                                         int64_t target) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT weight, created_us, updated_us, source_scope, target_scope FROM "
                         "links WHERE source = ? AND kind = ? AND target = ?"));
  StatementUse use(select.bind(1, source).bind(2, kind).bind(3, target));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return std::optional<LinkRow>();
  return std::optional<LinkRow>(LinkRow{source, target, kind, use->real(0), use->integer(1),
                                        use->integer(2), use->integer(3), use->integer(4)});
}

Status visit_links(Connection& connection, int64_t node, bool outgoing, const VisitLink& visit) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare(outgoing ? kOutgoing : kIncoming));
  StatementUse use(select.bind(1, node));
  LinkRow link;
  (outgoing ? link.source : link.target) = node;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return {};
    (outgoing ? link.target : link.source) = use->integer(0);
    link.kind = use->integer(1);
    link.weight = use->real(2);
    link.created_us = use->integer(3);
    link.updated_us = use->integer(4);
    link.source_scope = use->integer(5);
    link.target_scope = use->integer(6);
    if (!visit(link)) return {};
  }
}

Status visit_all_links(Connection& connection, const LinkPlace& after, const VisitLink& visit) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT source, kind, target, weight, created_us, updated_us, "
                         "source_scope, target_scope FROM links WHERE (source, kind, target) > "
                         "(?, ?, ?) ORDER BY source, kind, target"));
  StatementUse use(select.bind(1, after.source).bind(2, after.kind).bind(3, after.target));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return {};
    const LinkRow link{use->integer(0), use->integer(2), use->integer(1), use->real(3),
                       use->integer(4), use->integer(5), use->integer(6), use->integer(7)};
    if (!visit(link)) return {};
  }
}

Result<int64_t> last_link_change(Connection& connection) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT ifnull(max(number), 0) FROM link_changes"));
  StatementUse use(select);
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

Result<bool> visit_link_changes(Connection& connection, int64_t after,
                                const std::function<void(int64_t, int64_t)>& visit) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT number, source, target FROM link_changes WHERE "
                                      "number > ? ORDER BY number"));
  StatementUse use(select.bind(1, after));
  int64_t expected = after + 1;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return true;
    const bool gap = use->integer(0) != expected++;
    const bool all = use->integer(1) == 0 && use->integer(2) == 0;
    if (gap || all) return false;
    visit(use->integer(1), use->integer(2));
  }
}

Result<std::optional<int64_t>> find_label(Connection& connection, std::string_view text) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT label FROM labels WHERE text = ?"));
  StatementUse use(select.bind_text(1, text));
  ASSIGN_OR_RETURN(const bool found, use->step());
  return found ? std::optional<int64_t>(use->integer(0)) : std::optional<int64_t>();
}

Result<int64_t> find_or_add_label(Connection& connection, std::string_view text) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> known, find_label(connection, text));
  if (known) return *known;
  ASSIGN_OR_RETURN(Statement insert, connection.prepare("INSERT INTO labels(text) VALUES(?)"));
  RETURN_IF_ERROR(insert.bind_text(1, text).run());
  return static_cast<int64_t>(sqlite3_last_insert_rowid(connection.handle()));
}

Result<std::string> label_text(Connection& connection, int64_t label) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT text FROM labels WHERE label = ?"));
  StatementUse use(select.bind(1, label));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (found) return std::string(use->bytes(0));
  return Status(Code::kCorrupt, "store: the kind " + std::to_string(label) +
                                    " of a link is missing: the file is damaged; put back a copy");
}

Result<std::vector<ConceptRow>> concepts_by_name(Connection& connection, std::string_view name) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT concept, scope, name, description, created_us FROM "
                                      "concepts WHERE name = ? ORDER BY scope"));
  StatementUse use(select.bind_text(1, name));
  std::vector<ConceptRow> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return rows;
    rows.push_back(read_concept(*use));
  }
}

Result<std::optional<ConceptRow>> concept_by_node(Connection& connection, int64_t node) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT concept, scope, name, description, created_us FROM "
                                      "concepts WHERE concept = ?"));
  StatementUse use(select.bind(1, -node));
  ASSIGN_OR_RETURN(const bool found, use->step());
  return found ? std::optional<ConceptRow>(read_concept(*use)) : std::optional<ConceptRow>();
}

Result<int64_t> add_concept(Connection& connection, const ConceptRow& row) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO concepts(scope, name, description, created_us) "
                                      "VALUES(?, ?, ?, ?)"));
  insert.bind(1, row.scope).bind_text(2, row.name).bind_text(3, row.description);
  RETURN_IF_ERROR(insert.bind(4, row.created_us).run());
  return -static_cast<int64_t>(sqlite3_last_insert_rowid(connection.handle()));
}

Status replace_concept(Connection& connection, const ConceptRow& row) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE concepts SET description = ?, created_us = ? WHERE "
                                      "concept = ?"));
  return update.bind_text(1, row.description).bind(2, row.created_us).bind(3, -row.node).run();
}

Status erase_concept(Connection& connection, int64_t node) {
  ASSIGN_OR_RETURN(Statement erase, connection.prepare("DELETE FROM concepts WHERE concept = ?"));
  return erase.bind(1, -node).run();
}

Status visit_concepts(Connection& connection, std::string_view after_name, int64_t after_scope,
                      const std::function<bool(const ConceptRow&)>& visit) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT concept, scope, name, description, created_us FROM "
                         "concepts WHERE (name, scope) > (?, ?) ORDER BY name, scope"));
  StatementUse use(select.bind_text(1, after_name).bind(2, after_scope));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more || !visit(read_concept(*use))) return {};
  }
}

Result<int64_t> count_links_of(Connection& connection, int64_t node) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT (SELECT count(*) FROM links WHERE source = ?1) + "
                                      "(SELECT count(*) FROM links_in WHERE target = ?1)"));
  StatementUse use(select.bind(1, node));
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

}  // namespace memtier
