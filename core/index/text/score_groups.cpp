#include "index/text/score_groups.h"

#include <algorithm>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace memtier {
namespace {

size_t take_scores_base(float* scores, uint64_t groups, float least, TakenScore* out) {
  size_t count = 0;
  for (; groups != 0; groups &= groups - 1) {
    const size_t first = static_cast<size_t>(std::countr_zero(groups)) * kScoreGroup;
    float* const group = scores + first;
    unsigned any = 0;
    for (size_t i = 0; i < kScoreGroup; ++i) any |= static_cast<unsigned>(group[i] >= least);
    for (size_t i = 0; any != 0 && i < kScoreGroup; ++i) {
      if (group[i] <= 0 || group[i] < least) continue;
      out[count++] = {group[i], static_cast<uint32_t>(first + i)};
    }
    std::fill_n(group, kScoreGroup, 0.0F);
  }
  return count;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) size_t take_scores_avx2(float* scores, uint64_t groups, float least,
                                                        TakenScore* out) {
  const __m256 zero = _mm256_setzero_ps();
  const __m256 limit = _mm256_set1_ps(least);
  size_t count = 0;
  for (; groups != 0; groups &= groups - 1) {
    const size_t first = static_cast<size_t>(std::countr_zero(groups)) * kScoreGroup;
    float* const group = scores + first;
    const __m256 low = _mm256_loadu_ps(group);
    const __m256 high = _mm256_loadu_ps(group + 8);
    _mm256_storeu_ps(group, zero);
    _mm256_storeu_ps(group + 8, zero);
    const __m256 low_taken =
        _mm256_and_ps(_mm256_cmp_ps(low, limit, _CMP_GE_OQ), _mm256_cmp_ps(low, zero, _CMP_GT_OQ));
    const __m256 high_taken = _mm256_and_ps(_mm256_cmp_ps(high, limit, _CMP_GE_OQ),
                                            _mm256_cmp_ps(high, zero, _CMP_GT_OQ));
    auto taken = static_cast<uint32_t>(_mm256_movemask_ps(low_taken)) |
                 static_cast<uint32_t>(_mm256_movemask_ps(high_taken)) << 8;
    if (taken == 0) continue;
    alignas(32) float sixteen[kScoreGroup];
    _mm256_store_ps(sixteen, low);
    _mm256_store_ps(sixteen + 8, high);
    for (; taken != 0; taken &= taken - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(taken));
      out[count++] = {sixteen[i], static_cast<uint32_t>(first + i)};
    }
  }
  return count;
}

#endif

using TakeScores = size_t (*)(float*, uint64_t, float, TakenScore*);

TakeScores choose_take_scores() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return take_scores_avx2;
#endif
  return take_scores_base;
}

}  // namespace

size_t take_scores(float* scores, uint64_t groups, float least, TakenScore* out) {
  static const TakeScores kTake = choose_take_scores();
  return kTake(scores, groups, least, out);
}

}  // namespace memtier
