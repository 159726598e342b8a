// Hybrid search: candidates by words and by a vector, weighed together (fusion.h).
#pragma once

#include "index/text/text_index.h"
#include "index/vector/vector_index.h"
#include "model/query.h"
#include "retrieval/ranking.h"

namespace memtier {

struct HybridResult {
  // The best first; those that are not `found` stand beside one that was, and are still to be checked.
  std::vector<RankedHit> candidates;
  TextResult words;
  Json vector = Json::object();  // how the vector was looked for
};

// At least `wanted` candidates, where there are so many.
Result<HybridResult> find_by_both(TextIndex& text_index, VectorIndex& vector_index,
                                  const Query& query, const TextRequest& request,
                                  const StopCheck& stop);

}  // namespace memtier
