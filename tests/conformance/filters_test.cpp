// filters.json on the engine itself: in RAM, on a batch and in SQL, with identical results.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "conformance/vectors.h"
#include "model/filter_eval.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<std::string>;

Scope scope_from(const json& names) {
  const auto name = [&names](const char* key) { return names.value(key, std::string()); };
  return Scope({name("collection"), name("app"), name("user"), name("agent"), name("session")});
}

class FilterVectors : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string now = load_vectors("filters.json")["now"];
    clock_ = std::make_shared<ManualClock>(*parse_time_us(now));
    store_ = open_store(folder_.file(), quiet_options(clock_));
    for (const Document& item : load_list("filters.json", "items")) {
      (void)must_put(*store_, scope_from(item.value), item.text);
    }
    items_ = list_all(*store_, scope_of({.collection = "*"}));
    cases_ = load_list("filters.json", "cases");
  }

  Ids in_ram(const Filter& filter, const Scope& scope) const {
    Ids ids;
    for (const ItemRef& item : items_) {
      const bool found =
          scope.allows(item->scope()) && matches(filter, item->fields(), store_->tier_names());
      if (found) ids.emplace_back(item->id());
    }
    return sorted(ids);
  }

  Ids in_batch(const Filter& filter, const Scope& scope) const {
    const std::vector<uint8_t> found = matches_batch(filter, items_, store_->tier_names());
    Ids ids;
    for (size_t i = 0; i < items_.size(); ++i) {
      if (found[i] != 0 && scope.allows(items_[i]->scope())) ids.emplace_back(items_[i]->id());
    }
    return sorted(ids);
  }

  Ids in_sql(const FilterRef& filter, const Scope& scope) {
    ListRequest request;
    request.filter = filter;
    const Page page = must(store_->list(scope, request, 1000, Control()));
    return sorted(ids_of(page.items));
  }

  static Ids sorted(Ids ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Store> store_;
  std::vector<ItemRef> items_;
  std::vector<Document> cases_;
};

TEST_F(FilterVectors, match_the_same_items_in_ram_on_a_batch_and_in_sql) {
  for (const Document& test : cases_) {
    if (!test.value.contains("matches")) continue;
    SCOPED_TRACE(label(test));
    const Scope scope = scope_from(test.value.value("scope", json::object()));
    auto parsed = Filter::parse(document_of(test, "filter"));
    if (!parsed.ok()) {
      ADD_FAILURE() << parsed.take_status().message();
      continue;
    }
    const FilterRef filter = *parsed;
    const Ids expected = sorted(test.value["matches"].get<Ids>());
    EXPECT_EQ(in_ram(*filter, scope), expected) << "in RAM";
    EXPECT_EQ(in_batch(*filter, scope), expected) << "on a batch";
    try {
      EXPECT_EQ(in_sql(filter, scope), expected) << "in SQL";
      EXPECT_EQ(must(store_->count(scope, filter)), static_cast<int64_t>(expected.size()));
    } catch (const std::exception& failure) {
      ADD_FAILURE() << std::string(failure.what()).substr(0, 200);
    }
  }
}

TEST_F(FilterVectors, are_refused_with_the_place_of_the_mistake) {
  for (const Document& test : cases_) {
    if (!test.value.contains("error")) continue;
    SCOPED_TRACE(label(test));
    auto parsed = Filter::parse(document_of(test, "filter"));
    ASSERT_FALSE(parsed.ok());
    const std::string expected = test.value["error"];
    const std::string message = message_of(std::move(parsed), Code::kInvalid);
    EXPECT_NE(message.find(expected), std::string::npos) << message;
  }
}

TEST_F(FilterVectors, see_the_same_after_the_journal_is_folded_and_the_store_opened_again) {
  must(store_->close());
  store_ = open_store(folder_.file(), quiet_options(clock_));
  for (const Document& test : cases_) {
    if (!test.value.contains("matches") || test.value.contains("build")) continue;
    SCOPED_TRACE(label(test));
    const Scope scope = scope_from(test.value.value("scope", json::object()));
    const FilterRef filter = filter_of(document_of(test, "filter"));
    EXPECT_EQ(in_sql(filter, scope), sorted(test.value["matches"].get<Ids>()));
  }
}

}  // namespace
}  // namespace memtier::testing
