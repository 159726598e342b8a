#include "common/vectors.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

float from_half(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  const float value = exponent == 0
                          ? std::ldexp(static_cast<float>(mantissa), -24)
                          : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return (half & 0x8000) != 0 ? -value : value;
}

}  // namespace

void Vectors::make_unit() {
  for (size_t i = 0; i < size(); ++i) {
    float* const vector = floats.data() + i * kDimension;
    double square = 0;
    for (size_t d = 0; d < kDimension; ++d) square += static_cast<double>(vector[d]) * vector[d];
    for (size_t d = 0; d < kDimension; ++d) vector[d] /= static_cast<float>(std::sqrt(square));
  }
}

Vectors read_halves(const std::string& path, size_t count) {
  if (count == 0) count = std::filesystem::file_size(path) / kDimension / sizeof(uint16_t);
  std::vector<uint16_t> halves(count * kDimension);
  std::ifstream file(path, std::ios::binary);
  const auto bytes = static_cast<std::streamsize>(halves.size() * sizeof(uint16_t));
  if (!file.read(reinterpret_cast<char*>(halves.data()), bytes)) {
    throw std::runtime_error("cannot read " + path);
  }
  Vectors vectors;
  vectors.floats.reserve(halves.size());
  for (const uint16_t half : halves) vectors.floats.push_back(from_half(half));
  vectors.make_unit();
  return vectors;
}

Vectors generated_vectors(size_t count, uint64_t seed) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> centres(1000 * kDimension);
  for (float& component : centres) component = normal(random);
  random.seed(seed);
  Vectors vectors;
  for (size_t i = 0; i < count; ++i) {
    const float* centre = centres.data() + random() % 1000 * kDimension;
    for (size_t d = 0; d < kDimension; ++d) {
      vectors.floats.push_back(centre[d] + normal(random));
    }
  }
  vectors.make_unit();
  return vectors;
}

Vectors multiplied(const Vectors& vectors, size_t count) {
  constexpr float kNoise = 0.015F;  // of each component; they are of about 0.05
  std::mt19937_64 random(11);
  std::normal_distribution<float> normal(0, kNoise);
  Vectors more;
  more.floats.reserve(count * kDimension);
  for (size_t i = 0; i < count; ++i) {
    const float* from = vectors.at(i % vectors.size());
    const bool is_first = i < vectors.size();
    for (size_t d = 0; d < kDimension; ++d) {
      more.floats.push_back(is_first ? from[d] : from[d] + normal(random));
    }
  }
  more.make_unit();
  return more;
}

float product(const float* a, const float* b) {
  float sum = 0;
  for (size_t d = 0; d < kDimension; ++d) sum += a[d] * b[d];
  return sum;
}

}  // namespace bench
