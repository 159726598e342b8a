// Filter: conditions as data. One parser and one semantics (memtier.h, "Filters and lists"), used in
// three places with identical results: on an item in RAM (filter_eval.h), on a batch, and compiled
// to SQL (storage/sqlite/filter_sql.h). The truth table is tests/conformance/filters.json.
//
// Only positive tests exist in the tree: $ne, $nin and $not are a kNot around one, so that a missing
// field, which makes every test false, makes them true.
//
// Immutable once parsed; shared freely between threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/field.h"
#include "model/json.h"

namespace memtier {

enum class Operator { kEq, kGt, kGte, kLt, kLte, kIn, kExists, kContains, kIcontains, kStartsWith };

struct Test {
  Field field = Field::kId;
  std::vector<std::string> path;  // into the metadata
  Operator op = Operator::kEq;
  Json operand;        // kIn: a list. Times are numbers already
  std::string folded;  // kIcontains: the operand without case
};

struct Filter {
  enum class Kind { kAnd, kOr, kNot, kTest };

  // "" and {} match everything.
  static Result<std::shared_ptr<const Filter>> parse(std::string_view text);
  static Result<std::shared_ptr<const Filter>> from_json(const Json& document);

  bool matches_all() const { return kind == Kind::kAnd && children.empty(); }

  Kind kind = Kind::kAnd;
  std::vector<Filter> children;  // kAnd, kOr: any number; kNot: one
  Test test;                     // kTest
};

using FilterRef = std::shared_ptr<const Filter>;

}  // namespace memtier
