// Filters and scopes compiled to SQL conditions on the table items (alias i). The condition is exact
// for every filter: what SQL's own comparisons do not cover goes through memtier_test(), which is the
// evaluation in RAM.
#pragma once

#include <vector>

#include "model/filter.h"
#include "storage/sqlite/names.h"
#include "storage/sqlite/sql_text.h"
#include "storage/storage.h"

namespace memtier {

// Appends the condition; it is 0 or 1, never NULL. The filter outlives the statement's use.
void append_filter(const Filter& filter, const std::vector<std::string>& tiers, SqlText* sql);

// The scopes that a pattern allows, as the tables know them.
struct ScopeCondition {
  bool nothing = false;     // no item can match
  bool everything = false;  // all items match
  int64_t single = 0;       // exactly one scope, if not 0
  SqlText list;             // else: a SELECT of scope numbers
};
Result<ScopeCondition> scope_condition(Connection& connection, const Scope& pattern);
void append_scope(const ScopeCondition& condition, SqlText* sql);

// "not expired by now"
void append_alive(int64_t now_us, SqlText* sql);

}  // namespace memtier
