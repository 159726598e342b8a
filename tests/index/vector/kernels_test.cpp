// Whatever the machine can run gives the same results, to the last bit.
#include "index/vector/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/seed.h"

namespace memtier::testing {
namespace {

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
    const size_t words = small_a.size() / 64;
    std::vector<uint64_t> block(words * kBlockVectors);
    std::vector<uint64_t> query(words);
    for (uint64_t& word : block) word = random.below(UINT64_MAX);
    for (uint64_t& word : query) word = random.below(UINT64_MAX);
    uint32_t expected[kBlockVectors] = {};
    base.count_different(block.data(), query.data(), words, expected);
    for (const VectorKernels* kernels : runnable_vector_kernels()) {
      SCOPED_TRACE(std::string(kernels->name) + ", dimension " + std::to_string(dimension));
      EXPECT_EQ(std::bit_cast<uint32_t>(kernels->dot(a.data(), b.data(), a.size())),
                std::bit_cast<uint32_t>(base.dot(a.data(), b.data(), a.size())));
      EXPECT_EQ(std::bit_cast<uint32_t>(kernels->square_distance(a.data(), b.data(), a.size())),
                std::bit_cast<uint32_t>(base.square_distance(a.data(), b.data(), a.size())));
      EXPECT_EQ(kernels->dot_int8(small_a.data(), small_b.data(), small_a.size()),
                base.dot_int8(small_a.data(), small_b.data(), small_a.size()));
      uint32_t counts[kBlockVectors] = {};
      kernels->count_different(block.data(), query.data(), words, counts);
      for (size_t i = 0; i < kBlockVectors; ++i) EXPECT_EQ(counts[i], expected[i]);
    }
  }
}

}  // namespace
}  // namespace memtier::testing
