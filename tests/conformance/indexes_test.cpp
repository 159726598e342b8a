// indexes.json on the engine itself: the same items with indexes and without, and in RAM.
#include <algorithm>

#include "base/text.h"
#include "conformance/vectors.h"
#include "model/filter_eval.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

class IndexVectors : public ::testing::Test {
 protected:
  IndexVectors() {
    const std::string now = load_vectors("indexes.json")["now"];
    clock_ = std::make_shared<ManualClock>(*parse_time_us(now));
    store_ = open_store(folder_.file(), quiet_options(clock_));
    put_all("items");
    for (const Document& index : load_list("indexes.json", "indexes")) {
      Control control;
      must(store_->create_index(must(IndexSpec::parse(index.text)), control));
    }
    put_all("items_after");
  }

  void put_all(const std::string& key) {
    for (const Document& item : load_list("indexes.json", key)) {
      (void)must_put(*store_, Scope(), item.text);
    }
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Store> store_;
};

TEST_F(IndexVectors, are_found_by_index_as_they_are_in_ram) {
  const std::vector<ItemRef> items = list_all(*store_, Scope());
  size_t by_index = 0;
  Control control;
  for (const Document& test : load_list("indexes.json", "cases")) {
    SCOPED_TRACE(label(test));
    const FilterRef filter = filter_of(document_of(test, "filter"));
    auto expected = test.value["matches"].get<std::vector<std::string>>();
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> in_ram;
    for (const ItemRef& item : items) {
      if (matches(*filter, item->fields(), store_->tier_names())) in_ram.emplace_back(item->id());
    }
    std::sort(in_ram.begin(), in_ram.end());
    EXPECT_EQ(in_ram, expected) << "in RAM";
    EXPECT_EQ(must(store_->count(Scope(), filter, control)), static_cast<int64_t>(expected.size()));
    ListRequest request;
    request.filter = filter;
    const Json explain = Json::parse(must(store_->explain_list(Scope(), request, control)));
    by_index += explain["count"]["path"] == "ix_custom" ? 1 : 0;
  }
  EXPECT_GT(by_index, 10u) << "these cases are there for indexes to be used";
}

}  // namespace
}  // namespace memtier::testing
