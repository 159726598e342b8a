#include "index/vector/kernels.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace memtier {
namespace {

#define MEMTIER_ALWAYS_INLINE inline __attribute__((always_inline))

// Four floats, which every machine has registers for; the lanes of a sum are eight of these.
using Four = float __attribute__((vector_size(16), aligned(4), may_alias));
constexpr size_t kFours = 2 * kFloatLanes / 4;

MEMTIER_ALWAYS_INLINE Four load(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}

MEMTIER_ALWAYS_INLINE float total(const Four* lanes) {
  const Four eight[2] = {(lanes[0] + lanes[4]) + (lanes[2] + lanes[6]),
                         (lanes[1] + lanes[5]) + (lanes[3] + lanes[7])};
  const Four four = eight[0] + eight[1];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// Adds what `part` makes of four floats of each to the lanes in turn.
template <typename Part>
MEMTIER_ALWAYS_INLINE float sum_of(const float* a, const float* b, size_t size, const Part& part) {
  Four lanes[kFours] = {};
  size_t at = 0;
  for (; at + 2 * kFloatLanes <= size; at += 2 * kFloatLanes) {
    for (size_t i = 0; i < kFours; ++i)
      lanes[i] += part(load(a + at + 4 * i), load(b + at + 4 * i));
  }
  if (at < size) {
    for (size_t i = 0; i < kFours / 2; ++i) {
      lanes[i] += part(load(a + at + 4 * i), load(b + at + 4 * i));
    }
  }
  return total(lanes);
}

MEMTIER_ALWAYS_INLINE int32_t dot_int8_plain(const int8_t* a, const int8_t* b, size_t size) {
  int32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum += static_cast<int32_t>(a[i]) * static_cast<int32_t>(b[i]);
  return sum;
}

// From the sums of a block of codes to what is told of them.
MEMTIER_ALWAYS_INLINE size_t tell(const CodeScan& scan, const uint32_t* sums, const float* factors,
                                  const float* squares, size_t first, size_t count, size_t told,
                                  uint32_t* out_places, float* out_estimates) {
  for (size_t i = 0; i < kBlockVectors && first + i < count; ++i) {
    const float product = scan.per_level * static_cast<float>(sums[i]) + scan.offset;
    float estimate = scan.base + factors[i] * product;
    if (squares != nullptr) estimate -= squares[i];
    if (!(estimate > scan.threshold)) continue;
    out_places[told] = static_cast<uint32_t>(first + i);
    out_estimates[told++] = estimate;
  }
  return told;
}

// --- any machine

size_t scan_codes_base(const CodeScan& scan, const uint8_t* codes, const float* factors,
                       const float* squares, size_t count, uint32_t* out_places,
                       float* out_estimates) {
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    uint32_t sums[kBlockVectors] = {};
    for (size_t byte = 0; byte < scan.bytes; ++byte, codes += kBlockVectors) {
      const uint8_t* const low = scan.low + byte * kTableBytes;
      const uint8_t* const high = scan.high + byte * kTableBytes;
      for (size_t i = 0; i < kBlockVectors; ++i) {
        sums[i] += static_cast<uint32_t>(low[codes[i] & 15] + high[codes[i] >> 4]);
      }
    }
    const float* of_squares = squares == nullptr ? nullptr : squares + first;
    told = tell(scan, sums, factors + first, of_squares, first, count, told, out_places,
                out_estimates);
  }
  return told;
}

float dot_base(const float* a, const float* b, size_t size) {
  return sum_of(a, b, size, [](const Four& x, const Four& y) { return x * y; });
}
float square_distance_base(const float* a, const float* b, size_t size) {
  return sum_of(a, b, size, [](const Four& x, const Four& y) {
    const Four difference = x - y;
    return difference * difference;
  });
}
int32_t dot_int8_base(const int8_t* a, const int8_t* b, size_t size) {
  return dot_int8_plain(a, b, size);
}
constexpr VectorKernels kBase = {"base", dot_base, square_distance_base, dot_int8_base,
                                 scan_codes_base};

#if defined(__x86_64__)

#define MEMTIER_AVX2 __attribute__((target("avx2")))
#define MEMTIER_AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

// The sixteen even lanes in two registers, the odd ones in two more.
struct LanesAvx2 {
  __m256 even[2];
  __m256 odd[2];
};

MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE float total_avx2(const LanesAvx2& lanes) {
  const __m256 eight = _mm256_add_ps(_mm256_add_ps(lanes.even[0], lanes.odd[0]),
                                     _mm256_add_ps(lanes.even[1], lanes.odd[1]));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

struct ProductAvx2 {
  MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE static __m256 of(const float* a, const float* b) {
    return _mm256_mul_ps(_mm256_loadu_ps(a), _mm256_loadu_ps(b));
  }
};
struct SquareAvx2 {
  MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE static __m256 of(const float* a, const float* b) {
    const __m256 difference = _mm256_sub_ps(_mm256_loadu_ps(a), _mm256_loadu_ps(b));
    return _mm256_mul_ps(difference, difference);
  }
};

template <typename Part>
MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE float sum_avx2(const float* a, const float* b, size_t size) {
  const __m256 zero = _mm256_setzero_ps();
  LanesAvx2 lanes = {{zero, zero}, {zero, zero}};
  size_t at = 0;
  for (; at + 2 * kFloatLanes <= size; at += 2 * kFloatLanes) {
    lanes.even[0] = _mm256_add_ps(lanes.even[0], Part::of(a + at, b + at));
    lanes.even[1] = _mm256_add_ps(lanes.even[1], Part::of(a + at + 8, b + at + 8));
    lanes.odd[0] = _mm256_add_ps(lanes.odd[0], Part::of(a + at + 16, b + at + 16));
    lanes.odd[1] = _mm256_add_ps(lanes.odd[1], Part::of(a + at + 24, b + at + 24));
  }
  if (at < size) {
    lanes.even[0] = _mm256_add_ps(lanes.even[0], Part::of(a + at, b + at));
    lanes.even[1] = _mm256_add_ps(lanes.even[1], Part::of(a + at + 8, b + at + 8));
  }
  return total_avx2(lanes);
}

MEMTIER_AVX2 float dot_avx2(const float* a, const float* b, size_t size) {
  return sum_avx2<ProductAvx2>(a, b, size);
}
MEMTIER_AVX2 float square_distance_avx2(const float* a, const float* b, size_t size) {
  return sum_avx2<SquareAvx2>(a, b, size);
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

// Sums of 16 bits hold those of so many bytes of a code: two entries of at most 127 each.
constexpr size_t kBytesPerSum = 256;

// Of a block of codes, from byte `begin` to `end`: sums of the even vectors, and of these and 256 times
// the odd ones, as they come of adding bytes as pairs.
struct PairsAvx2 {
  __m256i both;
  __m256i odd;
};

MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE void add_pairs_avx2(const PairsAvx2& pairs, __m256i* sums) {
  const __m256i even = _mm256_sub_epi16(pairs.both, _mm256_slli_epi16(pairs.odd, 8));
  const __m256i first = _mm256_unpacklo_epi16(even, pairs.odd);   // vectors 0 to 7, 16 to 23
  const __m256i second = _mm256_unpackhi_epi16(even, pairs.odd);  // 8 to 15, 24 to 31
  const auto widened = [](__m128i eight) MEMTIER_AVX2 { return _mm256_cvtepu16_epi32(eight); };
  sums[0] = _mm256_add_epi32(sums[0], widened(_mm256_castsi256_si128(first)));
  sums[1] = _mm256_add_epi32(sums[1], widened(_mm256_castsi256_si128(second)));
  sums[2] = _mm256_add_epi32(sums[2], widened(_mm256_extracti128_si256(first, 1)));
  sums[3] = _mm256_add_epi32(sums[3], widened(_mm256_extracti128_si256(second, 1)));
}

// As tell() does it. There are four times eight sums.
MEMTIER_AVX2 MEMTIER_ALWAYS_INLINE size_t tell_avx2(const CodeScan& scan, const __m256i* sums,
                                                    const float* factors, const float* squares,
                                                    size_t first, size_t count, size_t told,
                                                    uint32_t* out_places, float* out_estimates) {
  const __m256 threshold = _mm256_set1_ps(scan.threshold);
  for (size_t part = 0; part < 4; ++part, first += 8) {
    if (first >= count) break;
    const __m256 product =
        _mm256_add_ps(_mm256_mul_ps(_mm256_set1_ps(scan.per_level), _mm256_cvtepi32_ps(sums[part])),
                      _mm256_set1_ps(scan.offset));
    __m256 estimate = _mm256_add_ps(_mm256_set1_ps(scan.base),
                                    _mm256_mul_ps(_mm256_loadu_ps(factors + first), product));
    if (squares != nullptr) estimate = _mm256_sub_ps(estimate, _mm256_loadu_ps(squares + first));
    auto above =
        static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(estimate, threshold, _CMP_GT_OQ)));
    if (first + 8 > count) above &= (1U << (count - first)) - 1;
    if (above == 0) continue;
    float estimates[8];
    _mm256_storeu_ps(estimates, estimate);
    for (; above != 0; above &= above - 1) {
      const auto i = static_cast<size_t>(__builtin_ctz(above));
      out_places[told] = static_cast<uint32_t>(first + i);
      out_estimates[told++] = estimates[i];
    }
  }
  return told;
}

MEMTIER_AVX2 size_t scan_codes_avx2(const CodeScan& scan, const uint8_t* codes,
                                    const float* factors, const float* squares, size_t count,
                                    uint32_t* out_places, float* out_estimates) {
  const __m256i half = _mm256_set1_epi8(15);
  const auto load_bytes = [](const uint8_t* from) MEMTIER_AVX2 {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  };
  const __m256i zero = _mm256_setzero_si256();
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    __m256i sums[4] = {zero, zero, zero, zero};
    for (size_t begin = 0; begin < scan.bytes; begin += kBytesPerSum) {
      const size_t end = begin + kBytesPerSum < scan.bytes ? begin + kBytesPerSum : scan.bytes;
      PairsAvx2 pairs = {zero, zero};
      for (size_t byte = begin; byte < end; ++byte, codes += kBlockVectors) {
        const __m256i code = load_bytes(codes);
        const __m256i low = _mm256_shuffle_epi8(load_bytes(scan.low + byte * kTableBytes),
                                                _mm256_and_si256(code, half));
        const __m256i high =
            _mm256_shuffle_epi8(load_bytes(scan.high + byte * kTableBytes),
                                _mm256_and_si256(_mm256_srli_epi16(code, 4), half));
        const __m256i sum = _mm256_add_epi8(low, high);
        pairs.both = _mm256_add_epi16(pairs.both, sum);
        pairs.odd = _mm256_add_epi16(pairs.odd, _mm256_srli_epi16(sum, 8));
      }
      add_pairs_avx2(pairs, sums);
    }
    told = tell_avx2(scan, sums, factors, squares, first, count, told, out_places, out_estimates);
  }
  return told;
}

constexpr VectorKernels kAvx2 = {"avx2", dot_avx2, square_distance_avx2, dot_int8_avx2,
                                 scan_codes_avx2};

MEMTIER_AVX512 MEMTIER_ALWAYS_INLINE float total_avx512(__m512 even, __m512 odd) {
  const __m512 both = _mm512_add_ps(even, odd);
  const __m256 high = _mm512_extractf32x8_ps(both, 1);
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(both), high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

struct ProductAvx512 {
  MEMTIER_AVX512 MEMTIER_ALWAYS_INLINE static __m512 of(const float* a, const float* b) {
    return _mm512_mul_ps(_mm512_loadu_ps(a), _mm512_loadu_ps(b));
  }
};
struct SquareAvx512 {
  MEMTIER_AVX512 MEMTIER_ALWAYS_INLINE static __m512 of(const float* a, const float* b) {
    const __m512 difference = _mm512_sub_ps(_mm512_loadu_ps(a), _mm512_loadu_ps(b));
    return _mm512_mul_ps(difference, difference);
  }
};

template <typename Part>
MEMTIER_AVX512 MEMTIER_ALWAYS_INLINE float sum_avx512(const float* a, const float* b, size_t size) {
  __m512 even = _mm512_setzero_ps();
  __m512 odd = _mm512_setzero_ps();
  size_t at = 0;
  for (; at + 2 * kFloatLanes <= size; at += 2 * kFloatLanes) {
    even = _mm512_add_ps(even, Part::of(a + at, b + at));
    odd = _mm512_add_ps(odd, Part::of(a + at + kFloatLanes, b + at + kFloatLanes));
  }
  if (at < size) even = _mm512_add_ps(even, Part::of(a + at, b + at));
  return total_avx512(even, odd);
}

MEMTIER_AVX512 float dot_avx512(const float* a, const float* b, size_t size) {
  return sum_avx512<ProductAvx512>(a, b, size);
}
MEMTIER_AVX512 float square_distance_avx512(const float* a, const float* b, size_t size) {
  return sum_avx512<SquareAvx512>(a, b, size);
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

// Two bytes of each code at a time: the tables of two bytes lie side by side as well.
MEMTIER_AVX512 size_t scan_codes_avx512(const CodeScan& scan, const uint8_t* codes,
                                        const float* factors, const float* squares, size_t count,
                                        uint32_t* out_places, float* out_estimates) {
  const __m512i half = _mm512_set1_epi8(15);
  const __m256i zero = _mm256_setzero_si256();
  size_t told = 0;
  for (size_t first = 0; first < count; first += kBlockVectors) {
    __m256i sums[4] = {zero, zero, zero, zero};
    for (size_t begin = 0; begin < scan.bytes; begin += kBytesPerSum) {
      const size_t end = begin + kBytesPerSum < scan.bytes ? begin + kBytesPerSum : scan.bytes;
      __m512i both = _mm512_setzero_si512();
      __m512i odd = _mm512_setzero_si512();
      for (size_t byte = begin; byte < end; byte += 2, codes += 2 * kBlockVectors) {
        const __m512i code = _mm512_loadu_si512(codes);
        const __m512i low = _mm512_shuffle_epi8(_mm512_loadu_si512(scan.low + byte * kTableBytes),
                                                _mm512_and_si512(code, half));
        const __m512i high =
            _mm512_shuffle_epi8(_mm512_loadu_si512(scan.high + byte * kTableBytes),
                                _mm512_and_si512(_mm512_srli_epi16(code, 4), half));
        const __m512i sum = _mm512_add_epi8(low, high);
        both = _mm512_add_epi16(both, sum);
        odd = _mm512_add_epi16(odd, _mm512_srli_epi16(sum, 8));
      }
      const __m256i both_once =
          _mm256_add_epi16(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
      const __m256i odd_once =
          _mm256_add_epi16(_mm512_castsi512_si256(odd), _mm512_extracti64x4_epi64(odd, 1));
      add_pairs_avx2({both_once, odd_once}, sums);
    }
    told = tell_avx2(scan, sums, factors, squares, first, count, told, out_places, out_estimates);
  }
  return told;
}

constexpr VectorKernels kAvx512 = {"avx512", dot_avx512, square_distance_avx512, dot_int8_avx512,
                                   scan_codes_avx512};

#endif

std::vector<const VectorKernels*> find_runnable() {
  std::vector<const VectorKernels*> kernels = {&kBase};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.push_back(&kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vnni")) {
    kernels.push_back(&kAvx512);
  }
#endif
  return kernels;
}

const VectorKernels& choose() {
  const std::span<const VectorKernels* const> runnable = runnable_vector_kernels();
  const char* const wanted = std::getenv(kVectorKernelsVariable);
  for (const VectorKernels* kernels : runnable) {
    if (wanted != nullptr && std::string_view(wanted) == kernels->name) return *kernels;
  }
  return *runnable.back();
}

}  // namespace

std::span<const VectorKernels* const> runnable_vector_kernels() {
  static const std::vector<const VectorKernels*> kRunnable = find_runnable();
  return kRunnable;
}

const VectorKernels& vector_kernels() {
  static const VectorKernels& kChosen = choose();
  return kChosen;
}

}  // namespace memtier
