// indexes.json through memtier.h alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/temp_folder.h"
#include "conformance/c_store.h"
#include "conformance/vectors.h"

namespace memtier::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<std::string>;

constexpr int64_t kTimeUs = 1'780'272'000'000'000;  // 2026-06-01T00:00:00Z, as the file says

class CIndexes : public ::testing::Test {
 protected:
  CIndexes() {
    open();
    put_all("items");
    for (const Document& index : load_list("indexes.json", "indexes")) create(index.text);
    put_all("items_after");
  }

  void open() { store_ = std::make_unique<CStore>(folder_.file(), kTimeUs); }
  void put_all(const std::string& key) const {
    for (const Document& item : load_list("indexes.json", key)) {
      (void)store_->put(json::object(), item.text);
    }
  }
  void create(const std::string& document) const {
    check([&](memtier_error** error) {
      return memtier_index_create(store_->get(), document.data(), document.size(), nullptr, error);
    });
  }

  void expect_matches() const {
    for (const Document& test : load_list("indexes.json", "cases")) {
      SCOPED_TRACE(label(test));
      const std::string filter = document_of(test, "filter");
      Ids expected = test.value["matches"].get<Ids>();
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(store_->count(json::object(), filter), static_cast<int64_t>(expected.size()));
      Ids found;
      for (const ItemHandle& item : store_->list(json::object(), "{\"filter\": " + filter + "}")) {
        found.push_back(json::parse(json_of(item.get()))["id"]);
      }
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected);
    }
  }

  TempFolder folder_;
  std::unique_ptr<CStore> store_;
};

TEST_F(CIndexes, change_no_answer_of_a_filter) {
  expect_matches();
  store_.reset();
  open();
  expect_matches();
  for (const Document& index : load_list("indexes.json", "indexes")) {
    const std::string name = index.value["name"];
    check([&](memtier_error** error) {
      return memtier_index_drop(store_->get(), name.data(), name.size(), nullptr, error);
    });
    SCOPED_TRACE("without " + name);
    expect_matches();
  }
}

TEST_F(CIndexes, are_refused_where_their_document_is_wrong) {
  for (const Document& test : load_list("indexes.json", "refused")) {
    SCOPED_TRACE(label(test));
    const bool exists = test.value.value("status", "") == "MEMTIER_EXISTS";
    try {
      create(document_of(test, "document"));
      ADD_FAILURE() << "was accepted";
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.status(), exists ? MEMTIER_EXISTS : MEMTIER_INVALID);
      EXPECT_NE(std::string(failure.what()).find(test.value["error"]), std::string::npos)
          << failure.what();
    }
  }
}

}  // namespace
}  // namespace memtier::testing
