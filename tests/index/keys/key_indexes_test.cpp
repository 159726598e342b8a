// Keys that a callback extracts: found as filters find them in a list of texts, whatever has changed, from
// whichever handle.
#include "index/keys/key_indexes.h"

#include <atomic>
#include <thread>

#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

// The tags, so that the filter language itself says what is right.
Status extract_tags(std::span<const ItemRef> items, std::vector<KeyTable::Keys>* out_keys) {
  for (size_t i = 0; i < items.size(); ++i) {
    for_each_tag(items[i]->text(Text::kTags),
                 [&](std::string_view tag) { (*out_keys)[i].emplace_back(tag); });
  }
  return {};
}

class KeyedHandle {
 public:
  explicit KeyedHandle(const std::string& path)
      : storage_(must(SqliteStorage::open(small_settings(path)))), indexes_(*storage_, 1 << 20) {
    storage_->set_filter_binder(&indexes_);
    must(storage_->attach(&sink_, nullptr));
    Control control;
    must(storage_->drain());
    must(indexes_.create("tag", extract_tags, control));
  }
  ~KeyedHandle() { must(storage_->close()); }
  SqliteStorage& storage() { return *storage_; }
  KeyIndexes& indexes() { return indexes_; }

 private:
  RecordingSink sink_;
  std::unique_ptr<SqliteStorage> storage_;
  KeyIndexes indexes_;
};

std::string tags_for(Random& random) {
  // In their order, as keys are.
  std::string tags;
  for (const char* tag : {"blue", "green", "greenish", "red"}) {
    if (random.one_in(3)) tags += (tags.empty() ? "" : "\n") + std::string(tag);
  }
  return tags;
}

std::string tag_test(Random& random, const std::string& field) {
  static const char* const kTests[] = {R"("red")",
                                       R"({"$ne": "red"})",
                                       R"({"$in": ["red", "blue", 1]})",
                                       R"({"$in": [["red"], "blue"]})",
                                       R"({"$nin": ["green"]})",
                                       R"({"$startsWith": "green"})",
                                       R"({"$gt": "green"})",
                                       R"({"$gte": "green"})",
                                       R"({"$lt": "green"})",
                                       R"({"$lte": "green"})",
                                       R"({"$gt": 3})",
                                       R"({"$exists": true})",
                                       R"({"$exists": false})",
                                       R"({"$contains": "red"})",
                                       R"({"$icontains": "RED"})",
                                       R"(["blue", "red"])"};
  return "{\"" + field + "\": " + kTests[random.below(std::size(kTests))] + "}";
}

TEST(KeyIndexes, find_what_the_same_test_finds_in_a_list_of_texts_from_every_handle) {
  Random random;
  const TempFolder folder;
  const Scope scope;
  KeyedHandle first(folder.file());
  KeyedHandle second(folder.file());
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 8; ++i) {
      SqliteStorage& storage = random.one_in(2) ? first.storage() : second.storage();
      const std::string id = "i" + std::to_string(random.below(40));
      must(storage.refresh());
      const ItemRef item = must_find(storage, scope, id);
      if (item && random.one_in(4)) {
        must(commit_one(storage, WriteOp::remove(item, Reason::kNone)));
      } else {
        const std::string tags = tags_for(random);
        must(commit_one(storage, put_op(scope, {.id = id, .tags = tags})));
      }
    }
    const uint64_t seed = random.below(1 << 30);
    Random same_for_keys(seed);
    Random same_for_tags(seed);
    const std::string keys = R"({"$or": [)" + tag_test(same_for_keys, "index.tag") +
                             R"(, {"$not": )" + tag_test(same_for_keys, "index.tag") + "}]}";
    const std::string tags = R"({"$or": [)" + tag_test(same_for_tags, "tags") + R"(, {"$not": )" +
                             tag_test(same_for_tags, "tags") + "}]}";
    const std::string one = tag_test(same_for_keys, "index.tag");
    const std::string other = tag_test(same_for_tags, "tags");
    for (KeyedHandle* handle : {&first, &second}) {
      const auto list = [&](const std::string& filter) {
        return list_ids(handle->storage(), scope, 1000,
                        R"({"order_by": "id", "filter": )" + filter + "}");
      };
      ASSERT_EQ(list(keys), list(tags)) << keys;
      ASSERT_EQ(list(one), list(other)) << one;
    }
  }
}

TEST(KeyIndexes, refuse_more_than_they_have_room_for_and_go_on_when_there_is_less) {
  const TempFolder folder;
  const Scope scope;
  RecordingSink sink;
  const auto storage = must(SqliteStorage::open(small_settings(folder.file())));
  KeyIndexes indexes(*storage, 1000);
  storage->set_filter_binder(&indexes);
  must(storage->attach(&sink, nullptr));
  Control control;
  must(indexes.create("tag", extract_tags, control));
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back("i" + std::to_string(i));
  for (const std::string& id : ids) {
    must(commit_one(*storage, put_op(scope, {.id = id, .tags = "red"})));
  }
  const FilterRef filter = parse_filter(R"({"index.tag": "red"})");
  EXPECT_EQ(storage->count({&scope, 1000}, filter, {}).code(), Code::kLimit);
  for (size_t i = 2; i < ids.size(); ++i) {
    must(commit_one(*storage, WriteOp::remove(must_find(*storage, scope, ids[i]), Reason::kNone)));
  }
  EXPECT_EQ(must(storage->count({&scope, 1000}, filter, {})), 2);
  must(storage->close());
}

TEST(KeyIndexes, show_each_thread_what_its_read_shows_while_others_write) {
  const TempFolder folder;
  const Scope scope;
  KeyedHandle handle(folder.file());
  must(commit_one(handle.storage(), put_op(scope, {.id = "a", .tags = "red"})));
  // One item is always red: whichever of its states a read shows, it is found once.
  const FilterRef filter = parse_filter(R"({"index.tag": "red"})");
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) EXPECT_EQ(must(handle.storage().count({&scope, 1000}, filter, {})), 1);
    });
  }
  for (int i = 0; i < 200; ++i) {
    must(commit_one(handle.storage(),
                    put_op(scope, {.id = "a", .tags = i % 2 == 0 ? "blue\nred" : "red"})));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace memtier::testing
