#include "storage/sqlite/filter_sql.h"

#include <algorithm>

#include "model/filter_eval.h"
#include "storage/sqlite/sql_functions.h"

namespace memtier {
namespace {

// The column that holds a field; nullptr where the field is not a column of items.
const char* column_of(Field field) {
  switch (field) {
    case Field::kId:
      return "i.id";
    case Field::kType:
      return "i.type";
    case Field::kContentType:
      return "i.content_type";
    case Field::kTags:
      return "i.tags";
    case Field::kMetadata:
      return "i.metadata";
    case Field::kImportance:
      return "i.importance";
    case Field::kPriority:
      return "i.priority";
    case Field::kPinned:
      return "i.pinned";
    case Field::kCreatedUs:
      return "i.created_us";
    case Field::kUpdatedUs:
      return "i.updated_us";
    case Field::kAccessedUs:
      return "i.accessed_us";
    case Field::kExpiresUs:
      return "i.expires_us";
    case Field::kTtlUs:
      return "i.ttl_us";
    case Field::kAccessCount:
      return "i.access_count";
    case Field::kValidationCount:
      return "i.validation_count";
    case Field::kVersion:
      return "i.version";
    case Field::kChangeSequence:
      return "i.sequence";
    case Field::kSizeBytes:
      return "i.size_bytes";
    default:
      return nullptr;
  }
}

const char* scope_column_of(Field field) {
  switch (field) {
    case Field::kCollection:
      return "collection";
    case Field::kApp:
      return "app";
    case Field::kUser:
      return "user";
    case Field::kAgent:
      return "agent";
    case Field::kSession:
      return "session";
    default:
      return nullptr;
  }
}

bool is_text_column(Field field) {
  return field == Field::kId || field == Field::kType || field == Field::kContentType;
}

// Columns that are numbers and never NULL, where SQL compares as memtier does.
bool is_plain_number(Field field) {
  switch (field) {
    case Field::kImportance:
    case Field::kPriority:
    case Field::kCreatedUs:
    case Field::kUpdatedUs:
    case Field::kAccessedUs:
    case Field::kAccessCount:
    case Field::kValidationCount:
    case Field::kVersion:
    case Field::kChangeSequence:
    case Field::kSizeBytes:
      return true;
    default:
      return false;
  }
}

const char* sql_operator(Operator op) {
  switch (op) {
    case Operator::kEq:
      return " = ";
    case Operator::kGt:
      return " > ";
    case Operator::kGte:
      return " >= ";
    case Operator::kLt:
      return " < ";
    case Operator::kLte:
      return " <= ";
    default:
      return nullptr;
  }
}

// A comparison in SQL's own terms, where that is exact; false where it is not.
bool append_native(const Test& test, const char* column, SqlText* sql) {
  const Json& operand = test.operand;
  if (is_text_column(test.field) && test.op == Operator::kEq && operand.is_string()) {
    // The empty text is "missing", and equals nothing.
    if (operand.get_ref<const std::string&>().empty()) return false;
    sql->add(column).add(" = ").value(operand.get_ref<const std::string&>());
    return true;
  }
  const char* op = sql_operator(test.op);
  if (!is_plain_number(test.field) || op == nullptr || !operand.is_number()) return false;
  if (operand.is_number_float()) {
    sql->add(column).add(op).value(operand.get<double>());
    return true;
  }
  const bool fits = !operand.is_number_unsigned() || operand.get<uint64_t>() <= INT64_MAX;
  if (!fits) return false;
  sql->add(column).add(op).value(operand.get<int64_t>());
  return true;
}

void append_tier_test(const Test& test, const std::vector<std::string>& tiers, SqlText* sql) {
  sql->add("i.tier IN (");
  bool first = true;
  for (size_t tier = 0; tier < tiers.size(); ++tier) {
    if (!test_text(test, tiers[tier])) continue;
    if (!first) sql->add(", ");
    first = false;
    sql->value(static_cast<int64_t>(tier));
  }
  sql->add(")");
}

void append_test(const Test& test, const std::vector<std::string>& tiers, SqlText* sql) {
  if (test.field == Field::kTier) return append_tier_test(test, tiers, sql);
  if (test.field == Field::kContent) {
    sql->add("memtier_test_content(").pointer(&test, kTestPointer);
    sql->add(", i.encoding, i.content)");
    return;
  }
  if (const char* name = scope_column_of(test.field); name != nullptr) {
    sql->add("i.scope IN (SELECT scope FROM scopes WHERE memtier_test(");
    sql->pointer(&test, kTestPointer).add(", ").add(name).add("))");
    return;
  }
  const char* column = column_of(test.field);
  if (append_native(test, column, sql)) return;
  sql->add("memtier_test(").pointer(&test, kTestPointer).add(", ").add(column).add(")");
}

}  // namespace

namespace {

// SQLite's parser and expressions have limits of their own; larger filters are evaluated in RAM.
constexpr size_t kMaxSqlDepth = 10;
constexpr size_t kMaxSqlTests = 100;

size_t depth_of(const Filter& filter, size_t* tests) {
  if (filter.kind == Filter::Kind::kTest) ++*tests;
  size_t deepest = 0;
  for (const Filter& child : filter.children) deepest = std::max(deepest, depth_of(child, tests));
  return deepest + 1;
}

void append_conditions(const Filter& filter, const std::vector<std::string>& tiers, SqlText* sql) {
  switch (filter.kind) {
    case Filter::Kind::kTest:
      append_test(filter.test, tiers, sql);
      return;
    case Filter::Kind::kNot:
      sql->add("NOT (");
      append_conditions(filter.children[0], tiers, sql);
      sql->add(")");
      return;
    case Filter::Kind::kAnd:
    case Filter::Kind::kOr:
      break;
  }
  const bool conjunction = filter.kind == Filter::Kind::kAnd;
  if (filter.children.empty()) {
    sql->add(conjunction ? "1" : "0");
    return;
  }
  sql->add("(");
  for (size_t i = 0; i < filter.children.size(); ++i) {
    if (i > 0) sql->add(conjunction ? " AND " : " OR ");
    append_conditions(filter.children[i], tiers, sql);
  }
  sql->add(")");
}

// Whether the pattern names nothing but a collection, and there is no other one.
Result<bool> is_only_collection(Connection& connection, const Scope& pattern) {
  for (size_t i = Scope::kApp; i < Scope::kNames; ++i) {
    if (pattern.constrains(i)) return false;
  }
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT (SELECT min(collection) FROM scopes), "
                                      "(SELECT max(collection) FROM scopes)"));
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  const std::string_view name = pattern.name(Scope::kCollection);
  return found && use->bytes(0) == name && use->bytes(1) == name;
}

}  // namespace

void append_filter(const Filter& filter, const std::vector<std::string>& tiers, SqlText* sql) {
  size_t tests = 0;
  if (depth_of(filter, &tests) <= kMaxSqlDepth && tests <= kMaxSqlTests) {
    return append_conditions(filter, tiers, sql);
  }
  sql->add("memtier_matches(").pointer(&filter, kFilterPointer).add(", ");
  sql->pointer(&tiers, kTiersPointer).add(", ").add(kMatchesColumns).add(")");
}

Result<ScopeCondition> scope_condition(Connection& connection, const Scope& pattern) {
  static constexpr const char* kColumns[] = {"collection", "app", "user", "agent", "session"};
  ScopeCondition condition;
  SqlText& list = condition.list;
  list.add("SELECT scope FROM scopes WHERE 1");
  condition.everything = true;
  for (size_t i = 0; i < Scope::kNames; ++i) {
    if (!pattern.constrains(i)) continue;
    condition.everything = false;
    list.add(" AND ").add(kColumns[i]).add(" = ").value(pattern.name(i));
  }
  if (condition.everything) return condition;
  ASSIGN_OR_RETURN(condition.everything, is_only_collection(connection, pattern));
  if (condition.everything) return condition;
  // One scope, or none, is the common case, and an equality is what indexes like best.
  ASSIGN_OR_RETURN(Statement select, connection.prepare(list.sql() + " LIMIT 2"));
  StatementUse use(select);
  list.bind_to(select);
  ASSIGN_OR_RETURN(bool more, select.step());
  if (!more) {
    condition.nothing = true;
    return condition;
  }
  const int64_t first = select.integer(0);
  ASSIGN_OR_RETURN(more, select.step());
  if (!more) condition.single = first;
  return condition;
}

void append_scope(const ScopeCondition& condition, SqlText* sql) {
  if (condition.nothing) {
    sql->add("0");
  } else if (condition.everything) {
    sql->add("1");
  } else if (condition.single != 0) {
    sql->add("i.scope = ").value(condition.single);
  } else {
    sql->add("i.scope IN (").append(condition.list).add(")");
  }
}

void append_alive(int64_t now_us, SqlText* sql) {
  sql->add("(i.expires_us IS NULL OR i.pinned OR i.expires_us > ").value(now_us).add(")");
}

}  // namespace memtier
