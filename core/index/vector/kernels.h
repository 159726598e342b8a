// The inner loops over vectors, once for each kind of machine; the best that this one can run is chosen
// when the program starts. All give the same results to the last bit: sums of floats are made in the
// same 32 lanes and added up in the same order, without fused operations; the others are integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace memtier {

inline constexpr size_t kFloatLanes = 16;    // floats of a vector are padded with zeros to so many
inline constexpr size_t kByteLanes = 64;     // and bytes to so many
inline constexpr size_t kBlockVectors = 32;  // whose codes lie side by side, byte by byte

constexpr size_t padded_floats(size_t dimension) {
  return (dimension + kFloatLanes - 1) / kFloatLanes * kFloatLanes;
}
constexpr size_t padded_bytes(size_t dimension) {
  return (dimension + kByteLanes - 1) / kByteLanes * kByteLanes;
}

// A query as codes are compared with it: of each byte of a code its lower and its upper half have a table
// of sixteen levels, from 0 to 127, twice side by side; a code's sum is that of the levels of all its
// halves (Andre, Kermarrec and Le Scouarnec, Cache locality is not enough, 2015). And
//   estimate = base + factor * (per_level * sum + offset) - square.
inline constexpr size_t kTableBytes = 32;
inline constexpr int kMostTableLevel = 127;

struct CodeScan {
  const uint8_t* low = nullptr;  // kTableBytes for each byte of a code
  const uint8_t* high = nullptr;
  size_t bytes = 0;  // of a code; even
  float per_level = 0;
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
  // Codes in blocks: byte b of code i is block[b * kBlockVectors + i]. `squares` may be null. Gives the
  // places and estimates of those above the threshold, and how many these are; factors and squares have
  // whole blocks, and there is room for `count`.
  size_t (*scan_codes)(const CodeScan& scan, const uint8_t* codes, const float* factors,
                       const float* squares, size_t count, uint32_t* out_places,
                       float* out_estimates);
};

// The environment may name one of those below; another name says nothing. For tests and comparisons: what
// is found is the same.
inline constexpr const char* kVectorKernelsVariable = "MEMTIER_VECTOR_KERNELS";
const VectorKernels& vector_kernels();
// All that this machine can run, for tests.
std::span<const VectorKernels* const> runnable_vector_kernels();

}  // namespace memtier
