// Vectors of archived items: smaller, and still near to what they were.
#include "storage/sqlite/coarse_vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/seed.h"
#include "storage/sqlite/vector_tables.h"

namespace memtier::testing {
namespace {

SpaceSpec bytes_of(int64_t dimension) {
  SpaceSpec space;
  space.name = "meaning";
  space.dimension = dimension;
  space.encoding = VectorEncoding::kInt8;
  space.embedder = "test";
  return space;
}

// As models have them: the first components are large.
std::vector<float> falling(Random& random, size_t dimension) {
  std::vector<float> vector(dimension);
  for (size_t i = 0; i < dimension; ++i) {
    const double size = 1.0 / (1.0 + static_cast<double>(i) / 16);
    vector[i] = static_cast<float>((random.fraction() - 0.5) * size);
  }
  return vector;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

TEST(CoarseVectors, are_nearly_what_they_were) {
  Random random;
  for (const size_t dimension : {64u, 256u, 384u, 1024u}) {
    const SpaceSpec space = bytes_of(static_cast<int64_t>(dimension));
    for (int round = 0; round < 50; ++round) {
      const std::vector<float> vector = falling(random, dimension);
      const std::string coarse = coarse_vector(encode_vector(vector, space.encoding), space);
      EXPECT_EQ(coarse.size(), sizeof(float) + dimension / 32 + dimension * 5 / 16);
      std::vector<float> back(dimension);
      ASSERT_TRUE(decode_vector(coarse, space, back.data()).ok());
      EXPECT_GT(cosine(vector, back), 0.96);  // two and a half bits leave a 25th of the squares
      // Once more changes nothing.
      EXPECT_TRUE(coarse_vector(coarse, space).empty());
    }
  }
}

// A constant group, one large component, groups of nothing.
TEST(CoarseVectors, are_made_of_odd_ones_too) {
  const SpaceSpec space = bytes_of(64);
  std::vector<float> vector(64, 0.0F);
  EXPECT_TRUE(coarse_vector(encode_vector(vector, space.encoding), space).empty());
  vector[3] = -1;
  std::vector<float> back(64);
  const std::string one = coarse_vector(encode_vector(vector, space.encoding), space);
  ASSERT_TRUE(decode_vector(one, space, back.data()).ok());
  EXPECT_GT(cosine(vector, back), 0.93);  // there is no level that is nothing
  vector.assign(64, 0.25F);
  const std::string same = coarse_vector(encode_vector(vector, space.encoding), space);
  ASSERT_TRUE(decode_vector(same, space, back.data()).ok());
  EXPECT_GT(cosine(vector, back), 0.99);
}

TEST(CoarseVectors, are_not_made_where_there_is_nothing_to_save) {
  const std::vector<float> vector(100, 0.5F);
  const auto bytes = [&](int64_t dimension, VectorEncoding encoding) {
    SpaceSpec space = bytes_of(dimension);
    space.encoding = encoding;
    const std::span<const float> part(vector.data(), static_cast<size_t>(dimension));
    return coarse_vector(encode_vector(part, encoding), space);
  };
  EXPECT_TRUE(bytes(32, VectorEncoding::kInt8).empty());
  EXPECT_TRUE(bytes(100, VectorEncoding::kInt8).empty());
  EXPECT_TRUE(bytes(64, VectorEncoding::kFloat32).empty());
  EXPECT_FALSE(bytes(64, VectorEncoding::kInt8).empty());
}

TEST(CoarseVectors, that_are_damaged_are_told_of) {
  Random random;
  const SpaceSpec space = bytes_of(64);
  const std::string coarse =
      coarse_vector(encode_vector(falling(random, 64), space.encoding), space);
  std::vector<float> out(64);
  for (size_t size = 0; size < coarse.size(); ++size) {
    EXPECT_EQ(decode_vector(coarse.substr(0, size), space, out.data()).code(), Code::kCorrupt);
  }
  EXPECT_EQ(decode_vector(coarse + 'x', space, out.data()).code(), Code::kCorrupt);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = coarse;
    bytes[static_cast<size_t>(random.below(static_cast<int64_t>(bytes.size())))] =
        static_cast<char>(random.below(256));
    (void)decode_vector(bytes, space, out.data());  // and nothing is read beyond it
  }
}

}  // namespace
}  // namespace memtier::testing
