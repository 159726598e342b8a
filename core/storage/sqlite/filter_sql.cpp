#include "storage/sqlite/filter_sql.h"

#include <algorithm>

#include "model/filter_eval.h"
#include "storage/sqlite/sql_functions.h"
#include "storage/sqlite/stored_item.h"

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
      return kMetadataSql;
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

constexpr size_t kMaxLabels = 100;

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

// Compiles conditions; notes whether they look at i, and at what may lie in a block.
struct Compiler {
  const std::vector<std::string>& tiers;
  const IndexColumns* x = nullptr;  // null: all is asked of i
  bool needs_items = false;
  bool reads_metadata = false;
  bool reads_content = false;

  void filter(const Filter& filter, SqlText* sql);
  void test(const Test& test, SqlText* sql);
  void tier_test(const Test& test, SqlText* sql);
  bool label_test(const Test& test, SqlText* sql);
  bool index_test(const Test& test, SqlText* sql);
  const char* column(Field field);
  int64_t label(std::string_view text) const {
    const auto found = x->labels.find(std::string(text));
    return found == x->labels.end() ? 0 : found->second;
  }
};

void Compiler::tier_test(const Test& test, SqlText* sql) {
  std::vector<int64_t> matching;
  for (size_t tier = 0; tier < tiers.size(); ++tier) {
    if (test_text(test, tiers[tier])) matching.push_back(static_cast<int64_t>(tier));
  }
  const auto list = [&] {
    for (size_t i = 0; i < matching.size(); ++i) {
      if (i > 0) sql->add(", ");
      sql->value(matching[i]);
    }
    sql->add(")");
  };
  if (x != nullptr && x->tier) {
    sql->add("x.tier IN (");
    list();
  } else if (x != nullptr && x->created) {
    // A narrow table, in place of the item's row.
    sql->add("EXISTS(SELECT 1 FROM ix_tier t WHERE t.tier IN (");
    list();
    sql->add(" AND t.created_us = x.created_us AND t.row = x.row)");
  } else {
    needs_items = true;
    sql->add("i.tier IN (");
    list();
  }
}

// By the numbers of types and tags; false where that does not answer.
bool Compiler::label_test(const Test& test, SqlText* sql) {
  if (x == nullptr || !x->type) return false;
  if (test.field == Field::kType && test.op == Operator::kExists) {
    sql->add(test.operand.get<bool>() ? "x.type <> 0" : "x.type = 0");
    return true;
  }
  const std::vector<std::string_view> texts = labels_of(test);
  if (texts.empty() || (test.field == Field::kTags && !x->created)) return false;
  std::vector<int64_t> numbers;
  for (const std::string_view text : texts) {
    if (const int64_t number = label(text); number != 0) numbers.push_back(number);
  }
  const bool is_given = test.field == Field::kTags && x->tag != 0 &&
                        std::find(numbers.begin(), numbers.end(), x->tag) != numbers.end();
  if (numbers.empty() || is_given) {
    sql->add(is_given ? "1" : "0");
    return true;
  }
  if (test.field == Field::kTags) sql->add("EXISTS(SELECT 1 FROM ix_tag t WHERE t.tag");
  if (test.field == Field::kType) sql->add("x.type");
  sql->add(numbers.size() == 1 ? " = " : " IN (");
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) sql->add(", ");
    sql->value(numbers[i]);
  }
  if (numbers.size() > 1) sql->add(")");
  if (test.field == Field::kTags) {
    sql->add(" AND t.type = x.type AND t.created_us = x.created_us AND t.row = x.row)");
  }
  return true;
}

// By what the caller's own indexes say; false where they do not answer.
bool Compiler::index_test(const Test& test, SqlText* sql) {
  if (x == nullptr) return false;
  if (std::find(x->given.begin(), x->given.end(), &test) != x->given.end()) {
    sql->add("1");
    return true;
  }
  const auto probe = x->probes.find(&test);
  if (!x->created || probe == x->probes.end()) return false;
  append_custom_probe(probe->second, sql);
  return true;
}

const char* Compiler::column(Field field) {
  if (x != nullptr && field == Field::kImportance && x->importance) return "x.importance";
  if (x != nullptr && field == Field::kCreatedUs && x->created) return "x.created_us";
  needs_items = true;
  return column_of(field);
}

void Compiler::test(const Test& test, SqlText* sql) {
  if (test.field == Field::kTier) return tier_test(test, sql);
  if (test.field == Field::kAccessRate) {
    needs_items = true;
    sql->add("(CAST(i.access_count AS REAL) / max((").value(test.operand[1].get<int64_t>());
    sql->add(" - i.created_us) / 86400000000.0, 1.0)").add(")").add(sql_operator(test.op));
    sql->value(test.operand[0].get<double>());
    return;
  }
  if (test.field == Field::kContent) {
    needs_items = reads_content = true;
    sql->add("memtier_test_content(").pointer(&test, kTestPointer);
    sql->add(", i.encoding, i.content)");
    return;
  }
  if (const char* name = scope_column_of(test.field); name != nullptr) {
    const bool covered = x != nullptr && x->scope;
    needs_items = needs_items || !covered;
    sql->add(covered ? "x" : "i").add(".scope IN (SELECT scope FROM scopes WHERE memtier_test(");
    sql->pointer(&test, kTestPointer).add(", ").add(name).add("))");
    return;
  }
  if (test.field == Field::kIndex) {
    if (x == nullptr) needs_items = true;
    if (index_test(test, sql)) return;
    sql->add("memtier_test(").pointer(&test, kTestPointer);
    sql->add(x == nullptr ? ", i.row)" : ", x.row)");
    return;
  }
  if (label_test(test, sql) || index_test(test, sql)) return;
  const char* name = column(test.field);
  reads_metadata = reads_metadata || test.field == Field::kMetadata;
  if (append_native(test, name, sql)) return;
  sql->add("memtier_test(").pointer(&test, kTestPointer).add(", ").add(name).add(")");
}

// SQLite's parser and expressions have limits of their own; larger filters are evaluated in RAM.
constexpr size_t kMaxSqlDepth = 10;
constexpr size_t kMaxSqlTests = 100;

size_t depth_of(const Filter& filter, size_t* tests) {
  if (filter.kind == Filter::Kind::kTest) ++*tests;
  size_t deepest = 0;
  for (const Filter& child : filter.children) deepest = std::max(deepest, depth_of(child, tests));
  return deepest + 1;
}

void Compiler::filter(const Filter& filter, SqlText* sql) {
  switch (filter.kind) {
    case Filter::Kind::kTest:
      test(filter.test, sql);
      return;
    case Filter::Kind::kNot:
      sql->add("NOT (");
      this->filter(filter.children[0], sql);
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
    this->filter(filter.children[i], sql);
  }
  sql->add(")");
}

bool append_compiled(const Filter& filter, const std::vector<std::string>& tiers,
                     const IndexColumns* x, SqlText* sql) {
  size_t tests = 0;
  if (depth_of(filter, &tests) <= kMaxSqlDepth && tests <= kMaxSqlTests) {
    Compiler compiler{tiers, x};
    SqlText conditions;
    compiler.filter(filter, &conditions);
    if (!compiler.reads_metadata && !compiler.reads_content) {
      sql->append(conditions);
      return compiler.needs_items;
    }
    // What cannot be read is not missing: it matches nothing, also where that is asked for.
    sql->add("((").append(conditions).add(") AND (i.encoding ");
    sql->add(compiler.reads_content ? "= " + std::to_string(kEncodingPlain)
                                    : "<> " + std::to_string(kEncodingBlockAll));
    sql->add(" OR memtier_is_readable(i.encoding, i.content)))");
    return true;
  }
  sql->add("memtier_matches(").pointer(&filter, kFilterPointer).add(", ");
  sql->pointer(&tiers, kTiersPointer).add(", ").add(kMatchesColumns).add(")");
  return true;
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
  (void)append_compiled(filter, tiers, nullptr, sql);
}

bool append_filter(const Filter& filter, const std::vector<std::string>& tiers,
                   const IndexColumns& x, SqlText* sql) {
  return append_compiled(filter, tiers, &x, sql);
}

std::vector<std::string_view> labels_of(const Test& test) {
  std::vector<std::string_view> texts;
  const bool is_tags = test.field == Field::kTags;
  if (!is_tags && test.field != Field::kType) return texts;
  const Json& operand = test.operand;
  // The empty text is "missing", and equals nothing; a list is equal to all tags together.
  const auto is_label = [](const Json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty();
  };
  if (test.op == Operator::kEq || (is_tags && test.op == Operator::kContains)) {
    if (is_label(operand)) texts.emplace_back(operand.get_ref<const std::string&>());
  } else if (test.op == Operator::kIn && operand.size() <= kMaxLabels) {
    for (const Json& value : operand) {
      if (!is_label(value)) return {};
      texts.emplace_back(value.get_ref<const std::string&>());
    }
  }
  return texts;
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
    condition.key += std::to_string(i) + '=' + std::string(pattern.name(i)) + '\0';
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

void append_scope(const ScopeCondition& condition, SqlText* sql, bool x) {
  if (condition.nothing) {
    sql->add("0");
  } else if (condition.everything) {
    sql->add("1");
  } else if (condition.single != 0) {
    sql->add(x ? "x" : "i").add(".scope = ").value(condition.single);
  } else {
    sql->add(x ? "x" : "i").add(".scope IN (").append(condition.list).add(")");
  }
}

void append_alive(int64_t now_us, SqlText* sql) {
  sql->add("(i.expires_us IS NULL OR i.pinned OR i.expires_us > ").value(now_us).add(")");
}

}  // namespace memtier
