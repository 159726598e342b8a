// What is learned from the order of reads, and that it stays within bounds.
#include "tiers/prefetcher.h"

#include <gtest/gtest.h>

namespace memtier::testing {
namespace {

constexpr int64_t kSecond = 1'000'000;

ItemRef item_of(int64_t row, const char* user = "ada") {
  ItemFields fields;
  const std::string id = "i" + std::to_string(row);
  fields[Text::kId] = id;
  fields[Text::kUser] = user;
  Ref<Item> item = Item::create(fields, row);
  return ItemRef::adopt(item.detach());
}

std::vector<int64_t> after(const Prefetcher& prefetcher, int64_t row) {
  std::vector<int64_t> rows;
  for (const Prefetcher::Next& next : prefetcher.after(row)) rows.push_back(next.row);
  return rows;
}

class Prefetch : public ::testing::Test {
 protected:
  void read(std::initializer_list<int64_t> rows, const char* user = "ada") {
    for (const int64_t row : rows) prefetcher_.note(*item_of(row, user), now_us_ += kSecond);
  }

  Prefetcher prefetcher_{3};
  int64_t now_us_ = 0;
};

using Rows = std::vector<int64_t>;

TEST_F(Prefetch, knows_what_was_read_twice_behind_an_item) {
  read({1, 2, 9, 1});
  EXPECT_EQ(after(prefetcher_, 1), Rows());
  read({2});
  EXPECT_EQ(after(prefetcher_, 1), Rows{2});
}

TEST_F(Prefetch, follows_a_train_of_reads_as_far_as_there_is_room) {
  for (int i = 0; i < 3; ++i) read({1, 2, 3, 4, 5, 90 + i});
  EXPECT_EQ(after(prefetcher_, 1), (Rows{2, 3, 4}));
}

TEST_F(Prefetch, gives_the_likeliest_first) {
  for (int i = 0; i < 2; ++i) read({1, 2});
  for (int i = 0; i < 3; ++i) read({1, 3});
  EXPECT_EQ(after(prefetcher_, 1)[0], 3);
  EXPECT_EQ(after(prefetcher_, 1)[1], 2);
}

TEST_F(Prefetch, keeps_owners_apart_and_forgets_what_is_long_ago) {
  for (int i = 0; i < 3; ++i) {
    read({1}, "ada");
    read({2}, "bob");
  }
  EXPECT_EQ(after(prefetcher_, 1), Rows());
  for (int i = 0; i < 3; ++i) {
    read({1});
    now_us_ += 600 * kSecond;
    read({3});
    now_us_ += 600 * kSecond;
  }
  EXPECT_EQ(after(prefetcher_, 1), Rows());
}

TEST_F(Prefetch, one_read_does_not_drive_out_what_was_learned_from_many) {
  for (int64_t next = 2; next <= 5; ++next) {
    for (int i = 0; i < 10; ++i) read({1, next});
  }
  read({1, 77, 1, 78, 1, 79});
  EXPECT_EQ(after(prefetcher_, 1).size(), 3U);
  for (const int64_t row : after(prefetcher_, 1)) EXPECT_LE(row, 5);
}

TEST_F(Prefetch, forgets_the_oldest_when_it_follows_too_many) {
  for (int i = 0; i < 2; ++i) read({1, 2});
  for (int64_t row = 100; row < 17'000; ++row) read({row});
  EXPECT_EQ(after(prefetcher_, 1), Rows());
}

TEST_F(Prefetch, counts_what_was_fetched_and_then_read) {
  prefetcher_.note_fetched(5);
  prefetcher_.note_hit(5);
  prefetcher_.note_hit(5);
  prefetcher_.note_hit(6);
  EXPECT_EQ(prefetcher_.fetched(), 1);
  EXPECT_EQ(prefetcher_.hits(), 1);
}

}  // namespace
}  // namespace memtier::testing
