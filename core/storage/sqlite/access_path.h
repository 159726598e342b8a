// Access paths: which index table a read of items is driven by, and what is asked of it. Of those that
// the filter's necessary conditions allow, the one that is likely to look at the fewest entries and
// rows, by kept counts (estimates.h).
//
// A path is only a way to find candidates quickly: the whole condition is checked on each of them, so
// a path chosen badly costs time and never a wrong answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/filter.h"
#include "model/json.h"
#include "storage/sqlite/estimates.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/sql_text.h"

namespace memtier {

// What is read.
struct ReadNeeds {
  const Filter& filter;
  const ScopeCondition& scope;
  int64_t now_us = 0;
  int64_t expired = 0;  // items that are, or kFewExpired for more
  // Newest or oldest first, and this many; 0: all, in no order.
  int64_t ordered_limit = 0;
};

// A way that was considered.
struct Candidate {
  std::string table;
  std::string by;  // the conditions that it serves
  Estimate entries;
  double cost = 0;  // about, in index entries looked at
};

struct AccessPath {
  bool nothing = false;  // no item can match
  std::string table;     // the index table
  SqlText from;          // its entries, alias x: the table itself, or each row of it once
  IndexColumns columns;
  SqlText condition;         // everything, on x and on items i
  bool needs_items = false;  // i, beside x
  // Where entries come in order of creation only within each of some values: a condition for each,
  // that exclude each other.
  std::vector<SqlText> arms;
  bool ordered = false;  // entries come in the order of creation, without sorting
  size_t chosen = 0;
  std::vector<Candidate> considered;

  Json explain() const;
};

class Planner {
 public:
  Planner(Connection& connection, Estimates& estimates, int64_t sequence,
          const std::vector<std::string>& tiers)
      : connection_(connection), estimates_(estimates), sequence_(sequence), tiers_(tiers) {}

  static constexpr int64_t kFewExpired = 256;
  // How many items have expired, counted up to kFewExpired.
  static Result<int64_t> count_expired(Connection& connection, int64_t now_us);

  // The filter outlives the path.
  Result<AccessPath> plan(const ReadNeeds& needs);

 private:
  struct Source;
  struct Facts;  // access_source.h

  Status gather_facts(const Filter& filter, AccessPath* path, Facts* facts);
  Status choose(const ReadNeeds& needs, const Facts& facts, std::vector<Source>& sources,
                AccessPath* path);
  Status resolve_labels(const Filter& filter, IndexColumns* columns);
  Status collect_sources(const ReadNeeds& needs, const Facts& facts, std::vector<Source>* sources);
  Status add_labels(const Facts& facts, std::vector<Source>* sources);
  Status add_ranges(const Facts& facts, int64_t all, std::vector<Source>* sources);
  Status add_scope(const ScopeCondition& scope, std::vector<Source>* sources);
  Status estimate(Source* source);
  // custom_paths.cpp:
  Status find_indexes(const Filter& filter, Facts* facts);
  static void find_probes(const Filter& filter, const Facts& facts, IndexColumns* columns);
  static void add_custom(const Facts& facts, std::vector<Source>* sources);
  static void add_points(const struct IndexDefinition& index, const Test& test,
                         std::vector<Source>* sources);
  static void add_key_range(const struct IndexDefinition& index,
                            const std::vector<const Test*>& tests, std::vector<Source>* sources);
  static void add_row_sets(const Facts& facts, std::vector<Source>* sources);
  static IndexColumns columns_of(const Source& source);
  static SqlText distinct_entries(const Source& source);
  Status find_arms(const Facts& facts, const Source& source, std::vector<SqlText>* arms);
  static void append_alive_by_index(const ReadNeeds& needs, AccessPath* path);

  Connection& connection_;
  Estimates& estimates_;
  const int64_t sequence_;
  const std::vector<std::string>& tiers_;
};

}  // namespace memtier
