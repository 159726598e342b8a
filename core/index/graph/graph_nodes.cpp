#include "index/graph/graph_nodes.h"

#include <algorithm>

namespace memtier {
namespace {

constexpr const char* kScopeKeys[Scope::kNames] = {"collection", "app", "user", "agent", "session"};

std::string named(const NodeName& name) {
  return std::string(name.is_concept ? "concept" : "item") + " \"" + name.name + '"';
}

}  // namespace

void add_scope_names(const Scope& scope, Json* object) {
  for (size_t i = 0; i < Scope::kNames; ++i) {
    const std::string_view name = scope.name(i);
    const bool usual = name.empty() || (i == Scope::kCollection && name == kDefaultCollection);
    if (!usual) (*object)[kScopeKeys[i]] = name;
  }
}

// The scope of the call with the names that this end gives besides.
Result<Scope> GraphNodes::narrowed(const NodeName& name, const std::string& what) const {
  std::array<std::string_view, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) {
    const std::string_view given = read_.scope->name(i);
    names[i] = given;
    if (name.scope[i].empty()) continue;
    if (read_.scope->constrains(i) && given != name.scope[i]) {
      return not_found(what + ": " + named(name) + " does not exist in this scope");
    }
    names[i] = name.scope[i];
  }
  return Scope(names);
}

Result<GraphNode> GraphNodes::find(const NodeName& name, const std::string& what) {
  ASSIGN_OR_RETURN(const Scope scope, narrowed(name, what));
  ASSIGN_OR_RETURN(const std::optional<GraphNode> found, name.is_concept
                                                             ? find_concept(name, scope, what)
                                                             : find_item(name, scope, what));
  if (found) return *found;
  return not_found(what + ": " + named(name) + " does not exist in this scope");
}

Result<GraphNode> GraphNodes::find_or_make(const NodeName& name, const std::string& what) {
  if (!name.is_concept) return find(name, what);
  ASSIGN_OR_RETURN(const Scope scope, narrowed(name, what));
  ASSIGN_OR_RETURN(const std::optional<GraphNode> found, find_concept(name, scope, what));
  if (found) return *found;
  if (scope.name(Scope::kCollection) == kAllCollections) {
    return invalid(what + ": " + named(name) +
                   " does not exist, and is not made in all collections at once: name one");
  }
  ConceptRow row;
  row.name = name.name;
  row.created_us = read_.now_us;
  ASSIGN_OR_RETURN(row.scope, scopes_.find_or_add(connection_, scope));
  ASSIGN_OR_RETURN(row.node, add_concept(connection_, row));
  return GraphNode{row.node, row.scope};
}

// Exactly the scope's, else the only one that it allows.
Result<std::optional<GraphNode>> GraphNodes::choose(const std::vector<GraphNode>& nodes,
                                                    const Scope& scope, bool exact,
                                                    const std::string& what) {
  std::vector<GraphNode> seen;
  for (const GraphNode& node : nodes) {
    ASSIGN_OR_RETURN(const ScopeTable::ScopeRef filed, scopes_.scope(connection_, node.scope));
    if (*filed == scope) return std::optional<GraphNode>(node);
    if (!exact && scope.allows(*filed)) seen.push_back(node);
  }
  if (seen.empty()) return std::optional<GraphNode>();
  if (seen.size() == 1) return std::optional<GraphNode>(seen[0]);
  return Status(Code::kAmbiguous,
                what +
                    " exists more than once in this scope; narrow it, for example with the "
                    "session");
}

Result<std::optional<GraphNode>> GraphNodes::find_item(const NodeName& name, const Scope& scope,
                                                       const std::string& what) {
  std::vector<GraphNode> nodes;
  {
    ASSIGN_OR_RETURN(
        Statement select,
        connection_.prepare("SELECT x.row, x.scope, i.expires_us, i.pinned FROM ix_id x JOIN items "
                            "i ON i.row = x.row WHERE x.id_hash = ? AND i.id = ?"));
    StatementUse use(select.bind(1, id_hash(name.name)).bind_text(2, name.name));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      const int64_t expires = use->integer(2);
      const bool expired = expires != 0 && expires <= read_.now_us && use->integer(3) == 0;
      if (!expired) nodes.push_back({use->integer(0), use->integer(1)});
    }
  }
  return choose(nodes, scope, name.is_exact, what + ": " + named(name));
}

Result<std::optional<GraphNode>> GraphNodes::find_concept(const NodeName& name, const Scope& scope,
                                                          const std::string& what) {
  ASSIGN_OR_RETURN(const std::vector<ConceptRow> rows, concepts_by_name(connection_, name.name));
  std::vector<GraphNode> nodes;
  nodes.reserve(rows.size());
  for (const ConceptRow& row : rows) nodes.push_back({row.node, row.scope});
  return choose(nodes, scope, name.is_exact, what + ": " + named(name));
}

Result<bool> GraphNodes::allows(int64_t scope) {
  const auto known = allowed_.find(scope);
  if (known != allowed_.end()) return known->second;
  ASSIGN_OR_RETURN(const ScopeTable::ScopeRef filed, scopes_.scope(connection_, scope));
  const bool allowed = read_.scope->allows(*filed);
  allowed_.emplace(scope, allowed);
  return allowed;
}

Status GraphNodes::load_expired() {
  expired_loaded_ = true;
  ASSIGN_OR_RETURN(Statement select,
                   connection_.prepare("SELECT row FROM ix_expires WHERE expires_us <= ? AND "
                                       "pinned = 0 LIMIT ?"));
  select.bind(1, read_.now_us).bind(2, static_cast<int64_t>(kFewExpired + 1));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    expired_.insert(use->integer(0));
  }
  many_expired_ = expired_.size() > kFewExpired;
  return {};
}

Result<bool> GraphNodes::is_expired_row(int64_t row) {
  ASSIGN_OR_RETURN(Statement select,
                   connection_.prepare("SELECT 1 FROM items WHERE row = ? AND expires_us <= ? AND "
                                       "pinned = 0"));
  StatementUse use(select.bind(1, row).bind(2, read_.now_us));
  return use->step();
}

Result<bool> GraphNodes::has_expired() {
  if (!expired_loaded_) RETURN_IF_ERROR(load_expired());
  return !expired_.empty();
}

Result<bool> GraphNodes::is_alive(int64_t node) {
  if (node < 0) return true;
  if (!expired_loaded_) RETURN_IF_ERROR(load_expired());
  if (!many_expired_) return expired_.count(node) == 0;
  ASSIGN_OR_RETURN(const bool expired, is_expired_row(node));
  return !expired;
}

Json GraphNodes::describe_concept(const ConceptRow& row, const Scope& scope) const {
  Json object = {{"concept", row.name}};
  add_scope_names(scope, &object);
  return object;
}

Result<Json> GraphNodes::describe(int64_t node) {
  const Status missing(Code::kCorrupt, "store: an end of a link is missing: the file is damaged");
  if (node < 0) {
    ASSIGN_OR_RETURN(const std::optional<ConceptRow> row, concept_by_node(connection_, node));
    if (!row) return missing.clone();
    ASSIGN_OR_RETURN(const ScopeTable::ScopeRef scope, scopes_.scope(connection_, row->scope));
    return describe_concept(*row, *scope);
  }
  std::string id;
  int64_t scope_number = 0;
  {
    ASSIGN_OR_RETURN(Statement select,
                     connection_.prepare("SELECT id, scope FROM items WHERE row = ?"));
    StatementUse use(select.bind(1, node));
    ASSIGN_OR_RETURN(const bool found, use->step());
    if (!found) return missing.clone();
    id = use->bytes(0);
    scope_number = use->integer(1);
  }
  ASSIGN_OR_RETURN(const ScopeTable::ScopeRef scope, scopes_.scope(connection_, scope_number));
  Json object = {{"id", id}};
  add_scope_names(*scope, &object);
  return object;
}

Result<std::string> GraphNodes::name(int64_t node) {
  ASSIGN_OR_RETURN(const Json object, describe(node));
  return object[node < 0 ? "concept" : "id"].get<std::string>();
}

}  // namespace memtier
