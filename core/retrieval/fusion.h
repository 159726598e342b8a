// Fusion: turns that words and vectors have found, as one list. Each half is measured by its own best and
// then added up, for what the two say is not of one kind; what the turns of a conversation lend each
// other (index/text/session_support.h) they lend in both, and what lifts a turn lifts the sum.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "index/text/text_index.h"
#include "index/vector/vector_index.h"
#include "retrieval/ranking.h"

namespace memtier {

struct FusionEvidence {
  std::span<const TurnEvidence> turns;
  std::span<const VectorHit> nearest;  // the best of all, the best first
  // Of the turns and those around them, by row, where they have a vector.
  std::unordered_map<int64_t, double> nearness;
};

// The best first; of equals the one stored last.
std::vector<RankedHit> fuse(const RankingSpec& spec, const FusionEvidence& evidence);

}  // namespace memtier
