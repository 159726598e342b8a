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

struct VectorKernels {
  const char* name;
  // `size` is a multiple of the lanes.
  float (*dot)(const float* a, const float* b, size_t size);
  float (*square_distance)(const float* a, const float* b, size_t size);
  int32_t (*dot_int8)(const int8_t* a, const int8_t* b, size_t size);
  // Of the bits that differ from `query`, for each of eight codes: word w of code i is
  // block[w * 8 + i].
  void (*count_different)(const uint64_t* block, const uint64_t* query, size_t words,
                          uint32_t* out);
};

const VectorKernels& vector_kernels();
// All that this machine can run, for tests.
std::span<const VectorKernels* const> runnable_vector_kernels();

}  // namespace memtier
