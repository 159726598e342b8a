// Whatever the machine can run gives the same results, to the last bit.
#include "index/vector/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/seed.h"

namespace memtier::testing {
namespace {

// Codes of 21 vectors, and a query.
class Codes {
 public:
  using Told = std::vector<std::pair<uint32_t, uint32_t>>;  // places, and the bits of estimates

  Codes(Random& random, size_t dimension)
      : words_((dimension + 63) / 64),
        codes_(words_ * kBlockVectors * 3),
        rows_(words_ * kQueryBits),
        factors_(kCount + kBlockVectors),
        bits_(kCount + kBlockVectors),
        squares_(kCount + kBlockVectors) {
    for (uint64_t& word : codes_) word = random.below(UINT64_MAX);
    for (uint64_t& word : rows_) word = random.below(UINT64_MAX);
    for (float& factor : factors_) factor = static_cast<float>(random.fraction());
    for (float& bits : bits_) bits = static_cast<float>(random.below(dimension));
    for (float& square : squares_) square = static_cast<float>(random.fraction());
    scan_ = {rows_.data(), words_, 0.1F, -0.3F, 0.7F, 1.5F, 0.5F};
  }

  Told scan(const VectorKernels& kernels) const {
    Told told;
    for (const float* squares : {static_cast<const float*>(nullptr), squares_.data()}) {
      uint32_t places[kCount + kBlockVectors];
      float estimates[kCount + kBlockVectors];
      const size_t found = kernels.scan_codes(scan_, codes_.data(), factors_.data(), bits_.data(),
                                              squares, kCount, places, estimates);
      for (size_t i = 0; i < found; ++i) {
        told.emplace_back(places[i], std::bit_cast<uint32_t>(estimates[i]));
      }
    }
    return told;
  }

 private:
  static constexpr size_t kCount = 21;
  size_t words_;
  std::vector<uint64_t> codes_;
  std::vector<uint64_t> rows_;
  std::vector<float> factors_;
  std::vector<float> bits_;
  std::vector<float> squares_;
  CodeScan scan_;
};

TEST(VectorKernels, of_all_kinds_of_machine_agree) {
  Random random;
  const VectorKernels& base = *runnable_vector_kernels().front();
  for (const size_t dimension : {2UL, 16UL, 17UL, 64UL, 384UL, 1000UL, 4096UL}) {
    std::vector<float> a(padded_floats(dimension));
    std::vector<float> b(a.size());
    std::vector<int8_t> small_a(padded_bytes(dimension));
    std::vector<int8_t> small_b(small_a.size());
    for (size_t i = 0; i < dimension; ++i) {
      a[i] = static_cast<float>(random.fraction() - 0.5);
      b[i] = static_cast<float>(random.fraction() - 0.5);
      small_a[i] = static_cast<int8_t>(random.below(255));
      small_b[i] = static_cast<int8_t>(random.below(255));
    }
    const Codes codes(random, dimension);
    const Codes::Told told = codes.scan(base);
    EXPECT_FALSE(told.empty());
    for (const VectorKernels* kernels : runnable_vector_kernels()) {
      SCOPED_TRACE(std::string(kernels->name) + ", dimension " + std::to_string(dimension));
      EXPECT_EQ(std::bit_cast<uint32_t>(kernels->dot(a.data(), b.data(), a.size())),
                std::bit_cast<uint32_t>(base.dot(a.data(), b.data(), a.size())));
      EXPECT_EQ(std::bit_cast<uint32_t>(kernels->square_distance(a.data(), b.data(), a.size())),
                std::bit_cast<uint32_t>(base.square_distance(a.data(), b.data(), a.size())));
      EXPECT_EQ(kernels->dot_int8(small_a.data(), small_b.data(), small_a.size()),
                base.dot_int8(small_a.data(), small_b.data(), small_a.size()));
      EXPECT_EQ(codes.scan(*kernels), told);
    }
  }
}

}  // namespace
}  // namespace memtier::testing
