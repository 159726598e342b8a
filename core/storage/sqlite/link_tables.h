// The tables of associations: links by source and by target, concepts, and the log of what changed, by
// which a process notices that what it keeps of them in RAM is out of date.
//
// A node is a number: an item's row, or, below 0, a concept. A link bears the scopes of both its ends,
// which never change, so that a walk need not look at the items on its way.
//
// Thread safety: as the connection's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/sqlite/connection.h"

namespace memtier {

struct LinkRow {
  int64_t source = 0;
  int64_t target = 0;
  int64_t kind = 0;  // a label
  double weight = 0;
  int64_t created_us = 0;
  int64_t updated_us = 0;
  int64_t source_scope = 0;
  int64_t target_scope = 0;
};

struct ConceptRow {
  int64_t node = 0;  // below 0
  int64_t scope = 0;
  std::string name;
  std::string description;
  int64_t created_us = 0;
};

// Where a walk through the table of links goes on.
struct LinkPlace {
  int64_t source = INT64_MIN;
  int64_t kind = 0;
  int64_t target = 0;
};

// Changes of links in one transaction. finish() writes the log.
class LinkWriter {
 public:
  explicit LinkWriter(Connection& connection) : connection_(connection) {}

  // Makes the link, or replaces it; the time when it was made stays.
  Status put(const LinkRow& link);
  Status erase(const LinkRow& link);
  // All links of a node, in both directions.
  Status erase_node(int64_t node);
  Status finish();

 private:
  void note(int64_t source, int64_t target);

  Connection& connection_;
  std::vector<std::pair<int64_t, int64_t>> changed_;
  bool many_ = false;  // too many to be told one by one
};

Result<bool> has_links(Connection& connection);
Result<std::optional<LinkRow>> find_link(Connection& connection, int64_t source, int64_t kind,
                                         int64_t target);
// Links that leave a node, or that come to it, in the order of kind and other end. False from visit
// ends it.
using VisitLink = std::function<bool(const LinkRow&)>;
Status visit_links(Connection& connection, int64_t node, bool outgoing, const VisitLink& visit);
// All links behind a place, in the order of source, kind and target.
Status visit_all_links(Connection& connection, const LinkPlace& after, const VisitLink& visit);

// The number of the newest change of links.
Result<int64_t> last_link_change(Connection& connection);
// Calls visit for the ends of what changed after this; false: that is not known any more.
Result<bool> visit_link_changes(Connection& connection, int64_t after,
                                const std::function<void(int64_t, int64_t)>& visit);

// The number of a label; nullopt: nothing bears it. The second makes one, in a transaction.
Result<std::optional<int64_t>> find_label(Connection& connection, std::string_view text);
Result<int64_t> find_or_add_label(Connection& connection, std::string_view text);
Result<std::string> label_text(Connection& connection, int64_t label);

// Concepts of this name, in whatever scope.
Result<std::vector<ConceptRow>> concepts_by_name(Connection& connection, std::string_view name);
Result<std::optional<ConceptRow>> concept_by_node(Connection& connection, int64_t node);
Result<int64_t> add_concept(Connection& connection, const ConceptRow& row);
// Its description and when it was made.
Status replace_concept(Connection& connection, const ConceptRow& row);
Status erase_concept(Connection& connection, int64_t node);
// In the order of their names and scopes, behind (name, scope). False from visit ends it.
Status visit_concepts(Connection& connection, std::string_view after_name, int64_t after_scope,
                      const std::function<bool(const ConceptRow&)>& visit);
Result<int64_t> count_links_of(Connection& connection, int64_t node);

}  // namespace memtier
