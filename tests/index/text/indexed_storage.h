// A storage with its text index, beside a search that looks at every item; for tests of the index.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "index/text/inverted_text_index.h"
#include "index/text/naive_text_search.h"
#include "storage/storage_testing.h"

namespace memtier::testing {

// Small segments, so that a few hundred items make many.
inline TextIndexSettings small_segments() {
  TextIndexSettings settings;
  settings.segment_documents = 40;
  settings.max_segment_bytes = 24 << 10;
  settings.cache_bytes = 64 << 10;
  return settings;
}

// A storage with its index, as a store has it.
struct Handle {
  explicit Handle(const std::string& path, Tokenizer tokenizer = Tokenizer::kEnglish) {
    SqliteSettings settings;
    settings.path = path;
    storage = must(SqliteStorage::open(settings));
    index = std::make_unique<InvertedTextIndex>(*storage, tokenizer, small_segments());
    must(storage->attach(&sink, index.get()));
  }
  ~Handle() { must(storage->close()); }
  RecordingSink sink;
  std::unique_ptr<SqliteStorage> storage;
  std::unique_ptr<InvertedTextIndex> index;
};

class InvertedIndex : public ::testing::Test {
 protected:
  Scope scope(const std::string& user) { return Scope({"", "", user, "", ""}); }

  void put(Handle& handle, const std::string& user, const std::string& id,
           const std::string& content, const std::string& title = "") {
    const Scope in = scope(user);
    ItemSpec spec;
    spec.id = id;
    spec.content = content;
    const std::string metadata = R"({"title":")" + title + "\"}";
    if (!title.empty()) spec.metadata = metadata;
    std::vector<WriteOp> batch;
    batch.push_back(WriteOp::put(make_item(in, spec), &in, given_plan()));
    must(handle.storage->commit(batch, Durability::kNormal, 1000, true));
    must(std::move(batch[0].status));
    naive_.items[user + "/" + id] = {user, content, title,
                                     must_find(*handle.storage, in, id)->fields().sequence};
  }

  void remove(Handle& handle, const std::string& user, const std::string& id) {
    const Scope in = scope(user);
    const ItemRef item = must_find(*handle.storage, in, id);
    if (!item) return;
    std::vector<WriteOp> batch;
    batch.push_back(WriteOp::remove(item, Reason::kNone));
    must(handle.storage->commit(batch, Durability::kNormal, 1000, true));
    naive_.items.erase(user + "/" + id);
  }

  void expect_same(Handle& handle, const TextQuery& query, const std::string& user,
                   const FieldWeights& weights = {}, int64_t limit = 10) {
    const Scope pattern = user.empty() ? Scope({"*", "", "", "", ""}) : scope(user);
    const auto filter = must(Filter::parse(""));
    const auto result =
        must(handle.index->search(query, weights, {&pattern, 1000}, filter, 0, limit, {}));
    const auto expected = naive_.search(query, weights, user, static_cast<size_t>(limit));
    const std::string what = describe(query) + " of \"" + user + '"';
    ASSERT_EQ(result.hits.size(), expected.size()) << what;
    for (size_t i = 0; i < expected.size(); ++i) {
      const std::vector<int64_t> row = {result.hits[i].row};
      const auto items = must(handle.storage->find_rows(row));
      ASSERT_TRUE(items[0]) << what;
      const std::string id =
          std::string(items[0]->scope().name(Scope::kUser)) + "/" + std::string(items[0]->id());
      EXPECT_NEAR(result.hits[i].score, expected[i].score, 1e-9) << what << ", place " << i;
      const auto same_score = [&](const auto& hit) {
        return hit.id == id && std::abs(hit.score - result.hits[i].score) < 1e-9;
      };
      EXPECT_TRUE(expected[i].id == id ||
                  std::any_of(expected.begin(), expected.end(), same_score) ||
                  std::abs(expected.back().score - result.hits[i].score) < 1e-9)
          << what << ", place " << i << ": " << id << " for " << expected[i].id;
    }
  }

  void maintain(Handle& handle) {
    must(handle.storage->fold(true));
    while (must(handle.index->maintain(true))) {
    }
  }

  NaiveTextSearch naive_{Tokenizer::kEnglish};
  TempFolder folder_;
};

}  // namespace memtier::testing
