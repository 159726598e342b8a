// VectorIndex: searching.
#include <algorithm>
#include <cmath>

#include "index/vector/run.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {
namespace {

// Some of what is near may have expired, or be rounded to a wrong place.
constexpr size_t kSpare = 6;
constexpr size_t kSpareRounded = 20;

// Of n items, m of which match a filter, k n / m would be looked at before k are found, against m that are
// compared at once: as for words (InvertedTextIndex::find_few).
int64_t few(size_t vectors, int64_t shown) {
  constexpr double kLeast = 64;
  constexpr double kMost = 8192;
  const double product = static_cast<double>(vectors) * static_cast<double>(shown);
  return static_cast<int64_t>(std::clamp(std::sqrt(product), kLeast, kMost));
}

}  // namespace

Status VectorIndex::Run::on_set(const VectorSet* set) {
  if (explain) {
    result.how["space"] = space.spec.name;
    result.how["metric"] = metric_name(space.spec.metric);
    result.how["dimension"] = space.spec.dimension;
    result.how["scopes"] = scopes.size();
    if (set != nullptr) result.how["vectors"] = set->count(scopes);
    if (set == nullptr) result.how["method"] = "compared all, from the file";
    result.how["kernels"] = vector_kernels().name;
  }
  int64_t looked_at = 0;
  if (set != nullptr && !filter.matches_all()) {
    ASSIGN_OR_RETURN(const bool done, among_few(*set));
    if (done) return {};
  }
  size_t limit = wanted + kSpare;
  size_t seen = 0;
  while (true) {
    std::vector<Near> candidates;
    RETURN_IF_ERROR(nearest(set, limit, &candidates));
    if (unchecked && set != nullptr && filter.matches_all()) {
      result.is_all = candidates.size() < limit;
      keep_unchecked(*set, candidates);
      break;
    }
    RETURN_IF_ERROR(keep_allowed(candidates, seen, &looked_at));
    seen = candidates.size();
    const bool all = candidates.size() < limit;
    if (all || found.size() >= wanted || !is_near_enough(candidates.back())) break;
    limit *= 4;
  }
  if (explain) result.how["rows_read"] = looked_at;
  return {};
}

Status VectorIndex::Run::nearest(const VectorSet* set, size_t limit, std::vector<Near>* out) {
  if (set == nullptr) {
    std::vector<BestNear> best(1, BestNear(limit));
    RETURN_IF_ERROR(stream({&vector, 1}, &best));
    *out = best[0].take();
    return {};
  }
  SetEffort effort;
  BestNear best(set->is_whole() ? limit : limit + limit / 2 + kSpareRounded);
  set->search(vector, scopes, limit, &best, &effort);
  *out = best.take();
  if (explain) {
    result.how["method"] = effort.method;
    result.how["compared"] = effort.compared;
    if (effort.lists > 0) {
      result.how["lists"] = effort.lists;
      result.how["codes_scanned"] = effort.scanned;
    }
    if (!set->is_whole()) result.how["compared_from_the_file"] = out->size();
  }
  return set->is_whole() ? Status() : refine(out, limit);
}

// What was compared by rounded vectors, by those in the file.
Status VectorIndex::Run::refine(std::vector<Near>* candidates, size_t limit) const {
  BestNear best(limit);
  for (const Near& near : *candidates) {
    ASSIGN_OR_RETURN(const auto exact, nearness_of(nullptr, near.row));
    if (exact) best.add({*exact, near.row});
  }
  *candidates = best.take();
  return {};
}

Result<std::optional<float>> VectorIndex::Run::nearness_of(const VectorSet* set,
                                                           int64_t row) const {
  if (set != nullptr && set->is_whole()) return set->nearness_of(vector, row);
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT data FROM vectors WHERE key = ?"));
  StatementUse use(select.bind(1, vector_key(space.number, row)));
  ASSIGN_OR_RETURN(const bool is_there, use->step());
  if (!is_there) return std::optional<float>();
  std::vector<float> decoded(static_cast<size_t>(space.spec.dimension));
  RETURN_IF_ERROR(decode_vector(use->bytes(0), space.spec, decoded.data()));
  const ComparedVector other = compared_vector(decoded, space.spec);
  return std::optional(nearness(space.spec, vector.data(), other.data(), other.size()));
}

Status VectorIndex::Run::stream(std::span<const ComparedVector> vectors,
                                std::vector<BestNear>* best) const {
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
      for (size_t i = 0; i < vectors.size(); ++i) {
        const float near = nearness(space.spec, vectors[i].data(), other.data(), other.size());
        (*best)[i].add({near, use->integer(0)});
      }
    }
  }
  return {};
}

// The words' index knows of nearly all whether they are there, without their rows.
void VectorIndex::Run::keep_unchecked(const VectorSet& set, const std::vector<Near>& candidates) {
  result.unchecked = true;
  for (const Near& near : candidates) {
    if (!is_near_enough(near)) {
      result.is_all = true;
      return;
    }
    found.push_back(near);
    places.push_back({near.row, set.scope_of(near.row), 0});
  }
}

// Of the candidates from `begin` on, those that are there now and match, until there are enough.
Status VectorIndex::Run::keep_allowed(const std::vector<Near>& candidates, size_t begin,
                                      int64_t* looked_at) {
  SqlText sql;
  sql.add("SELECT ")
      .add(with_items ? kItemColumns : "i.scope, i.sequence")
      .add(" FROM items i WHERE i.row = ");
  sql.value(int64_t{0}).add(" AND ");
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
    if (!*is_there) continue;
    if (with_items) {
      ASSIGN_OR_RETURN(ItemRef item, read_item(*use, connection, storage.scopes()));
      if (item->is_damaged()) continue;  // what cannot be read cannot be shown
      result.items.push_back(std::move(item));
    } else {
      places.push_back({candidates[i].row, use->integer(0), use->integer(1)});
    }
    found.push_back(candidates[i]);
  }
  return {};
}

// Where a filter matches little, only that is compared.
Result<bool> VectorIndex::Run::among_few(const VectorSet& set) {
  AccessPath path;
  const int64_t limit = few(set.count(scopes), static_cast<int64_t>(wanted));
  ASSIGN_OR_RETURN(const auto rows,
                   storage.reads(connection).find_few(read, filter, limit, stop, &path));
  if (explain) {
    Json how = path.explain();
    how["used"] = rows ? "to choose the vectors that are compared" : "on items that would be shown";
    if (rows) how["candidates"] = rows->size();
    result.how["filter"] = std::move(how);
  }
  if (!rows) return false;
  std::vector<Near> matching;
  for (const FoundRow& row : *rows) {
    const auto near = set.nearness_of(vector, row.row);
    if (near) matching.push_back({*near, row.row});
  }
  std::sort(matching.begin(), matching.end());
  if (!set.is_whole()) {
    const size_t most = wanted + wanted / 2 + kSpareRounded;
    if (matching.size() > most) matching.resize(most);
    RETURN_IF_ERROR(refine(&matching, wanted + kSpare));
  }
  int64_t looked_at = 0;
  RETURN_IF_ERROR(keep_allowed(matching, 0, &looked_at));
  if (explain) {
    result.how["method"] = "compared what the filter matches";
    result.how["compared"] = rows->size();
  }
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
    Run run{storage_, *connection, space, read, *filter, stop, *scopes};
    run.vector = compared_vector(query.vector, space.spec);
    run.threshold = query.threshold;
    run.wanted = static_cast<size_t>(skip + limit);
    run.with_items = query.with_items;
    run.explain = query.explain;
    run.unchecked = query.unchecked && !query.with_items;
    ASSIGN_OR_RETURN(const bool done,
                     with_set(*connection, space, *scopes, stop,
                              [&run](const VectorSet* set) { return run.on_set(set); }));
    if (!done) continue;
    VectorResult& result = run.result;
    for (auto i = static_cast<size_t>(skip); i < run.found.size(); ++i) {
      result.hits.push_back({run.found[i].row, score_of(space.spec, run.found[i].nearness)});
      if (!run.with_items) result.hits.back().found = run.places[i];
    }
    const auto skipped = std::min(static_cast<size_t>(skip), result.items.size());
    result.items.erase(result.items.begin(),
                       result.items.begin() + static_cast<std::ptrdiff_t>(skipped));
    return std::move(result);
  }
}

Result<std::vector<std::optional<double>>> VectorIndex::scores(const VectorQuery& query,
                                                               const ReadScope& read,
                                                               std::span<const int64_t> rows,
                                                               const StopCheck& stop) {
  RETURN_IF_ERROR(storage_.drain());
  const Filter everything;
  while (true) {
    if (stop) RETURN_IF_ERROR(stop());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const Space space, find(*connection, query.space));
    RETURN_IF_ERROR(check_vector(query.vector, space.spec, "vector"));
    ASSIGN_OR_RETURN(const auto scopes, allowed_scopes(*connection, *read.scope));
    Run run{storage_, *connection, space, read, everything, stop, *scopes};
    run.vector = compared_vector(query.vector, space.spec);
    std::vector<std::optional<double>> scores(rows.size());
    const auto score_all = [&](const VectorSet* set) -> Status {
      for (size_t i = 0; i < rows.size(); ++i) {
        ASSIGN_OR_RETURN(const auto near, run.nearness_of(set, rows[i]));
        if (near) scores[i] = score_of(space.spec, *near);
      }
      return {};
    };
    ASSIGN_OR_RETURN(const bool done, with_set(*connection, space, *scopes, stop, score_all));
    if (done) return scores;
  }
}

}  // namespace memtier
