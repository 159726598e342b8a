#include "common/keys.h"

#include <cmath>

namespace bench {
namespace {

constexpr double kZipfExponent = 0.99;

// Popular items must not lie side by side: ranks are spread over the items.
size_t spread(size_t rank, size_t count) {
  return static_cast<size_t>(mix(rank) % count);
}

}  // namespace

Zipf::Zipf(size_t count, double exponent) : keep_(count), alias_(count) {
  std::vector<double> weight(count);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += weight[i] = std::pow(static_cast<double>(i + 1), -exponent);
  }
  std::vector<uint32_t> poor;
  std::vector<uint32_t> rich;
  for (size_t i = 0; i < count; ++i) {
    weight[i] *= static_cast<double>(count) / sum;
    (weight[i] < 1 ? poor : rich).push_back(static_cast<uint32_t>(i));
  }
  while (!poor.empty() && !rich.empty()) {
    const uint32_t from = poor.back();
    const uint32_t to = rich.back();
    poor.pop_back();
    keep_[from] = static_cast<float>(weight[from]);
    alias_[from] = to;
    weight[to] -= 1 - weight[from];
    if (weight[to] < 1) {
      rich.pop_back();
      poor.push_back(to);
    }
  }
  for (const uint32_t i : poor) keep_[i] = 1;
  for (const uint32_t i : rich) keep_[i] = 1;
}

size_t Zipf::draw(Random& random) const {
  const size_t column = random.below(keep_.size());
  return random.unit() < static_cast<double>(keep_[column]) ? column : alias_[column];
}

KeyStream::KeyStream(const Items& items, Draw draw, size_t count, uint64_t seed) {
  Random random(seed);
  ids_.reserve(count * Items::kIdBytes);
  if (draw == Draw::kUniform) {
    for (size_t i = 0; i < count; ++i) ids_ += items.id(random.below(items.size()));
    return;
  }
  const Zipf zipf(items.size(), kZipfExponent);
  for (size_t i = 0; i < count; ++i) ids_ += items.id(spread(zipf.draw(random), items.size()));
}

}  // namespace bench
