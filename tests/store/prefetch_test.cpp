// Prefetch: what was read together before comes into RAM together, and is never out of date there.
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

class PrefetchedItems : public ::testing::Test {
 protected:
  // a, b and c, read one behind the other three times, and gone from RAM.
  std::unique_ptr<Store> open_learned(int64_t prefetch) {
    StoreOptions options = quiet_options(make_clock());
    options.prefetch = prefetch;
    options.ladder = R"({"tiers": [{"name": "all", "medium": "database"}]})";
    auto store = open_store(folder_.file(), std::move(options));
    for (const char* id : {"a", "b", "c", "d"}) {
      must_put(*store, R"({"id": ")" + std::string(id) + R"(", "content": "old"})");
    }
    for (int i = 0; i < 3; ++i) {
      for (const char* id : {"a", "b", "c", "d"}) must(store->get(Scope(), id));
    }
    for (const char* id : {"a", "b", "c", "d"}) {  // a new version is not in RAM
      must_put(*store, R"({"id": ")" + std::string(id) + R"(", "content": "text"})");
    }
    flush(*store);
    return store;
  }
  static std::string read(Store& store, const char* id) {
    return std::string(must(store.get(Scope(), id))->text(Text::kContent));
  }

  TempFolder folder_;
};

TEST_F(PrefetchedItems, are_read_from_ram) {
  const auto store = open_learned(2);
  const StoreStatistics before = must(store->statistics());
  EXPECT_EQ(read(*store, "a"), "text");
  EXPECT_EQ(must(store->statistics()).prefetched - before.prefetched, 2);
  EXPECT_EQ(read(*store, "b"), "text");
  EXPECT_EQ(read(*store, "c"), "text");
  const StoreStatistics after = must(store->statistics());
  EXPECT_EQ(after.gets_resident - before.gets_resident, 2);
  EXPECT_EQ(after.prefetch_hits - before.prefetch_hits, 2);
}

TEST_F(PrefetchedItems, are_never_out_of_date) {
  const auto store = open_learned(3);
  (void)read(*store, "a");
  must_put(*store, R"({"id": "b", "content": "new"})");
  must(store->remove(Scope(), "c", 0, Durability::kDefault));
  EXPECT_EQ(read(*store, "b"), "new");
  EXPECT_EQ(store->get(Scope(), "c").code(), Code::kNotFound);
}

TEST_F(PrefetchedItems, follow_what_another_handle_writes) {
  const auto store = open_learned(3);
  (void)read(*store, "a");
  const auto other = open_store(folder_.file(), quiet_options(make_clock()));
  must_put(*other, R"({"id": "b", "content": "theirs"})");
  EXPECT_EQ(read(*store, "b"), "theirs");
}

TEST_F(PrefetchedItems, are_none_where_it_is_off) {
  const auto store = open_learned(0);
  (void)read(*store, "a");
  const StoreStatistics statistics = must(store->statistics());
  EXPECT_EQ(statistics.prefetched, 0);
  EXPECT_EQ(statistics.resident_count, 0);
}

}  // namespace
}  // namespace memtier::testing
