// GraphNodes: which item or concept a name means, in one state of the tables, as a scope shows it; and the
// other way round.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/status.h"
#include "model/link.h"
#include "model/scope.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/link_tables.h"
#include "storage/sqlite/names.h"
#include "storage/storage.h"

namespace memtier {

struct GraphNode {
  int64_t node = 0;
  int64_t scope = 0;
};

class GraphNodes {
 public:
  // All are borrowed.
  GraphNodes(Connection& connection, ScopeTable& scopes, const ReadScope& read)
      : connection_(connection), scopes_(scopes), read_(read) {}

  // kNotFound, kAmbiguous; `what` begins the message.
  Result<GraphNode> find(const NodeName& name, const std::string& what);
  // The same, but a concept that is not there is made; in a transaction.
  Result<GraphNode> find_or_make(const NodeName& name, const std::string& what);

  // Whether the scope shows what is filed under this one.
  Result<bool> allows(int64_t scope);
  // Whether anything has expired that is not swept yet.
  Result<bool> has_expired();
  // Whether it has not expired; concepts never do.
  Result<bool> is_alive(int64_t node);
  // {"id": …} or {"concept": …}, with the names of its scope.
  Result<Json> describe(int64_t node);
  // The name alone.
  Result<std::string> name(int64_t node);
  Json describe_concept(const ConceptRow& row, const Scope& scope) const;

 private:
  static constexpr size_t kFewExpired = 1000;

  Result<Scope> narrowed(const NodeName& name, const std::string& what) const;
  Result<std::optional<GraphNode>> find_item(const NodeName& name, const Scope& scope,
                                             const std::string& what);
  Result<std::optional<GraphNode>> find_concept(const NodeName& name, const Scope& scope,
                                                const std::string& what);
  Result<std::optional<GraphNode>> choose(const std::vector<GraphNode>& nodes, const Scope& scope,
                                          bool exact, const std::string& what);
  Status load_expired();
  Result<bool> is_expired_row(int64_t row);

  Connection& connection_;
  ScopeTable& scopes_;
  const ReadScope read_;
  std::unordered_map<int64_t, bool> allowed_;
  bool expired_loaded_ = false;
  bool many_expired_ = false;            // then each row is asked for
  std::unordered_set<int64_t> expired_;  // that nobody has swept yet
};

// The names of a scope that are given, for documents.
void add_scope_names(const Scope& scope, Json* object);

}  // namespace memtier
