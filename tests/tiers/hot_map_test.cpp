#include "tiers/hot_map.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/epoch.h"
#include "tiers/tiers_testing.h"

namespace memtier::testing {
namespace {

const Scope kScope;

std::string content_in(const HotMap& map, std::string_view id) {
  const EpochGuard guard;
  const Item* item = map.peek(ItemKey(kScope, id));
  return item == nullptr ? "(none)" : std::string(item->text(Text::kContent));
}

uint64_t hash_of(std::string_view id) {
  return ItemKey(kScope, id).hash;
}

TEST(HotMap, gives_what_was_put_until_it_is_removed) {
  HotMap map;
  EXPECT_EQ(content_in(map, "a"), "(none)");
  EXPECT_FALSE(map.put(tier_item("a", 1, "one")));
  EXPECT_EQ(content_in(map, "a"), "one");
  const ItemRef old = map.put(tier_item("a", 1, "two"));
  EXPECT_EQ(old->text(Text::kContent), "one") << "a reader may still hold it";
  EXPECT_EQ(content_in(map, "a"), "two");
  EXPECT_EQ(map.count(), 1);
  EXPECT_TRUE(map.remove_row(hash_of("a"), 1));
  EXPECT_FALSE(map.remove_row(hash_of("a"), 1));
  EXPECT_EQ(content_in(map, "a"), "(none)");
  EXPECT_EQ(map.count(), 0);
  EXPECT_EQ(map.bytes(), 0);
}

TEST(HotMap, grows_and_keeps_everything) {
  HotMap map;
  for (int i = 0; i < 20'000; ++i) map.put(tier_item("i" + std::to_string(i), i + 1));
  EXPECT_EQ(map.count(), 20'000);
  for (int i = 0; i < 20'000; i += 2) {
    EXPECT_TRUE(map.remove_row(hash_of("i" + std::to_string(i)), i + 1));
  }
  int64_t bytes = 0;
  int64_t count = 0;
  map.visit([&](const Item& item) {
    ++count;
    bytes += static_cast<int64_t>(item.memory_bytes());
    EXPECT_EQ(item.row() % 2, 0);
  });
  EXPECT_EQ(count, 10'000);
  EXPECT_EQ(map.count(), 10'000);
  EXPECT_EQ(map.bytes(), bytes);
  for (int i = 0; i < 20'000; ++i) {
    const bool there = content_in(map, "i" + std::to_string(i)) == "text";
    ASSERT_EQ(there, i % 2 == 1) << i;
  }
}

TEST(HotMap, finds_an_item_by_its_row) {
  HotMap map;
  map.put(tier_item("a", 7));
  const EpochGuard guard;
  EXPECT_NE(map.peek_row(hash_of("a"), 7), nullptr);
  EXPECT_EQ(map.peek_row(hash_of("a"), 8), nullptr);
  EXPECT_EQ(map.peek_row(hash_of("b"), 7), nullptr);
}

TEST(HotMap, takes_in_what_was_read_only_if_nothing_changed_since) {
  HotMap map;
  const uint64_t hash = hash_of("a");
  uint64_t stamp = map.stamp(hash);
  EXPECT_TRUE(map.put_if_unchanged(tier_item("a", 1, "read"), stamp));
  EXPECT_FALSE(map.put_if_unchanged(tier_item("a", 1, "again"), map.stamp(hash))) << "it is there";
  stamp = map.stamp(hash);
  map.put(tier_item("a", 1, "written"));
  map.remove_row(hash, 1);
  EXPECT_FALSE(map.put_if_unchanged(tier_item("a", 1, "stale"), stamp));
  stamp = map.stamp(hash);
  map.touch(hash);
  EXPECT_FALSE(map.put_if_unchanged(tier_item("a", 1, "stale"), stamp));
  EXPECT_EQ(content_in(map, "a"), "(none)");
}

TEST(HotMap, samples_what_is_in_it) {
  HotMap map;
  EXPECT_TRUE(map.sample(1, 5).empty());
  for (int i = 0; i < 100; ++i) map.put(tier_item("i" + std::to_string(i), i + 1));
  std::set<int64_t> rows;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const ItemRef& item : map.sample(seed * 7919, 4)) rows.insert(item->row());
  }
  EXPECT_GT(rows.size(), 50u) << "from all over the map";
  map.clear();
  EXPECT_EQ(map.count(), 0);
  EXPECT_TRUE(map.sample(1, 5).empty());
}

// Each writer has its keys and counts their versions up; a reader must never see one go back, and
// never another item than it asked for.
TEST(HotMap, shows_many_readers_each_key_old_or_new_and_never_torn) {
  constexpr int kWriters = 2;
  constexpr int kReaders = 3;
  constexpr int kKeys = 40;
  constexpr int kRounds = 400;
  HotMap map;
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int r = 0; r < kReaders; ++r) {
    threads.emplace_back([&] {
      std::vector<int> seen(kWriters * kKeys, -1);
      while (!stop) {
        for (int key = 0; key < kWriters * kKeys; ++key) {
          const std::string id = std::to_string(key);
          ItemRef kept;
          {
            const EpochGuard guard;
            const Item* item = map.peek(ItemKey(kScope, id));
            if (item == nullptr) continue;
            if (item->id() != id) ++wrong;
            if (item->try_ref()) kept = ItemRef::adopt(item);
          }
          if (!kept) continue;
          const int version = std::stoi(std::string(kept->text(Text::kContent)));
          if (version < seen[static_cast<size_t>(key)]) ++wrong;
          seen[static_cast<size_t>(key)] = version;
        }
      }
    });
  }
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int round = 0; round < kRounds; ++round) {
        for (int k = 0; k < kKeys; ++k) {
          const std::string id = std::to_string(w * kKeys + k);
          const int64_t row = w * kKeys + k + 1;
          map.put(tier_item(id, row, std::to_string(round)));
          if ((round + k) % 7 == 0) (void)map.remove_row(hash_of(id), row);
          if ((round + k) % 11 == 0) (void)map.sample(static_cast<uint64_t>(round), 4);
        }
      }
    });
  }
  for (auto& writer : writers) writer.join();
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace memtier::testing
