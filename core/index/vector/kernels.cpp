#include "index/vector/kernels.h"

#include <array>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace memtier {
namespace {

// Sixteen floats; what the machine has no registers for, the compiler splits.
using Lanes = float __attribute__((vector_size(64), aligned(4), may_alias));

#define MEMTIER_ALWAYS_INLINE inline __attribute__((always_inline))

MEMTIER_ALWAYS_INLINE Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

MEMTIER_ALWAYS_INLINE float total(const Lanes& even, const Lanes& odd) {
  const Lanes both = even + odd;
  float sums[kFloatLanes];
  std::memcpy(sums, &both, sizeof sums);
  for (size_t step = kFloatLanes / 2; step > 0; step /= 2) {
    for (size_t i = 0; i < step; ++i) sums[i] += sums[i + step];
  }
  return sums[0];
}

MEMTIER_ALWAYS_INLINE float dot_lanes(const float* a, const float* b, size_t size) {
  Lanes even = {};
  Lanes odd = {};
  size_t at = 0;
  for (; at + 2 * kFloatLanes <= size; at += 2 * kFloatLanes) {
    even += load(a + at) * load(b + at);
    odd += load(a + at + kFloatLanes) * load(b + at + kFloatLanes);
  }
  if (at < size) even += load(a + at) * load(b + at);
  return total(even, odd);
}

MEMTIER_ALWAYS_INLINE float square_distance_lanes(const float* a, const float* b, size_t size) {
  Lanes even = {};
  Lanes odd = {};
  size_t at = 0;
  for (; at + 2 * kFloatLanes <= size; at += 2 * kFloatLanes) {
    const Lanes left = load(a + at) - load(b + at);
    const Lanes right = load(a + at + kFloatLanes) - load(b + at + kFloatLanes);
    even += left * left;
    odd += right * right;
  }
  if (at < size) {
    const Lanes left = load(a + at) - load(b + at);
    even += left * left;
  }
  return total(even, odd);
}

MEMTIER_ALWAYS_INLINE int32_t dot_int8_plain(const int8_t* a, const int8_t* b, size_t size) {
  int32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum += static_cast<int32_t>(a[i]) * static_cast<int32_t>(b[i]);
  return sum;
}

// From the number of matches of eight codes to what is told of them.
MEMTIER_ALWAYS_INLINE size_t tell(const CodeScan& scan, const float* matches, const float* factors,
                                  const float* bits, const float* squares, size_t first,
                                  size_t count, size_t told, uint32_t* out_places,
                                  float* out_estimates) {
  for (size_t i = 0; i < kBlockVectors && first + i < count; ++i) {
    const float product = scan.per_level * matches[i] + scan.per_bit * bits[i] + scan.offset;
    float estimate = scan.base + factors[i] * product;
    if (squares != nullptr) estimate -= squares[i];
    if (!(estimate > scan.threshold)) continue;
    out_places[told] = static_cast<uint32_t>(first + i);
    out_estimates[told++] = estimate;
  }
  return told;
}

// --- any machine; on 64-bit ARM this is NEON, which every such machine has

size_t scan_codes_base(const CodeScan& scan, const uint64_t* codes, const float* factors,
                       const float* bits, const float* squares, size_t count, uint32_t* out_places,
                       float* out_estimates) {
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    uint32_t sums[kBlockVectors] = {};
    for (size_t word = 0; word < scan.words; ++word) {
      for (size_t row = 0; row < kQueryBits; ++row) {
        const uint64_t wanted = scan.rows[row * scan.words + word];
        for (size_t i = 0; i < kBlockVectors; ++i) {
          const int same = __builtin_popcountll(codes[word * kBlockVectors + i] & wanted);
          sums[i] += static_cast<uint32_t>(same) << row;
        }
      }
    }
    float matches[kBlockVectors];
    for (size_t i = 0; i < kBlockVectors; ++i) matches[i] = static_cast<float>(sums[i]);
    const float* of_squares = squares == nullptr ? nullptr : squares + first;
    told = tell(scan, matches, factors + first, bits + first, of_squares, first, count, told,
                out_places, out_estimates);
    codes += scan.words * kBlockVectors;
  }
  return told;
}

float dot_base(const float* a, const float* b, size_t size) {
  return dot_lanes(a, b, size);
}
float square_distance_base(const float* a, const float* b, size_t size) {
  return square_distance_lanes(a, b, size);
}
int32_t dot_int8_base(const int8_t* a, const int8_t* b, size_t size) {
  return dot_int8_plain(a, b, size);
}
constexpr VectorKernels kBase = {"base", dot_base, square_distance_base, dot_int8_base,
                                 scan_codes_base};

#if defined(__x86_64__)

#define MEMTIER_AVX2 __attribute__((target("avx2,popcnt")))
#define MEMTIER_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,avx512vnni,popcnt")))

MEMTIER_AVX2 float dot_avx2(const float* a, const float* b, size_t size) {
  return dot_lanes(a, b, size);
}
MEMTIER_AVX2 float square_distance_avx2(const float* a, const float* b, size_t size) {
  return square_distance_lanes(a, b, size);
}

MEMTIER_AVX2 int32_t dot_int8_avx2(const int8_t* a, const int8_t* b, size_t size) {
  __m256i sum = _mm256_setzero_si256();
  for (size_t at = 0; at < size; at += 16) {
    const __m256i left =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + at)));
    const __m256i right =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + at)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(left, right));
  }
  int32_t parts[8];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), sum);
  return parts[0] + parts[1] + parts[2] + parts[3] + parts[4] + parts[5] + parts[6] + parts[7];
}

// Bits of four words at a time, by a table of half bytes.
MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE __m256i count_bits_avx2(__m256i words) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2,
                                         1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low_half = _mm256_set1_epi8(15);
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(words, low_half));
  const __m256i high =
      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(words, 4), low_half));
  return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

MEMTIER_AVX2 size_t scan_codes_avx2(const CodeScan& scan, const uint64_t* codes,
                                    const float* factors, const float* bits, const float* squares,
                                    size_t count, uint32_t* out_places, float* out_estimates) {
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (size_t word = 0; word < scan.words; ++word) {
      const auto* at = reinterpret_cast<const __m256i*>(codes + word * kBlockVectors);
      for (size_t row = 0; row < kQueryBits; ++row) {
        const __m256i wanted =
            _mm256_set1_epi64x(static_cast<int64_t>(scan.rows[row * scan.words + word]));
        for (size_t half = 0; half < 2; ++half) {
          const __m256i same = _mm256_and_si256(_mm256_loadu_si256(at + half), wanted);
          const __m256i ones = _mm256_slli_epi64(count_bits_avx2(same), static_cast<int>(row));
          sums[half] = _mm256_add_epi64(sums[half], ones);
        }
      }
    }
    uint64_t counts[kBlockVectors];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts), sums[0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts + 4), sums[1]);
    float matches[kBlockVectors];
    for (size_t i = 0; i < kBlockVectors; ++i) matches[i] = static_cast<float>(counts[i]);
    const float* of_squares = squares == nullptr ? nullptr : squares + first;
    told = tell(scan, matches, factors + first, bits + first, of_squares, first, count, told,
                out_places, out_estimates);
    codes += scan.words * kBlockVectors;
  }
  return told;
}

constexpr VectorKernels kAvx2 = {"avx2", dot_avx2, square_distance_avx2, dot_int8_avx2,
                                 scan_codes_avx2};

MEMTIER_AVX512 float dot_avx512(const float* a, const float* b, size_t size) {
  return dot_lanes(a, b, size);
}
MEMTIER_AVX512 float square_distance_avx512(const float* a, const float* b, size_t size) {
  return square_distance_lanes(a, b, size);
}

MEMTIER_AVX512 int32_t dot_int8_avx512(const int8_t* a, const int8_t* b, size_t size) {
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  for (size_t at = 0; at < size; at += kByteLanes) {
    const auto widened = [](const int8_t* from) MEMTIER_AVX512 {
      return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
    };
    even = _mm512_dpwssd_epi32(even, widened(a + at), widened(b + at));
    odd = _mm512_dpwssd_epi32(odd, widened(a + at + 32), widened(b + at + 32));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(even, odd));
}

MEMTIER_AVX512 size_t scan_codes_avx512(const CodeScan& scan, const uint64_t* codes,
                                        const float* factors, const float* bits,
                                        const float* squares, size_t count, uint32_t* out_places,
                                        float* out_estimates) {
  const __m256 threshold = _mm256_set1_ps(scan.threshold);
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    __m512i sums[kQueryBits] = {_mm512_setzero_si512(), _mm512_setzero_si512(),
                                _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (size_t word = 0; word < scan.words; ++word) {
      const __m512i code = _mm512_loadu_si512(codes + word * kBlockVectors);
      for (size_t row = 0; row < kQueryBits; ++row) {
        const __m512i wanted =
            _mm512_set1_epi64(static_cast<int64_t>(scan.rows[row * scan.words + word]));
        sums[row] =
            _mm512_add_epi64(sums[row], _mm512_popcnt_epi64(_mm512_and_si512(code, wanted)));
      }
    }
    codes += scan.words * kBlockVectors;
    const __m512i low = _mm512_add_epi64(sums[0], _mm512_slli_epi64(sums[1], 1));
    const __m512i high = _mm512_add_epi64(sums[2], _mm512_slli_epi64(sums[3], 1));
    const __m256 matches = _mm512_cvtepi64_ps(_mm512_add_epi64(low, _mm512_slli_epi64(high, 2)));
    // As tell() does it.
    __m256 product = _mm256_mul_ps(_mm256_set1_ps(scan.per_level), matches);
    product = _mm256_add_ps(
        product, _mm256_mul_ps(_mm256_set1_ps(scan.per_bit), _mm256_loadu_ps(bits + first)));
    product = _mm256_add_ps(product, _mm256_set1_ps(scan.offset));
    __m256 estimate = _mm256_add_ps(_mm256_set1_ps(scan.base),
                                    _mm256_mul_ps(_mm256_loadu_ps(factors + first), product));
    if (squares != nullptr) estimate = _mm256_sub_ps(estimate, _mm256_loadu_ps(squares + first));
    uint32_t above = _mm256_cmp_ps_mask(estimate, threshold, _CMP_GT_OQ);
    if (first + kBlockVectors > count) above &= (1U << (count - first)) - 1;
    if (above == 0) continue;
    float estimates[kBlockVectors];
    _mm256_storeu_ps(estimates, estimate);
    for (; above != 0; above &= above - 1) {
      const auto i = static_cast<size_t>(__builtin_ctz(above));
      out_places[told] = static_cast<uint32_t>(first + i);
      out_estimates[told++] = estimates[i];
    }
  }
  return told;
}

constexpr VectorKernels kAvx512 = {"avx512", dot_avx512, square_distance_avx512, dot_int8_avx512,
                                   scan_codes_avx512};

#endif

std::vector<const VectorKernels*> find_runnable() {
  std::vector<const VectorKernels*> kernels = {&kBase};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) kernels.push_back(&kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vnni")) {
    kernels.push_back(&kAvx512);
  }
#endif
  return kernels;
}

}  // namespace

std::span<const VectorKernels* const> runnable_vector_kernels() {
  static const std::vector<const VectorKernels*> kRunnable = find_runnable();
  return kRunnable;
}

const VectorKernels& vector_kernels() {
  static const VectorKernels& kBest = *runnable_vector_kernels().back();
  return kBest;
}

}  // namespace memtier
