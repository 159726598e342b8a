#include "storage/sqlite/access_path.h"

#include <algorithm>
#include <cmath>

#include "model/filter_eval.h"
#include "model/item.h"
#include "storage/sqlite/access_source.h"
#include "storage/sqlite/sql_functions.h"

namespace memtier {
namespace {

constexpr double kRowCost = 20;   // of an item's row, in index entries
constexpr double kProbeCost = 8;  // of looking something up in another index table
constexpr size_t kMaxArms = 16;
constexpr int64_t kFewEntries = 64;  // sorting so many costs less than asking for arms
constexpr double kImportanceSteps = 64;

using CustomProbes = std::unordered_map<const Test*, CustomProbe>;

// The tests that must all hold for the filter to hold.
void collect_required(const Filter& filter, std::vector<const Test*>* tests) {
  if (filter.kind == Filter::Kind::kTest) tests->push_back(&filter.test);
  if (filter.kind != Filter::Kind::kAnd) return;
  for (const Filter& child : filter.children) collect_required(child, tests);
}

// Bounds on a number column of x.
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

bool is_given(const Test& test, const IndexColumns& x) {
  return std::find(x.given.begin(), x.given.end(), &test) != x.given.end();
}

// Whether an item's row must be read for what entries with these columns do not tell.
bool test_needs_row(const Filter& filter, const IndexColumns& x, const CustomProbes& probes) {
  for (const Filter& child : filter.children) {
    if (test_needs_row(child, x, probes)) return true;
  }
  if (filter.kind != Filter::Kind::kTest) return false;
  const Test& test = filter.test;
  switch (test.field) {
    case Field::kImportance:
    case Field::kCreatedUs:
    case Field::kTier:
    case Field::kCollection:
    case Field::kApp:
    case Field::kUser:
    case Field::kAgent:
    case Field::kSession:
      return false;
    case Field::kType:
      return test.op != Operator::kExists && labels_of(test).empty();
    case Field::kIndex:
      return false;
    case Field::kMetadata:
      return !is_given(test, x) && (!x.created || probes.count(&test) == 0);
    default:
      return labels_of(test).empty();
  }
}

size_t probes_left(const IndexColumns& x, const CustomProbes& probes) {
  return static_cast<size_t>(std::count_if(probes.begin(), probes.end(), [&x](const auto& probe) {
    return x.created && !is_given(*probe.first, x);
  }));
}

IndexColumns entry_columns(std::string_view table) {
  IndexColumns columns;
  const bool rich =
      table != "ix_id" && table != "ix_accessed" && table != "ix_expires" && table != "rows";
  columns.created = columns.type = columns.importance = rich;
  columns.scope = rich || table == "ix_id";
  columns.tier = table == "ix_tier";
  return columns;
}

}  // namespace

Json AccessPath::explain() const {
  if (nothing) {
    return {{"path", "none"}, {"why", "no item has a scope, type or tag that is asked for"}};
  }
  const auto describe = [](const Candidate& candidate) {
    Json json = {{"path", candidate.table},
                 {"by", candidate.by},
                 {"entries", candidate.entries.entries},
                 {"cost", std::llround(candidate.cost)}};
    if (candidate.entries.at_least) json["entries_at_least"] = true;
    return json;
  };
  Json others = Json::array();
  for (size_t i = 0; i < considered.size(); ++i) {
    if (i != chosen) others.push_back(describe(considered[i]));
  }
  Json json = describe(considered[chosen]);
  json["why"] = others.empty() ? "there is no other way" : "the least cost of those considered";
  json["decided_on"] = needs_items ? "rows" : "index entries";
  json["considered"] = std::move(others);
  if (!arms.empty()) json["merged"] = arms.size();
  return json;
}

Status Planner::resolve_labels(const Filter& filter, IndexColumns* columns) {
  for (const Filter& child : filter.children) RETURN_IF_ERROR(resolve_labels(child, columns));
  if (filter.kind != Filter::Kind::kTest) return {};
  for (const std::string_view text : labels_of(filter.test)) {
    ASSIGN_OR_RETURN(const int64_t number, estimates_.label(connection_, text));
    columns->labels.emplace(text, number);
  }
  return {};
}

Status Planner::estimate(Source* source) {
  if (source->known) return {};
  SqlText from;
  from.add(source->table).add(" x WHERE ").append(source->condition);
  ASSIGN_OR_RETURN(source->entries, estimates_.count(connection_, sequence_, source->key, from));
  source->known = true;
  return {};
}

Status Planner::add_labels(const Facts& facts, std::vector<Source>* sources) {
  const bool one_type = facts.types.size() == 1;
  for (const auto& [text, tag] : facts.tags) {
    Source source("ix_tag", "tag", "tag:" + std::to_string(tag));
    source.condition.add("x.tag = ").value(tag);
    source.tag = tag;
    if (one_type) {
      source.by = "tag, type";
      source.key += ':' + std::to_string(facts.types[0].second);
      source.condition.add(" AND x.type = ").value(facts.types[0].second);
    }
    source.by_arms = !one_type;
    sources->push_back(std::move(source));
  }
  if (!facts.has_types || (one_type && !facts.tags.empty())) return {};
  Source source("ix_type", "type", "type");
  source.condition.add("x.type IN (");
  for (size_t i = 0; i < facts.types.size(); ++i) {
    if (i > 0) source.condition.add(", ");
    source.condition.value(facts.types[i].second);
    source.key += ':' + std::to_string(facts.types[i].second);
  }
  source.condition.add(")");
  source.by_arms = !one_type;
  sources->push_back(std::move(source));
  return {};
}

Status Planner::add_scope(const ScopeCondition& scope, std::vector<Source>* sources) {
  if (scope.everything) return {};
  Source source("ix_scope", "scope", "");
  if (scope.single != 0) {
    source.condition.add("x.scope = ").value(scope.single);
    source.key = "scope:" + std::to_string(scope.single);
  } else {
    source.condition.add("x.scope IN (").append(scope.list).add(")");
    source.key = scope.key;
    source.ordered = false;
  }
  sources->push_back(std::move(source));
  return {};
}

// Conditions that are ranges differ from call to call: they are counted roughly, by steps.
Status Planner::add_ranges(const Facts& facts, int64_t all, std::vector<Source>* sources) {
  Source importance("ix_importance", "importance", "");
  importance.ordered = false;
  if (append_range(facts.required, Field::kImportance, "importance", &importance.condition)) {
    double low = 0;
    double high = 1;
    for (const Test* test : facts.required) {
      if (test->field != Field::kImportance || !test->operand.is_number()) continue;
      const auto value = std::clamp(test->operand.get<double>(), 0.0, 1.0);
      const bool from = test->op == Operator::kGt || test->op == Operator::kGte;
      const bool to = test->op == Operator::kLt || test->op == Operator::kLte;
      if (from || test->op == Operator::kEq) low = std::max(low, value);
      if (to || test->op == Operator::kEq) high = std::min(high, value);
    }
    low = std::floor(low * kImportanceSteps) / kImportanceSteps;
    high = std::ceil(high * kImportanceSteps) / kImportanceSteps;
    SqlText exact = std::move(importance.condition);
    importance.condition = SqlText();
    importance.condition.add("x.importance >= ").value(low).add(" AND x.importance <= ");
    importance.condition.value(high);
    importance.key = "importance:" + std::to_string(low) + ':' + std::to_string(high);
    RETURN_IF_ERROR(estimate(&importance));
    importance.condition = std::move(exact);
    sources->push_back(std::move(importance));
  }
  struct Range {
    Field field;
    const char* table;
    const char* column;
  };
  constexpr Range kRanges[] = {{Field::kExpiresUs, "ix_expires", "expires_us"},
                               {Field::kAccessedUs, "ix_accessed", "accessed_us"}};
  for (const Range& range : kRanges) {
    Source source(range.table, range.column, "");
    source.ordered = false;
    if (!append_range(facts.required, range.field, range.column, &source.condition)) continue;
    SqlText from;
    from.add(range.table).add(" x WHERE ").append(source.condition);
    ASSIGN_OR_RETURN(source.entries, estimates_.count_few(connection_, from));
    if (source.entries.at_least) source.entries.entries = std::max(all / 2, int64_t{1});
    source.known = true;
    sources->push_back(std::move(source));
  }
  return {};
}

Status Planner::collect_sources(const ReadNeeds& needs, const Facts& facts,
                                std::vector<Source>* sources) {
  ASSIGN_OR_RETURN(const int64_t all, estimates_.all_items(connection_, sequence_));
  RETURN_IF_ERROR(add_labels(facts, sources));
  RETURN_IF_ERROR(add_scope(needs.scope, sources));
  RETURN_IF_ERROR(add_ranges(facts, all, sources));
  add_custom(facts, sources);
  add_row_sets(facts, sources);
  if (facts.tier != nullptr) {
    std::vector<int64_t> matching;
    for (size_t i = 0; i < tiers_.size(); ++i) {
      if (test_text(*facts.tier, tiers_[i])) matching.push_back(static_cast<int64_t>(i));
    }
    if (matching.size() == 1) {
      Source source("ix_tier", "tier", "tier:" + std::to_string(matching[0]));
      source.condition.add("x.tier = ").value(matching[0]);
      sources->push_back(std::move(source));
    }
  }
  Source everything("ix_created", "", "");
  everything.condition.add("1");
  everything.entries = {all, false};
  everything.known = true;
  SqlText created;
  if (append_range(facts.required, Field::kCreatedUs, "created_us", &created)) {
    everything.by = "created_us";
    SqlText from;
    from.add("ix_created x WHERE ").append(created);
    ASSIGN_OR_RETURN(everything.entries, estimates_.count_few(connection_, from));
    if (everything.entries.at_least) everything.entries.entries = std::max(all / 2, int64_t{1});
    everything.condition = std::move(created);
  }
  sources->push_back(std::move(everything));
  return {};
}

// The types that entries of the source have; none if they are too many.
Status Planner::find_arms(const Facts& facts, const Source& source, std::vector<SqlText>* arms) {
  if (!source.arms.empty()) {
    *arms = source.arms;
    return {};
  }
  const auto add = [&](int64_t type) { arms->emplace_back().add(" AND x.type = ").value(type); };
  if (facts.has_types) {
    if (facts.types.size() > kMaxArms) return {};
    for (const auto& [text, type] : facts.types) add(type);
    return {};
  }
  SqlText sql;
  sql.add("SELECT x.type FROM ").add(source.table).add(" x WHERE ").append(source.condition);
  sql.add(" AND x.type > ").value(int64_t{-1}).add(" ORDER BY x.type LIMIT 1");
  ASSIGN_OR_RETURN(Statement select, connection_.prepare(sql.sql()));
  int64_t last = -1;
  while (true) {
    StatementUse use(select);
    sql.bind_to(select);
    select.bind(2, last);
    ASSIGN_OR_RETURN(const bool found, select.step());
    if (!found) return {};
    last = select.integer(0);
    if (arms->size() >= kMaxArms) {
      arms->clear();
      return {};
    }
    add(last);
  }
}

Result<int64_t> Planner::count_expired(Connection& connection, int64_t now_us) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT count(*) FROM (SELECT 1 FROM ix_expires WHERE "
                                      "expires_us <= ?1 LIMIT ?2)"));
  StatementUse use(select.bind(1, now_us).bind(2, kFewExpired));
  RETURN_IF_ERROR(select.step().take_status());
  return select.integer(0);
}

// "not expired": mostly nothing is, or only a few that nobody has cleared away yet.
void Planner::append_alive_by_index(const ReadNeeds& needs, AccessPath* path) {
  if (needs.expired == 0) return;
  path->condition.add(" AND ");
  if (needs.expired < kFewExpired) {
    path->condition.add("x.row NOT IN (SELECT row FROM ix_expires WHERE expires_us <= ");
    path->condition.value(needs.now_us).add(" AND NOT pinned)");
    return;
  }
  append_alive(needs.now_us, &path->condition);
  path->needs_items = true;
}

Status Planner::gather_facts(const Filter& filter, AccessPath* path, Facts* facts) {
  RETURN_IF_ERROR(resolve_labels(filter, &path->columns));
  collect_required(filter, &facts->required);
  RETURN_IF_ERROR(find_indexes(filter, facts));
  find_probes(filter, *facts, &path->columns);
  for (const Test* test : facts->required) {
    if (test->field == Field::kId && test->op == Operator::kEq && test->operand.is_string()) {
      facts->id = test;
    }
    if (test->field == Field::kTier) facts->tier = test;
    const std::vector<std::string_view> texts = labels_of(*test);
    if (texts.empty()) continue;
    std::vector<std::pair<std::string_view, int64_t>> labels;
    for (const std::string_view text : texts) {
      const int64_t number = path->columns.labels[std::string(text)];
      const bool again = std::any_of(labels.begin(), labels.end(), [number](const auto& known) {
        return known.second == number;
      });
      if (number != 0 && !again) labels.emplace_back(text, number);
    }
    path->nothing = path->nothing || labels.empty();
    if (test->field == Field::kType) {
      facts->types = std::move(labels);
      facts->has_types = true;
    } else if (texts.size() == 1 && !labels.empty()) {
      facts->tags.push_back(labels[0]);
    }
  }
  return {};
}

IndexColumns Planner::columns_of(const Source& source) {
  IndexColumns columns = entry_columns(source.table);
  columns.tag = source.tag;
  columns.given = source.given;
  return columns;
}

Status Planner::choose(const ReadNeeds& needs, const Facts& facts, std::vector<Source>& sources,
                       AccessPath* path) {
  ASSIGN_OR_RETURN(const int64_t all_items, estimates_.all_items(connection_, sequence_));
  const auto all = static_cast<double>(std::max<int64_t>(all_items, 1));
  double share = 1;  // of all items that match, by what is known
  for (Source& source : sources) {
    if (sources.size() > 1) RETURN_IF_ERROR(estimate(&source));
    share *= std::clamp(static_cast<double>(source.entries.entries) / all, 1 / all, 1.0);
  }
  const double base =
      1 + (facts.tags.size() > 1 ? kProbeCost : 0) + (facts.tier != nullptr ? kProbeCost : 0);
  for (const Source& source : sources) {
    const IndexColumns columns = columns_of(source);
    const CustomProbes& probes = path->columns.probes;
    const double unit = base + (test_needs_row(needs.filter, columns, probes) ? kRowCost : 0) +
                        static_cast<double>(probes_left(columns, probes)) * kProbeCost;
    const auto entries = static_cast<double>(source.entries.entries);
    Candidate candidate{source.table, source.by, source.entries, entries * unit};
    if (needs.ordered_limit > 0 && source.ordered) {
      const double rest = std::clamp(share / std::clamp(entries / all, 1 / all, 1.0), 1e-9, 1.0);
      candidate.cost = std::min(entries, static_cast<double>(needs.ordered_limit) / rest) * unit;
    }
    const std::string_view table = source.table;
    // These say nothing else.
    if (table == "ix_accessed" || table == "ix_expires" || table == "rows")
      candidate.cost += entries * kRowCost;
    path->considered.push_back(std::move(candidate));
  }
  for (size_t i = 1; i < sources.size(); ++i) {
    if (path->considered[i].cost < path->considered[path->chosen].cost) path->chosen = i;
  }
  return {};
}

Result<AccessPath> Planner::plan(const ReadNeeds& needs) {
  AccessPath path;
  Facts facts;
  path.nothing = needs.scope.nothing;
  RETURN_IF_ERROR(gather_facts(needs.filter, &path, &facts));
  if (path.nothing) return path;
  std::vector<Source> sources;
  if (facts.id != nullptr) {
    Source source("ix_id", "id", "");
    source.condition.add("x.id_hash = ");
    source.condition.value(id_hash(facts.id->operand.get_ref<const std::string&>()));
    source.ordered = false;
    source.entries = {1, false};
    source.known = true;
    sources.push_back(std::move(source));
  } else {
    RETURN_IF_ERROR(collect_sources(needs, facts, &sources));
  }
  RETURN_IF_ERROR(choose(needs, facts, sources, &path));
  const Source& source = sources[path.chosen];
  path.table = source.table;
  IndexColumns columns = columns_of(source);
  columns.labels = std::move(path.columns.labels);
  columns.probes = std::move(path.columns.probes);
  path.columns = std::move(columns);
  if (needs.ordered_limit > 0 && source.by_arms && source.entries.entries > kFewEntries) {
    RETURN_IF_ERROR(find_arms(facts, source, &path.arms));
  }
  path.ordered = source.ordered && !source.by_arms;
  if (source.distinct) {
    path.from = distinct_entries(source);
    path.condition.add("1");
  } else {
    if (source.from.empty()) {
      path.from.add(source.table);
    } else {
      path.from.append(source.from);
    }
    path.condition.append(source.condition);
  }
  if (path.table != "ix_scope" || needs.scope.single == 0) {
    path.condition.add(" AND ");
    append_scope(needs.scope, &path.condition, path.columns.scope);
    path.needs_items = !path.columns.scope && !needs.scope.everything;
  }
  append_alive_by_index(needs, &path);
  if (!needs.filter.matches_all()) {
    SqlText filter;
    const bool rows = append_filter(needs.filter, tiers_, path.columns, &filter);
    path.needs_items = path.needs_items || rows;
    path.condition.add(" AND ").append(filter);
  }
  return path;
}

}  // namespace memtier
