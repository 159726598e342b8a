#include "index/vector/vector_room.h"

#include <gtest/gtest.h>

#include <cstring>

namespace memtier::testing {
namespace {

// As large as those of 384 floats: from some block on they lie side by side in huge pages.
constexpr size_t kBlockBytes = size_t{256} * 384 * 4;

TEST(VectorRoom, blocks_keep_what_is_written) {
  VectorRoom room(kBlockBytes);
  constexpr size_t kBlocks = 40;
  for (size_t block = 0; block < kBlocks; ++block) {
    room.add();
    std::memset(room.at(block), static_cast<int>(block), kBlockBytes);
  }
  EXPECT_EQ(room.blocks(), kBlocks);
  EXPECT_GE(room.memory_bytes(), kBlocks * kBlockBytes);
  for (size_t block = 0; block < kBlocks; ++block) {
    EXPECT_EQ(room.at(block)[0], static_cast<char>(block));
    EXPECT_EQ(room.at(block)[kBlockBytes - 1], static_cast<char>(block));
  }
}

TEST(VectorRoom, few_blocks_take_what_they_need) {
  VectorRoom room(kBlockBytes);
  for (int i = 0; i < 3; ++i) room.add();
  EXPECT_EQ(room.memory_bytes(), 3 * kBlockBytes);
  room.clear();
  EXPECT_EQ(room.memory_bytes(), 0u);
  room.add();
  EXPECT_EQ(room.blocks(), 1u);
}

TEST(VectorRoom, what_is_not_read_any_more_is_given_back) {
  VectorRoom room(kBlockBytes);
  for (int i = 0; i < 40; ++i) room.add();
  const size_t all = room.memory_bytes();
  std::memset(room.at(39), 7, kBlockBytes);
  room.let_go(10);
  EXPECT_EQ(room.memory_bytes(), all - 10 * kBlockBytes);
  room.let_go(20);  // of those that lie together some are still read
  EXPECT_EQ(room.memory_bytes(), all - 16 * kBlockBytes);
  EXPECT_EQ(room.at(39)[0], 7);
}

}  // namespace
}  // namespace memtier::testing
