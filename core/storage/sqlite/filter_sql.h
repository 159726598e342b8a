// Filters and scopes compiled to SQL conditions on the table items (alias i). The condition is exact
// for every filter: what SQL's own comparisons do not cover goes through memtier_test(), which is the
// evaluation in RAM.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "model/filter.h"
#include "storage/sqlite/names.h"
#include "storage/sqlite/sql_text.h"
#include "storage/storage.h"

namespace memtier {

// Appends the condition; it is 0 or 1, never NULL. The filter outlives the statement's use.
void append_filter(const Filter& filter, const std::vector<std::string>& tiers, SqlText* sql);

// Where an index of the caller's own says whether an item passes a test: if it has one of these keys.
struct CustomProbe {
  int64_t number = 0;  // of the index
  std::vector<std::string> keys;
};
// On x.created_us and x.row.
void append_custom_probe(const CustomProbe& probe, SqlText* sql);

// What the entries of an index table, alias x, tell beside the row.
struct IndexColumns {
  bool created = false;
  bool type = false;
  bool importance = false;
  bool scope = false;
  bool tier = false;
  int64_t tag = 0;  // that all its entries have
  // Numbers of the types and tags that the filter names; 0: no item has it.
  std::unordered_map<std::string, int64_t> labels;
  std::vector<const Test*> given;  // tests of the filter that all its entries pass
  std::unordered_map<const Test*, CustomProbe> probes;
};

// The texts that a test compares a type or the tags with, if numbers can stand for them.
std::vector<std::string_view> labels_of(const Test& test);

// The same condition on x as far as x knows, else on i; true if it needs i.
bool append_filter(const Filter& filter, const std::vector<std::string>& tiers,
                   const IndexColumns& x, SqlText* sql);

// The scopes that a pattern allows, as the tables know them.
struct ScopeCondition {
  bool nothing = false;     // no item can match
  bool everything = false;  // all items match
  int64_t single = 0;       // exactly one scope, if not 0
  SqlText list;             // else: a SELECT of scope numbers
  std::string key;          // the pattern, as a text
};
Result<ScopeCondition> scope_condition(Connection& connection, const Scope& pattern);
// On x.scope, if x is true.
void append_scope(const ScopeCondition& condition, SqlText* sql, bool x = false);

// "not expired by now"
void append_alive(int64_t now_us, SqlText* sql);

}  // namespace memtier
