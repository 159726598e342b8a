// What the planner works with: sources, the tables that can lead a read, and the facts of a filter that
// make them possible. Inside of access_path.cpp and custom_paths.cpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/sqlite/access_path.h"
#include "storage/sqlite/index_definitions.h"

namespace memtier {

// A table with the condition that narrows it.
struct Planner::Source {
  Source(const char* of_table, std::string by_what, std::string estimate_key)
      : table(of_table), by(std::move(by_what)), key(std::move(estimate_key)) {}

  const char* table;
  std::string by;
  std::string key;       // of the estimate; empty: not kept
  SqlText from;          // where it is no table
  SqlText condition;     // on x
  bool ordered = true;   // by creation
  bool by_arms = false;  // only within each type, or of each of these:
  std::vector<SqlText> arms;
  bool distinct = false;           // a row may have several entries
  std::vector<const Test*> given;  // tests that all its entries pass
  Estimate entries;
  bool known = false;  // entries are
  int64_t tag = 0;
};

struct Planner::Facts {
  std::vector<const Test*> required;
  std::vector<std::pair<std::string_view, int64_t>> tags;   // that all must have
  std::vector<std::pair<std::string_view, int64_t>> types;  // one of which all must have
  bool has_types = false;
  const Test* tier = nullptr;
  const Test* id = nullptr;
  std::vector<IndexDefinition> indexes;  // that are ready; empty where no test is on metadata
};

}  // namespace memtier
