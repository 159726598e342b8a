// Vectors to measure with: real ones from files of half floats, or generated ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

inline constexpr size_t kDimension = 384;

struct Vectors {
  std::vector<float> floats;
  size_t size() const { return floats.size() / kDimension; }
  const float* at(size_t i) const { return floats.data() + i * kDimension; }
  void make_unit();
};

// `count` rows of half floats; 0: all of the file.
Vectors read_halves(const std::string& path, size_t count);
// Around a thousand centres.
Vectors generated_vectors(size_t count, uint64_t seed);
// `count` of them: where there are fewer, each again with noise added.
Vectors multiplied(const Vectors& vectors, size_t count);
float product(const float* a, const float* b);

}  // namespace bench
