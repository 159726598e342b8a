// The scores of a window of documents, most of which are 0, looked through in groups. With the machine's wider
// instructions where it has them; what is found is the same.
#pragma once

#include <cstddef>
#include <cstdint>

namespace memtier {

inline constexpr size_t kScoreGroup = 16;
inline constexpr size_t kScoresAtOnce = 64 * kScoreGroup;

struct TakenScore {
  float score;
  uint32_t place;
};

// Of kScoresAtOnce scores, in the groups that have a bit: those above 0 and not below `least`, with their places,
// ascending. All of these groups are 0 afterwards. How many; there is room for all.
size_t take_scores(float* scores, uint64_t groups, float least, TakenScore* out);

}  // namespace memtier
