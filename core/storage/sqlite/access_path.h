// Access paths: which index table a read of items is driven by. A rule of thumb in order of how much a
// condition usually narrows; a later planner may weigh them by counting.
//
// A path is only a way to find candidates quickly: the whole condition is checked on each of them, so
// a path chosen badly costs time and never a wrong answer.
#pragma once

#include <string>

#include "model/filter.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/sql_text.h"

namespace memtier {

struct AccessPath {
  std::string name;  // of the index table, for explain
  // "ix_type x CROSS JOIN items i ON i.row = x.row", or "items i".
  std::string from;
  SqlText condition;        // on x; may be empty
  bool by_created = false;  // rows come in the order of x.created_us, x.row
};

// The path for a filter whose conditions all must hold.
AccessPath choose_path(const Filter& filter, const ScopeCondition& scope,
                       const std::vector<std::string>& tiers);

}  // namespace memtier
