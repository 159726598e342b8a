// VectorIndex: searching.
#include <algorithm>
#include <cmath>

#include "index/vector/vector_index.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {
namespace {

// Of n items, m of which match a filter, k n / m would be looked at before k are found, against m that are
// compared at once: as for words (InvertedTextIndex::find_few).
int64_t few(size_t vectors, int64_t shown) {
  constexpr double kLeast = 64;
  constexpr double kMost = 8192;
  const double product = static_cast<double>(vectors) * static_cast<double>(shown);
  return static_cast<int64_t>(std::clamp(std::sqrt(product), kLeast, kMost));
}

}  // namespace

// One search, in one transaction.
struct VectorIndex::Run {
  SqliteStorage& storage;
  Connection& connection;
  const Space& space;
  const ReadScope& read;
  const Filter& filter;
  const StopCheck& stop;
  ComparedVector vector;
  std::span<const int64_t> scopes;
  std::optional<double> threshold;
  size_t wanted = 0;
  VectorResult result;
  std::vector<Near> found;

  Status on_set(const VectorSet* set);
  Status nearest(const VectorSet* set, size_t limit, std::vector<Near>* out) const;
  Status stream(BestNear* best) const;
  Status keep_allowed(const std::vector<Near>& candidates, size_t begin, int64_t* looked_at);
  Result<bool> among_few(const VectorSet& set);
  bool is_near_enough(const Near& near) const {
    return !threshold || score_of(space.spec, near.nearness) >= *threshold;
  }
};

Status VectorIndex::Run::on_set(const VectorSet* set) {
  result.how["space"] = space.spec.name;
  result.how["metric"] = metric_name(space.spec.metric);
  result.how["dimension"] = space.spec.dimension;
  result.how["scopes"] = scopes.size();
  if (set != nullptr) {
    result.how["vectors"] = set->count(scopes);
    ASSIGN_OR_RETURN(const bool done, among_few(*set));
    if (done) return {};
  }
  result.how["method"] = set != nullptr ? "exact" : "exact, from the file";
  int64_t looked_at = 0;
  size_t limit = wanted + 8;  // some may have expired
  size_t seen = 0;
  while (true) {
    std::vector<Near> candidates;
    RETURN_IF_ERROR(nearest(set, limit, &candidates));
    RETURN_IF_ERROR(keep_allowed(candidates, seen, &looked_at));
    seen = candidates.size();
    const bool all = candidates.size() < limit;
    if (all || found.size() >= wanted || !is_near_enough(candidates.back())) break;
    limit *= 4;
  }
  result.how["rows_read"] = looked_at;
  return {};
}

Status VectorIndex::Run::nearest(const VectorSet* set, size_t limit, std::vector<Near>* out) const {
  BestNear best(limit);
  if (set != nullptr) {
    set->search(vector, scopes, &best);
  } else {
    RETURN_IF_ERROR(stream(&best));
  }
  *out = best.take();
  return {};
}

// What has no room in RAM is read from the file.
Status VectorIndex::Run::stream(BestNear* best) const {
  std::vector<float> decoded(static_cast<size_t>(space.spec.dimension));
  const StopWatch watch(connection, stop);
  for (const int64_t scope : scopes) {
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT x.row, v.data FROM ix_scope x CROSS JOIN vectors v "
                                        "ON v.key = x.row + ? WHERE x.scope = ?"));
    StatementUse use(select.bind(1, vector_key(space.number, 0)).bind(2, scope));
    while (true) {
      auto more = use->step();
      if (!more.ok()) return watch.explain(more.take_status());
      if (!*more) break;
      RETURN_IF_ERROR(decode_vector(use->bytes(1), space.spec, decoded.data()));
      const ComparedVector other = compared_vector(decoded, space.spec);
      best->add({nearness(space.spec, vector.data(), other.data(), other.size()), use->integer(0)});
    }
  }
  return {};
}

// Of the candidates from `begin` on, those that are there now and match, until there are enough.
Status VectorIndex::Run::keep_allowed(const std::vector<Near>& candidates, size_t begin,
                                      int64_t* looked_at) {
  SqlText sql;
  sql.add("SELECT 1 FROM items i WHERE i.row = ").value(int64_t{0}).add(" AND ");
  append_alive(read.now_us, &sql);
  if (!filter.matches_all()) {
    sql.add(" AND ");
    append_filter(filter, storage.tier_names(), &sql);
  }
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
  const StopWatch watch(connection, stop);
  for (size_t i = begin; i < candidates.size() && found.size() < wanted; ++i) {
    if (!is_near_enough(candidates[i])) return {};
    StatementUse use(select);
    sql.bind_to(select);
    select.bind(1, candidates[i].row);
    ++*looked_at;
    auto is_there = use->step();
    if (!is_there.ok()) return watch.explain(is_there.take_status());
    if (*is_there) found.push_back(candidates[i]);
  }
  return {};
}

// Where a filter matches little, only that is compared.
Result<bool> VectorIndex::Run::among_few(const VectorSet& set) {
  if (filter.matches_all()) return false;
  AccessPath path;
  const int64_t limit = few(set.count(scopes), static_cast<int64_t>(wanted));
  ASSIGN_OR_RETURN(const auto rows,
                   storage.reads(connection).find_few(read, filter, limit, stop, &path));
  Json how = path.explain();
  how["used"] = rows ? "to choose the vectors that are compared" : "on items that would be shown";
  if (rows) how["candidates"] = rows->size();
  result.how["filter"] = std::move(how);
  if (!rows) return false;
  BestNear best(wanted);
  for (const FoundRow& row : *rows) {
    const auto near = set.nearness_of(vector, row.row);
    if (near && is_near_enough({*near, row.row})) best.add({*near, row.row});
  }
  found = best.take();
  result.how["method"] = "exact, of what the filter matches";
  return true;
}

Result<VectorResult> VectorIndex::search(const VectorQuery& query, const ReadScope& read,
                                         const FilterRef& filter, int64_t skip, int64_t limit,
                                         const StopCheck& stop) {
  RETURN_IF_ERROR(storage_.drain());
  while (true) {
    if (stop) RETURN_IF_ERROR(stop());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const Space space, find(*connection, query.space));
    RETURN_IF_ERROR(check_vector(query.vector, space.spec, "vector"));
    ASSIGN_OR_RETURN(const auto scopes, allowed_scopes(*connection, *read.scope));
    Run run{storage_,
            *connection,
            space,
            read,
            *filter,
            stop,
            compared_vector(query.vector, space.spec),
            *scopes,
            query.threshold,
            static_cast<size_t>(skip + limit),
            {},
            {}};
    ASSIGN_OR_RETURN(const bool done,
                     with_set(*connection, space, *scopes, stop,
                              [&run](const VectorSet* set) { return run.on_set(set); }));
    if (!done) continue;
    for (auto i = static_cast<size_t>(skip); i < run.found.size(); ++i) {
      run.result.hits.push_back({run.found[i].row, score_of(space.spec, run.found[i].nearness)});
    }
    return std::move(run.result);
  }
}

Result<std::vector<std::optional<double>>> VectorIndex::scores(const VectorQuery& query,
                                                               const ReadScope& read,
                                                               std::span<const int64_t> rows,
                                                               const StopCheck& stop) {
  RETURN_IF_ERROR(storage_.drain());
  while (true) {
    if (stop) RETURN_IF_ERROR(stop());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const Space space, find(*connection, query.space));
    RETURN_IF_ERROR(check_vector(query.vector, space.spec, "vector"));
    ASSIGN_OR_RETURN(const auto scopes, allowed_scopes(*connection, *read.scope));
    const ComparedVector vector = compared_vector(query.vector, space.spec);
    std::vector<std::optional<double>> scores(rows.size());
    const auto score_all = [&](const VectorSet* set) -> Status {
      std::vector<float> decoded(static_cast<size_t>(space.spec.dimension));
      for (size_t i = 0; i < rows.size(); ++i) {
        std::optional<float> near;
        if (set != nullptr) {
          near = set->nearness_of(vector, rows[i]);
        } else {
          ASSIGN_OR_RETURN(const auto data, read_vector(*connection, space.number, rows[i]));
          if (!data) continue;
          RETURN_IF_ERROR(decode_vector(*data, space.spec, decoded.data()));
          const ComparedVector other = compared_vector(decoded, space.spec);
          near = nearness(space.spec, vector.data(), other.data(), other.size());
        }
        if (near) scores[i] = score_of(space.spec, *near);
      }
      return {};
    };
    ASSIGN_OR_RETURN(const bool done, with_set(*connection, space, *scopes, stop, score_all));
    if (done) return scores;
  }
}

}  // namespace memtier
