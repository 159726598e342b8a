// Whatever the machine can run gives the same results, to the last bit.
#include "index/vector/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/seed.h"

namespace memtier::testing {
namespace {

// Codes of 53 vectors, and a query.
class Codes {
 public:
  using Told = std::vector<std::pair<uint32_t, uint32_t>>;  // places, and the bits of estimates

  Codes(Random& random, size_t dimension)
      : bytes_((dimension + 15) / 16 * 2),
        codes_(bytes_ * kBlockVectors * 2),
        low_(bytes_ * kTableBytes),
        high_(bytes_ * kTableBytes),
        factors_(kBlockVectors * 2),
        squares_(kBlockVectors * 2) {
    for (uint8_t& code : codes_) code = static_cast<uint8_t>(random.below(256));
    for (std::vector<uint8_t>* tables : {&low_, &high_}) {
      for (size_t i = 0; i < tables->size(); ++i) {
        const bool is_copy = i % kTableBytes >= kTableBytes / 2;
        (*tables)[i] = is_copy ? (*tables)[i - kTableBytes / 2]
                               : static_cast<uint8_t>(random.below(kMostTableLevel + 1));
      }
    }
    for (float& factor : factors_) factor = static_cast<float>(random.fraction());
    for (float& square : squares_) square = static_cast<float>(random.fraction());
    const float levels = static_cast<float>(bytes_ * kMostTableLevel);
    scan_ = {low_.data(), high_.data(), bytes_, 2 / levels, -2, 1.5F, 1.25F};
  }

  void fill(uint8_t level) {
    for (std::vector<uint8_t>* tables : {&low_, &high_}) tables->assign(tables->size(), level);
  }

  Told scan(const VectorKernels& kernels) const {
    Told told;
    for (const float* squares : {static_cast<const float*>(nullptr), squares_.data()}) {
      uint32_t places[kCount];
      float estimates[kCount];
      const size_t found = kernels.scan_codes(scan_, codes_.data(), factors_.data(), squares,
                                              kCount, places, estimates);
      for (size_t i = 0; i < found; ++i) {
        told.emplace_back(places[i], std::bit_cast<uint32_t>(estimates[i]));
      }
    }
    return told;
  }

 private:
  static constexpr size_t kCount = 53;
  size_t bytes_;
  std::vector<uint8_t> codes_;
  std::vector<uint8_t> low_;
  std::vector<uint8_t> high_;
  std::vector<float> factors_;
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
    Codes codes(random, dimension);
    const Codes::Told told = codes.scan(base);
    EXPECT_FALSE(told.empty());
    EXPECT_LT(told.size(), 2 * 53U) << "some are not above the threshold";
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
    codes.fill(kMostTableLevel);  // the largest sums there are
    const Codes::Told most = codes.scan(base);
    EXPECT_FALSE(most.empty());
    for (const VectorKernels* kernels : runnable_vector_kernels()) {
      EXPECT_EQ(codes.scan(*kernels), most) << kernels->name << ", dimension " << dimension;
    }
  }
}

}  // namespace
}  // namespace memtier::testing
