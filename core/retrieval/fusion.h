// Fusion: turns that words and vectors have found, as one list. Each half is measured by its own best and
// then added up, for what the two say is not of one kind; what the turns of a conversation lend each
// other (index/text/session_support.h) they lend in both, and what lifts a turn lifts the sum.
#pragma once

#include <span>
#include <vector>

#include "index/text/text_index.h"
#include "index/vector/vector_index.h"
#include "retrieval/ranking.h"

namespace memtier {

// How near rows are. Looked up many times for each that it has.
class NearRows {
 public:
  NearRows() : slots_(kLeast) {}
  // Of a row that is there already nothing changes.
  void add(int64_t row, double score);
  // Null: it is not known.
  const double* find(int64_t row) const {
    const Slot& slot = slots_[probe(row)];
    return slot.row == 0 ? nullptr : &slot.score;
  }

 private:
  static constexpr size_t kLeast = 128;
  struct Slot {
    int64_t row = 0;  // no row is 0
    double score = 0;
  };
  size_t probe(int64_t row) const {
    const uint64_t hash = static_cast<uint64_t>(row) * 0x9e3779b97f4a7c15U;
    size_t at = (hash >> 32) & (slots_.size() - 1);
    while (slots_[at].row != 0 && slots_[at].row != row) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

struct FusionEvidence {
  std::span<const TurnEvidence> turns;
  std::span<const VectorHit> nearest;  // the best of all, the best first
  // Of the turns and those around them, where they have a vector.
  NearRows nearness;
  // Of what is not there nothing is known but that it is no nearer than the last of the nearest.
  bool only_nearest = false;
};

// The best first; of equals the one stored last.
std::vector<RankedHit> fuse(const RankingSpec& spec, const FusionEvidence& evidence);

}  // namespace memtier
