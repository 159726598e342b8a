#include "storage/sqlite/known_ids.h"

#include "base/hash.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

int64_t hash_of(int i) {
  return id_hash(std::to_string(i));
}

TEST(KnownIds, say_nothing_before_they_are_complete) {
  KnownIds ids(1 << 20);
  EXPECT_TRUE(ids.may_contain(hash_of(1)));
  const uint64_t number = ids.begin(0);
  ids.add(hash_of(1));
  EXPECT_TRUE(ids.may_contain(hash_of(2)));
  EXPECT_TRUE(ids.is_current(number));
  ids.complete();
  EXPECT_TRUE(ids.may_contain(hash_of(1)));
  EXPECT_FALSE(ids.may_contain(hash_of(2)));
  ids.forget();
  EXPECT_TRUE(ids.may_contain(hash_of(2)));
  EXPECT_FALSE(ids.is_current(number));
  EXPECT_FALSE(ids.is_current(ids.begin(0) + 1));
}

TEST(KnownIds, know_all_that_were_added_and_few_others_however_many_there_are) {
  constexpr int kIds = 200'000;
  KnownIds ids(16 << 20);
  (void)ids.begin(0);
  for (int i = 0; i < kIds; ++i) ids.add(hash_of(i));
  ids.complete();
  int others = 0;
  for (int i = 0; i < kIds; ++i) {
    ASSERT_TRUE(ids.may_contain(hash_of(i))) << i;
    others += ids.may_contain(hash_of(kIds + i)) ? 1 : 0;
  }
  EXPECT_LT(others, kIds / 50);
  EXPECT_LT(ids.memory_bytes(), size_t{kIds} * 8);
}

TEST(KnownIds, give_up_where_they_would_grow_too_large) {
  KnownIds ids(64 << 10);
  (void)ids.begin(0);
  ids.complete();
  for (int i = 0; i < 100'000; ++i) ids.add(hash_of(i));
  EXPECT_TRUE(ids.may_contain(hash_of(-1)));
  EXPECT_EQ(ids.memory_bytes(), 0u);
  for (int i = 0; i < 10'000; ++i) ids.count_miss();
  EXPECT_FALSE(ids.is_worth_beginning());
}

TEST(KnownIds, are_worth_it_after_many_vain_look_ups) {
  KnownIds ids(1 << 20);
  EXPECT_FALSE(ids.is_worth_beginning());
  for (int i = 0; i < 10'000; ++i) ids.count_miss();
  EXPECT_TRUE(ids.is_worth_beginning());
  (void)ids.begin(0);
  EXPECT_FALSE(ids.is_worth_beginning());
}

// Whatever a storage knows of ids: an item that is there is found by the next put.
class PutsFindWhatIsThere : public ::testing::Test {
 protected:
  void put(SqliteStorage& storage, std::string_view id, std::string_view content = "text") const {
    must(commit_one(storage, put_op(scope_, {.id = std::string(id), .content = content})));
  }
  void expect_version(SqliteStorage& storage, std::string_view id, int64_t version) const {
    must(storage.refresh());
    const ItemRef item = must_find(storage, scope_, id);
    ASSERT_TRUE(item) << id;
    EXPECT_EQ(item->header().version, version) << id;
  }
  static std::string name(int i) { return "old" + std::to_string(i); }

  TempFolder folder_;
  const Scope scope_;
};

TEST_F(PutsFindWhatIsThere, in_a_store_that_was_empty_when_it_was_opened) {
  OpenStorage one(folder_.file());
  OpenStorage two(folder_.file());
  for (int i = 0; i < 20; ++i) put(i % 2 == 0 ? *one : *two, name(i));
  must(one->fold(true));
  for (int i = 0; i < 20; ++i) put(*one, name(i));
  must(two->fold(true));
  for (int i = 0; i < 20; ++i) put(*two, name(i));
  for (int i = 0; i < 20; ++i) expect_version(*one, name(i), 3);
}

TEST_F(PutsFindWhatIsThere, after_the_ids_were_read) {
  constexpr int kOld = 5000;
  {
    OpenStorage first(folder_.file());
    for (int i = 0; i < kOld; ++i) put(*first, name(i));
    must(first->close());
  }
  OpenStorage one(folder_.file());
  OpenStorage two(folder_.file());
  for (int i = 0; i < 1500; ++i) put(*one, "new" + std::to_string(i));  // looked up in vain
  put(*two, "foreign");
  must(one->learn_ids({}));
  put(*two, "foreign later");
  must(one->fold(true));
  for (int i = 0; i < kOld; i += 7) put(*one, name(i));
  for (const char* id : {"new3", "foreign", "foreign later"}) put(*one, id);
  for (int i = 0; i < kOld; i += 7) expect_version(*one, name(i), 2);
  for (const char* id : {"new3", "foreign", "foreign later"}) expect_version(*one, id, 2);
}

TEST_F(PutsFindWhatIsThere, when_another_process_stored_a_large_one) {
  OpenStorage one(folder_.file());
  OpenStorage two(folder_.file());
  put(*one, "small");
  put(*two, "large", std::string(200 << 10, 'x'));
  put(*one, "large");
  put(*one, "small");
  expect_version(*two, "large", 2);
  expect_version(*two, "small", 2);
}

TEST_F(PutsFindWhatIsThere, when_they_were_outrun_by_a_whole_journal) {
  OpenStorage one(folder_.file());
  OpenStorage two(folder_.file());
  const std::string text(10'000, 'x');
  for (int i = 0; i < 100; ++i) put(*two, name(i), text);
  for (int i = 0; i < 100; ++i) put(*one, name(i));
  for (int i = 0; i < 100; ++i) expect_version(*two, name(i), 2);
}

}  // namespace
}  // namespace memtier::testing
