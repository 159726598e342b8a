#include "index/text/bm25.h"

#include <algorithm>

namespace memtier {
namespace {

// Eight steps for each doubling above 127.
std::array<uint32_t, 256> make_lengths() {
  std::array<uint32_t, 256> lengths{};
  for (uint32_t i = 0; i < 128; ++i) lengths[i] = i;
  double length = 128;
  for (size_t i = 128; i < 256; ++i) {
    lengths[i] = static_cast<uint32_t>(std::min(length, 4.0e9));
    length *= 1.0905077326652577;  // 2 to the power of 1/8
  }
  return lengths;
}
const std::array<uint32_t, 256> kLengths = make_lengths();

}  // namespace

uint8_t norm_of_length(uint32_t length) {
  if (length < 128) return static_cast<uint8_t>(length);
  const auto above = std::upper_bound(kLengths.begin(), kLengths.end(), length);
  return static_cast<uint8_t>(above - kLengths.begin() - 1);
}

uint32_t length_of_norm(uint8_t norm) {
  return kLengths[norm];
}

Bm25::Bm25(const Collection& collection, const FieldWeights& weights)
    : weights_(weights),
      documents_(static_cast<double>(collection.documents)),
      inverse_average_(collection.length > 0 ? documents_ / static_cast<double>(collection.length)
                                             : 0),
      table_(kRows * 256) {
  for (size_t frequency = 0; frequency < kRows; ++frequency) {
    const double weighted = weights_.content * static_cast<double>(frequency);
    for (size_t norm = 0; norm < 256; ++norm) {
      const double value =
          frequency == 0 ? 0 : share(weighted, length_of_norm(static_cast<uint8_t>(norm)));
      table_[frequency * 256 + norm] = static_cast<float>(value);
    }
  }
}

double Bm25::rarity(int64_t documents_with_term) const {
  const auto with = static_cast<double>(
      std::clamp<int64_t>(documents_with_term, 0, static_cast<int64_t>(documents_)));
  return std::log1p((documents_ - with + 0.5) / (with + 0.5));
}

}  // namespace memtier
