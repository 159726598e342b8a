#include "retrieval/vector_search.h"

#include "base/clock.h"

namespace memtier {

Result<Hits> run_vector_search(Storage& storage, VectorIndex& vector_index, const Query& query,
                               const ReadScope& read, const StopCheck& stop) {
  const int64_t started_us = monotonic_us();
  if (!query.text.empty() && !query.meaning) {
    return Status(Code::kUnsupported,
                  "query: \"text\" and \"vector\" cannot be asked for together yet; use one");
  }
  const VectorQuery nearest{query.space, query.vector, query.threshold};
  ASSIGN_OR_RETURN(VectorResult result,
                   vector_index.search(nearest, read, query.filter, query.skip, query.limit, stop));
  std::vector<int64_t> rows;
  rows.reserve(result.hits.size());
  for (const VectorHit& hit : result.hits) rows.push_back(hit.row);
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage.find_rows(rows));
  Hits hits;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i] || items[i]->is_damaged()) continue;  // gone since it was found, or unreadable
    hits.items.push_back(items[i]);
    hits.scores.push_back(result.hits[i].score);
  }
  if (query.explain) {
    Json explain = {{"source", "vector"}, {"index", std::move(result.how)}};
    explain["hits"] = hits.items.size();
    explain["elapsed_us"] = monotonic_us() - started_us;
    hits.explain = explain.dump();
  }
  return hits;
}

}  // namespace memtier
