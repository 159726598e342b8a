// The arena: blocks do not overlap, come back, and leave nothing behind.
#include "base/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/seed.h"

namespace memtier::testing {
namespace {

struct Block {
  unsigned char* memory;
  size_t size;
  unsigned char mark;
};

Block make_block(size_t size, unsigned char mark) {
  auto* const memory = static_cast<unsigned char*>(arena_allocate(size));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % kArenaAlignment, 0u);
  std::memset(memory, mark, size);
  return {memory, size, mark};
}

// Whoever else has a byte of it has written something else there.
void check_and_free(const Block& block) {
  const auto differs = [&block](unsigned char byte) { return byte != block.mark; };
  EXPECT_TRUE(std::none_of(block.memory, block.memory + block.size, differs)) << block.size;
  arena_free(block.memory, block.size);
}

size_t random_size(Random& random) {
  const size_t limit = size_t{1} << (4 + random.below(11));  // to 16 kB: the largest are the heap's
  return 1 + random.below(limit);
}

TEST(Arena, gives_blocks_of_every_size_that_do_not_overlap) {
  std::vector<Block> blocks;
  for (size_t size = 1; size <= 9000; size += size < 2200 ? 1 : 61) {
    blocks.push_back(make_block(size, static_cast<unsigned char>(size % 251)));
  }
  for (const Block& block : blocks) check_and_free(block);
}

TEST(Arena, uses_again_what_came_back) {
  constexpr size_t kBlocks = 20'000;
  size_t most = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<Block> blocks;
    for (size_t i = 0; i < kBlocks; ++i) blocks.push_back(make_block(700, 1));
    if (round == 0) most = arena_bytes();
    EXPECT_EQ(arena_bytes(), most);
    for (const Block& block : blocks) check_and_free(block);
    EXPECT_LE(arena_bytes(), size_t{2} << 20) << "but for one chunk all goes back to the system";
  }
}

TEST(Arena, wastes_little) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "with AddressSanitizer all memory comes from the heap";
#endif
  for (const size_t size : {64, 300, 700, 1000, 1500, 4000, 8000}) {
    const size_t count = (size_t{32} << 20) / size;
    std::vector<Block> blocks;
    for (size_t i = 0; i < count; ++i) blocks.push_back(make_block(size, 1));
    EXPECT_LT(arena_bytes(), count * size * 6 / 5) << size;
    for (const Block& block : blocks) check_and_free(block);
  }
}

TEST(Arena, holds_where_threads_free_what_others_have_allocated) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  const Random seeds;
  std::mutex mutex;
  std::vector<Block> shared;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Random random(seeds.seed() + static_cast<uint64_t>(t));
      for (int i = 0; i < kEach; ++i) {
        Block block =
            make_block(random_size(random), static_cast<unsigned char>(random.below(256)));
        const std::lock_guard lock(mutex);
        if (shared.size() < 500) {
          shared.push_back(block);
          continue;
        }
        std::swap(block, shared[random.below(shared.size())]);
        check_and_free(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Block& block : shared) check_and_free(block);
}

}  // namespace
}  // namespace memtier::testing
