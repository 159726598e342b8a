#include "storage/sqlite/access_path.h"

#include "model/filter_eval.h"
#include "model/item.h"

namespace memtier {
namespace {

// The tests that must all hold for the filter to hold.
void collect_required(const Filter& filter, std::vector<const Test*>* tests) {
  if (filter.kind == Filter::Kind::kTest) tests->push_back(&filter.test);
  if (filter.kind != Filter::Kind::kAnd) return;
  for (const Filter& child : filter.children) collect_required(child, tests);
}

const Test* find_test(const std::vector<const Test*>& tests, Field field, Operator op) {
  for (const Test* test : tests) {
    if (test->field == field && test->op == op) return test;
  }
  return nullptr;
}

AccessPath joined(const char* table, bool by_created) {
  AccessPath path;
  path.name = table;
  path.from = std::string(table) + " x CROSS JOIN items i ON i.row = x.row";
  path.by_created = by_created;
  return path;
}

AccessPath label_path(const char* table, const char* column, std::string_view label) {
  AccessPath path = joined(table, true);
  path.condition.add("x.").add(column).add(" = (SELECT label FROM labels WHERE text = ");
  path.condition.value(label).add(")");
  return path;
}

bool is_text(const Test* test) {
  return test != nullptr && test->operand.is_string();
}

// Bounds on a number column that an index table is sorted by.
bool append_range(const std::vector<const Test*>& tests, Field field, const char* column,
                  SqlText* sql) {
  bool any = false;
  for (const Test* test : tests) {
    const char* op = nullptr;
    if (test->field != field || !test->operand.is_number()) continue;
    if (test->op == Operator::kGt) op = " > ";
    if (test->op == Operator::kGte) op = " >= ";
    if (test->op == Operator::kLt) op = " < ";
    if (test->op == Operator::kLte) op = " <= ";
    if (test->op == Operator::kEq) op = " = ";
    const bool fits = !test->operand.is_number_unsigned() ||
                      test->operand.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX);
    if (op == nullptr || !fits) continue;
    if (any) sql->add(" AND ");
    any = true;
    sql->add("x.").add(column).add(op);
    if (test->operand.is_number_float()) {
      sql->value(test->operand.get<double>());
    } else {
      sql->value(test->operand.get<int64_t>());
    }
  }
  return any;
}

}  // namespace

AccessPath choose_path(const Filter& filter, const ScopeCondition& scope,
                       const std::vector<std::string>& tiers) {
  std::vector<const Test*> tests;
  collect_required(filter, &tests);
  if (const Test* id = find_test(tests, Field::kId, Operator::kEq); is_text(id)) {
    AccessPath path = joined("ix_id", false);
    path.condition.add("x.id_hash = ").value(id_hash(id->operand.get_ref<const std::string&>()));
    return path;
  }
  const Test* tag = find_test(tests, Field::kTags, Operator::kEq);
  if (!is_text(tag)) tag = find_test(tests, Field::kTags, Operator::kContains);
  if (is_text(tag)) return label_path("ix_tag", "tag", tag->operand.get_ref<const std::string&>());
  if (scope.single != 0) {
    AccessPath path = joined("ix_scope", true);
    path.condition.add("x.scope = ").value(scope.single);
    return path;
  }
  const Test* type = find_test(tests, Field::kType, Operator::kEq);
  if (is_text(type)) {
    return label_path("ix_type", "type", type->operand.get_ref<const std::string&>());
  }
  if (!scope.everything && !scope.nothing) {
    // Scopes narrow more than ranges do; SQLite goes through them one by one.
    AccessPath path = joined("ix_scope", false);
    path.condition.add("x.scope IN (").append(scope.list).add(")");
    return path;
  }
  struct Range {
    Field field;
    const char* table;
    const char* column;
  };
  constexpr Range kRanges[] = {{Field::kExpiresUs, "ix_expires", "expires_us"},
                               {Field::kImportance, "ix_importance", "importance"},
                               {Field::kAccessedUs, "ix_accessed", "accessed_us"},
                               {Field::kCreatedUs, "ix_created", "created_us"}};
  for (const Range& range : kRanges) {
    AccessPath path = joined(range.table, range.field == Field::kCreatedUs);
    if (append_range(tests, range.field, range.column, &path.condition)) return path;
  }
  if (const Test* tier = find_test(tests, Field::kTier, Operator::kEq); tier != nullptr) {
    for (size_t i = 0; i < tiers.size(); ++i) {
      if (!test_text(*tier, tiers[i])) continue;
      AccessPath path = joined("ix_tier", true);
      path.condition.add("x.tier = ").value(static_cast<int64_t>(i));
      return path;
    }
  }
  return joined("ix_created", true);
}

}  // namespace memtier
