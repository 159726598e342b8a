// The inner loops over vectors, once for each kind of machine; the best that this one can run is chosen
// when the program starts. All give the same results to the last bit: sums of floats are made in the
// same 32 lanes and added up in the same order, without fused operations; the others are integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace memtier {

inline constexpr size_t kFloatLanes = 16;   // floats of a vector are padded with zeros to so many
inline constexpr size_t kByteLanes = 64;    // and bytes to so many
inline constexpr size_t kBlockVectors = 8;  // whose codes lie side by side, word by word

constexpr size_t padded_floats(size_t dimension) {
  return (dimension + kFloatLanes - 1) / kFloatLanes * kFloatLanes;
}
constexpr size_t padded_bytes(size_t dimension) {
  return (dimension + kByteLanes - 1) / kByteLanes * kByteLanes;
}

inline constexpr size_t kQueryBits = 4;  // of a component of a query that is compared with codes

// What a scan of codes compares with: estimate = base + factor * (per_level * matches + per_bit * bits +
// offset) - square, where matches are the bits that a code has in common with the query's rows, each
// row counting twice as much as the one before.
struct CodeScan {
  const uint64_t* rows = nullptr;  // kQueryBits of `words` words
  size_t words = 0;
  float per_level = 0;
  float per_bit = 0;
  float offset = 0;
  float base = 0;
  float threshold = 0;  // what is not above it is not told
};

struct VectorKernels {
  const char* name;
  // `size` is a multiple of the lanes.
  float (*dot)(const float* a, const float* b, size_t size);
  float (*square_distance)(const float* a, const float* b, size_t size);
  int32_t (*dot_int8)(const int8_t* a, const int8_t* b, size_t size);
  // Codes in blocks of eight: word w of code i is block[w * 8 + i]. `squares` may be null. Gives the
  // places and estimates of those above the threshold, and how many these are; there is room for
  // `count` and eight more.
  size_t (*scan_codes)(const CodeScan& scan, const uint64_t* codes, const float* factors,
                       const float* bits, const float* squares, size_t count, uint32_t* out_places,
                       float* out_estimates);
};

const VectorKernels& vector_kernels();
// All that this machine can run, for tests.
std::span<const VectorKernels* const> runnable_vector_kernels();

}  // namespace memtier
