// Planner: ways by the caller's own indexes (table ix_custom).
#include <algorithm>

#include "storage/sqlite/access_source.h"
#include "storage/sqlite/index_keys.h"

namespace memtier {
namespace {

constexpr size_t kMaxKeyArms = 16;
constexpr size_t kMaxKnownRows = 10'000;

bool asks_metadata(const Filter& filter) {
  for (const Filter& child : filter.children) {
    if (asks_metadata(child)) return true;
  }
  return filter.kind == Filter::Kind::kTest && filter.test.field == Field::kMetadata;
}

const IndexDefinition* index_of(const std::vector<IndexDefinition>& indexes, const Test& test) {
  if (test.field != Field::kMetadata) return nullptr;
  const auto found = std::find_if(
      indexes.begin(), indexes.end(),
      [&test](const IndexDefinition& definition) { return definition.parts == test.path; });
  return found == indexes.end() ? nullptr : &*found;
}

void append_in(const char* column, const std::vector<std::string>& keys, SqlText* sql) {
  sql->add(column).add(keys.size() == 1 ? " = " : " IN (");
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) sql->add(", ");
    sql->blob(keys[i]);
  }
  if (keys.size() > 1) sql->add(")");
}

std::string estimate_key(const IndexDefinition& index) {
  return "index:" + std::to_string(index.number) + ':';
}

}  // namespace

void append_custom_probe(const CustomProbe& probe, SqlText* sql) {
  sql->add("EXISTS(SELECT 1 FROM ix_custom c WHERE c.number = ").value(probe.number);
  sql->add(" AND ");
  append_in("c.key", probe.keys, sql);
  sql->add(" AND c.created_us = x.created_us AND c.row = x.row)");
}

Status Planner::find_indexes(const Filter& filter, Facts* facts) {
  if (!asks_metadata(filter)) return {};
  ASSIGN_OR_RETURN(auto indexes, read_definitions(connection_));
  for (IndexDefinition& definition : indexes) {
    if (definition.ready()) facts->indexes.push_back(std::move(definition));
  }
  return {};
}

void Planner::find_probes(const Filter& filter, const Facts& facts, IndexColumns* columns) {
  for (const Filter& child : filter.children) find_probes(child, facts, columns);
  if (filter.kind != Filter::Kind::kTest) return;
  const IndexDefinition* index = index_of(facts.indexes, filter.test);
  if (index == nullptr) return;
  auto points = key_points(filter.test);
  if (!points || !points->exact) return;
  columns->probes.emplace(&filter.test, CustomProbe{index->number, std::move(points->keys)});
}

// $eq and $in: entries of one key come in the order of creation.
void Planner::add_points(const IndexDefinition& index, const Test& test,
                         std::vector<Source>* sources) {
  auto points = key_points(test);
  if (!points) return;
  Source source("ix_custom", "index " + index.name, estimate_key(index));
  for (const std::string& key : points->keys) {
    source.key += std::to_string(key.size()) + ':' + key;
  }
  source.condition.add("x.number = ").value(index.number).add(" AND ");
  append_in("x.key", points->keys, &source.condition);
  if (points->exact) source.given.push_back(&test);
  if (points->keys.size() > 1) {
    source.distinct = index.several;
    source.ordered = source.by_arms = !index.several && points->keys.size() <= kMaxKeyArms;
    for (size_t i = 0; source.by_arms && i < points->keys.size(); ++i) {
      source.arms.emplace_back().add(" AND x.key = ").blob(points->keys[i]);
    }
  }
  sources->push_back(std::move(source));
}

void Planner::add_key_range(const IndexDefinition& index, const std::vector<const Test*>& tests,
                            std::vector<Source>* sources) {
  KeyRange all;
  Source source("ix_custom", "index " + index.name, estimate_key(index));
  for (const Test* test : tests) {
    KeyRange range = *key_range(*test);
    if (range.exact) source.given.push_back(test);
    all.low = std::max(all.low, range.low);
    all.high = all.high.empty() ? range.high : std::min(all.high, range.high);
  }
  source.key += "range:" + std::to_string(all.low.size()) + ':' + all.low + all.high;
  source.condition.add("x.number = ").value(index.number).add(" AND x.key >= ").blob(all.low);
  source.condition.add(" AND x.key < ").blob(all.high);
  source.ordered = false;
  source.distinct = index.several;
  sources->push_back(std::move(source));
}

// Items whose rows are known already: few enough to be looked at one by one.
void Planner::add_row_sets(const Facts& facts, std::vector<Source>* sources) {
  for (const Test* test : facts.required) {
    if (test->field != Field::kIndex || !test->rows || test->rows->opposite) continue;
    const std::vector<int64_t>& rows = test->rows->rows;
    if (rows.size() > kMaxKnownRows) continue;
    Source source("rows", "index " + test->path[0], "");
    source.from.add("(SELECT value AS row FROM json_each(").value(Json(rows).dump()).add("))");
    source.condition.add("1");
    source.given.push_back(test);
    source.ordered = false;
    source.entries = {static_cast<int64_t>(rows.size()), false};
    source.known = true;
    sources->push_back(std::move(source));
  }
}

void Planner::add_custom(const Facts& facts, std::vector<Source>* sources) {
  for (const IndexDefinition& index : facts.indexes) {
    std::vector<const Test*> ranges;
    for (const Test* test : facts.required) {
      if (index_of(facts.indexes, *test) != &index) continue;
      add_points(index, *test, sources);
      if (key_range(*test)) ranges.push_back(test);
    }
    if (index.several) {
      // Each may hold for another element of a list.
      for (const Test* test : ranges) add_key_range(index, {test}, sources);
    } else if (!ranges.empty()) {
      add_key_range(index, ranges, sources);
    }
  }
}

// Each row once, from a table where it may have several entries.
SqlText Planner::distinct_entries(const Source& source) {
  SqlText from;
  from.add("(SELECT DISTINCT x.created_us, x.row, x.type, x.importance, x.scope FROM ");
  from.add(source.table).add(" x WHERE ").append(source.condition).add(")");
  return from;
}

}  // namespace memtier
