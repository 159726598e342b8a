#include "retrieval/vector_search.h"

#include "base/clock.h"

namespace memtier {

Result<Hits> run_vector_search(VectorIndex& vector_index, const Query& query, const ReadScope& read,
                               const StopCheck& stop) {
  const int64_t started_us = monotonic_us();
  VectorQuery nearest{query.space, query.vector, query.threshold};
  nearest.with_items = true;
  nearest.explain = query.explain;
  ASSIGN_OR_RETURN(VectorResult result,
                   vector_index.search(nearest, read, query.filter, query.skip, query.limit, stop));
  Hits hits;
  hits.items = std::move(result.items);
  for (const VectorHit& hit : result.hits) {
    hits.scores.push_back(hit.score);
    hits.text_scores.push_back(0);
    hits.vector_scores.push_back(hit.score);
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
