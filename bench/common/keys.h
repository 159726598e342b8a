// Which items are read: Zipf and uniform.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/items.h"
#include "common/random.h"

namespace bench {

// Ranks 0 to count - 1 with a probability proportional to 1 / (rank + 1)^exponent, in constant time
// (M. Vose's alias tables).
class Zipf {
 public:
  Zipf(size_t count, double exponent);
  size_t draw(Random& random) const;

 private:
  std::vector<float> keep_;
  std::vector<uint32_t> alias_;
};

enum class Draw { kZipf, kUniform };

// The ids to read, one behind the other in the order in which they are read, so that fetching the
// next one costs every contestant the same and next to nothing.
class KeyStream {
 public:
  KeyStream(const Items& items, Draw draw, size_t count, uint64_t seed);
  size_t size() const { return ids_.size() / Items::kIdBytes; }
  std::string_view operator[](size_t i) const {
    return std::string_view(ids_).substr(i * Items::kIdBytes, Items::kIdBytes);
  }

 private:
  std::string ids_;
};

}  // namespace bench
