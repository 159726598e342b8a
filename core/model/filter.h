// Filter: conditions as data. One parser and one semantics (memtier.h, "Filters and lists"), used in
// three places with identical results: on an item in RAM (filter_eval.h), on a batch, and compiled
// to SQL (storage/sqlite/filter_sql.h). The truth table is tests/conformance/filters.json.
//
// Only positive tests exist in the tree: $ne, $nin and $not are a kNot around one, so that a missing
// field, which makes every test false, makes them true.
//
// Immutable once parsed; shared freely between threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/field.h"
#include "model/json.h"

namespace memtier {

enum class Operator { kEq, kGt, kGte, kLt, kLte, kIn, kExists, kContains, kIcontains, kStartsWith };

// Rows of items for which a test holds, sorted; or, the opposite, all others.
struct RowSet {
  bool contains(int64_t row) const {
    return std::binary_search(rows.begin(), rows.end(), row) != opposite;
  }
  std::vector<int64_t> rows;
  bool opposite = false;
};

struct Test {
  Field field = Field::kId;
  std::vector<std::string> path;  // into the metadata; kIndex: the name
  Operator op = Operator::kEq;
  Json operand;        // kIn: a list. Times are numbers already. kAccessRate: the rate, and now
  std::string folded;  // kIcontains: the operand without case
  std::string place;   // kIndex: where it stands in the document
  // kIndex: what it holds for, once that was looked up.
  std::shared_ptr<const RowSet> rows;
};

// What a condition (of a policy, of an archive rule) may ask beside a filter's fields. It is bound to a
// moment and a ladder, and is a filter then: ages become times.
struct ConditionContext {
  int64_t now_us = 0;
  std::vector<std::string> archive_tiers;  // names
};

struct Filter {
  enum class Kind { kAnd, kOr, kNot, kTest };

  // "" and {} match everything.
  static Result<std::shared_ptr<const Filter>> parse(std::string_view text);
  static Result<std::shared_ptr<const Filter>> from_json(const Json& document);
  static Result<std::shared_ptr<const Filter>> from_condition(const Json& document,
                                                              const ConditionContext& context);

  bool matches_all() const { return kind == Kind::kAnd && children.empty(); }

  Kind kind = Kind::kAnd;
  std::vector<Filter> children;  // kAnd, kOr: any number; kNot: one
  Test test;                     // kTest
};

// Whether it asks for what a callback extracts ("index.<name>"), which only a store knows.
bool asks_index(const Filter& filter);
// kInvalid if it does.
Status check_needs_no_store(const Filter& filter);

using FilterRef = std::shared_ptr<const Filter>;
// What matches a filter of our own, given as a document, and one of the caller's.
Result<FilterRef> both(const Json& first, const FilterRef& second);

}  // namespace memtier
