// Search by meaning: from a query's vector to ranked hits.
#pragma once

#include "index/vector/vector_index.h"
#include "retrieval/search.h"

namespace memtier {

Result<Hits> run_vector_search(VectorIndex& vector_index, const Query& query, const ReadScope& read,
                               const StopCheck& stop);

}  // namespace memtier
