// The text index against a search that looks at every item: whatever was written, replaced and removed,
// by whom, and however it lies in segments, both find the same, in the same order.
#include "index/text/inverted_text_index.h"

#include <atomic>
#include <thread>

#include "index/text/naive_text_search.h"
#include "storage/integrity.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

// Small segments, so that a few hundred items make many.
TextIndexSettings small_segments() {
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

// Words of a small vocabulary, some of them common.
std::string random_text(Random& random) {
  static const char* const kWords[] = {"tea",    "green", "likes",  "liked",  "Ada",
                                       "train",  "Bari",  "coffee", "violin", "concert",
                                       "ticket", "the",   "walks",  "walking"};
  std::string text;
  const uint64_t count = random.below(random.one_in(20) ? 300 : 12);
  for (uint64_t i = 0; i < count; ++i) {
    text += kWords[std::min(random.below(14), random.below(14))];
    text += ' ';
  }
  return text;
}

std::vector<TextQuery> queries() {
  std::vector<TextQuery> result;
  for (const char* text : {"tea", "green tea", "Ada likes walking", "nothing", "wal*", "like*",
                           "t* concert", "\"green tea\"", "\"tea green tea\" violin", "tea -green",
                           "ticket the concert train coffee violin"}) {
    result.push_back(TextQuery::natural(text, false));
    result.push_back(TextQuery::natural(text, true));
  }
  for (const char* text :
       {"tea AND green", "(tea OR coffee) NOT ada", "violin NOT \"tea green\"",
        "(\"green tea\" AND violin) OR bari", "tea AND (walk* OR train) NOT concert"}) {
    result.push_back(must(TextQuery::boolean(text)));
  }
  return result;
}

TEST_F(InvertedIndex, items_are_found_as_by_looking_at_every_item) {
  Random random;
  Handle handle(folder_.file());
  const std::vector<TextQuery> all = queries();
  for (int step = 0; step < 900; ++step) {
    const std::string user = "user" + std::to_string(random.below(3));
    const std::string id = "id" + std::to_string(random.below(200));
    if (random.one_in(4)) {
      remove(handle, user, id);
    } else {
      put(handle, user, id, random_text(random), random.one_in(6) ? random_text(random) : "");
    }
    if (random.one_in(30)) maintain(handle);
    if (step % 15 != 0) continue;
    for (const TextQuery& query : all) {
      expect_same(handle, query, random.one_in(3) ? "" : user);
      if (HasFatalFailure()) return;
    }
    expect_same(handle, all[random.below(all.size())], user, {1, 3, 1}, 1000);
    expect_same(handle, all[random.below(all.size())], "", {0, 1, 1}, 3);
  }
  maintain(handle);
  const auto statistics = must(handle.index->statistics());
  EXPECT_GE(statistics.segments, 1);
  EXPECT_EQ(statistics.recent_documents + statistics.segment_documents,
            static_cast<int64_t>(
                std::count_if(naive_.items.begin(), naive_.items.end(), [](const auto& entry) {
                  return !entry.second.content.empty() || !entry.second.title.empty();
                })));
}

// A filter that is checked on what would be shown, and one whose few matches alone are scored, say the
// same to the last bit.
TEST_F(InvertedIndex, a_filter_gives_the_same_hits_whichever_way_it_is_used) {
  Random random;
  Handle handle(folder_.file());
  const std::vector<TextQuery> all = queries();
  int chosen_first = 0;
  int checked_last = 0;
  for (int step = 0; step < 900; ++step) {
    const Scope in = scope("user" + std::to_string(random.below(3)));
    const std::string id = "id" + std::to_string(random.below(400));
    const std::string text = random_text(random);
    const bool rare = random.one_in(40);
    if (const ItemRef item = must_find(*handle.storage, in, id); item && random.one_in(3)) {
      must(commit_one(*handle.storage, WriteOp::remove(item, Reason::kNone)));
    } else {
      must(commit_one(*handle.storage, put_op(in, {.id = id,
                                                   .content = text,
                                                   .type = random.one_in(2) ? "fact" : "",
                                                   .tags = rare ? "all\nrare" : "all",
                                                   .expires_us = random.one_in(4) ? 500 : 0})));
    }
    if (random.one_in(50)) maintain(handle);
    if (step % 30 != 29) continue;
    for (const char* kind : {"rare", "all"}) {
      const std::string tag = R"({"tags": ")" + std::string(kind) + R"("})";
      // The same for the filter's meaning, but not for the planner, who looks at what must hold.
      const FilterRef direct = parse_filter(tag);
      const FilterRef hidden = parse_filter(R"({"$or": [)" + tag + R"(, {"metadata.none": 1}]})");
      const Scope where = random.one_in(2) ? in : Scope({"*", "", "", "", ""});
      const int64_t limit = random.one_in(3) ? 100 : 5;
      for (const TextQuery& query : all) {
        const ReadScope read{&where, 1000};
        const auto one = must(handle.index->search(query, {}, read, direct, 0, limit, {}));
        const auto other = must(handle.index->search(query, {}, read, hidden, 0, limit, {}));
        chosen_first += one.filter.candidates >= 0 ? 1 : 0;
        checked_last += other.filter.candidates < 0 ? 1 : 0;
        ASSERT_EQ(one.hits.size(), other.hits.size()) << describe(query) << tag;
        for (size_t i = 0; i < one.hits.size(); ++i) {
          ASSERT_EQ(one.hits[i].row, other.hits[i].row) << describe(query) << tag;
          ASSERT_EQ(one.hits[i].score, other.hits[i].score) << describe(query) << tag;
        }
      }
    }
  }
  EXPECT_GT(chosen_first, 100);
  EXPECT_GT(checked_last, 100);
}

TEST_F(InvertedIndex, items_are_found_again_after_a_restart_and_by_other_handles) {
  Random random;
  const std::string path = folder_.file();
  const std::vector<TextQuery> all = queries();
  auto first = std::make_unique<Handle>(path);
  auto second = std::make_unique<Handle>(path);
  for (int step = 0; step < 500; ++step) {
    Handle& writer = random.one_in(2) ? *first : *second;
    const std::string id = "id" + std::to_string(random.below(150));
    if (random.one_in(4)) {
      remove(writer, "ada", id);
    } else {
      put(writer, "ada", id, random_text(random));
    }
    if (random.one_in(25)) maintain(random.one_in(2) ? *first : *second);
    if (random.one_in(100)) first = std::make_unique<Handle>(path);
    if (step % 10 != 0) continue;
    expect_same(*first, all[random.below(all.size())], "ada");
    expect_same(*second, all[random.below(all.size())], "");
    if (HasFatalFailure()) return;
  }
  first.reset();
  second.reset();
  EXPECT_EQ(integrity_problems(path), std::vector<std::string>());
}

TEST_F(InvertedIndex, words_of_one_scope_do_not_count_for_another) {
  Handle handle(folder_.file());
  put(handle, "ada", "a", "green tea");
  const auto query = TextQuery::natural("tea", false);
  const auto filter = must(Filter::parse(""));
  const Scope ada = scope("ada");
  const auto alone = must(handle.index->search(query, {}, {&ada, 1000}, filter, 0, 10, {}));
  for (int i = 0; i < 100; ++i) put(handle, "bob", std::to_string(i), "tea tea tea and more tea");
  maintain(handle);
  const auto beside = must(handle.index->search(query, {}, {&ada, 1000}, filter, 0, 10, {}));
  ASSERT_EQ(beside.hits.size(), 1u);
  EXPECT_EQ(beside.hits[0].score, alone.hits[0].score) << "to the last bit";
  EXPECT_EQ(beside.documents, 1);
}

// A writer, two who tidy up and two who search, all at once: a search sees what was acknowledged.
TEST_F(InvertedIndex, items_are_found_while_segments_are_made_and_merged) {
  const std::string path = folder_.file();
  Handle first(path);
  Handle second(path);
  std::atomic<int> written{0};
  std::atomic<bool> stop{false};
  const auto filter = must(Filter::parse(""));
  const Scope ada = scope("ada");
  std::vector<std::thread> threads;
  for (Handle* handle : {&first, &second}) {
    threads.emplace_back([&, handle] {
      while (!stop) (void)handle->index->maintain(true).ok();
    });
    threads.emplace_back([&, handle] {
      while (!stop) {
        const int before = written;
        const auto all = TextQuery::natural("tea", false);
        const auto result =
            must(handle->index->search(all, {}, {&ada, 1000}, filter, 0, 10'000, {}));
        const int after = written;
        // Each step adds one item and replaces another; one write may be under way.
        EXPECT_GE(static_cast<int>(result.hits.size()), before);
        EXPECT_LE(static_cast<int>(result.hits.size()), after + 1);
        EXPECT_EQ(result.documents, static_cast<int64_t>(result.hits.size()));
      }
    });
  }
  for (int i = 0; i < 600; ++i) {
    put(i % 2 == 0 ? first : second, "ada", "new" + std::to_string(i), "green tea");
    ++written;
    put(first, "ada", "new" + std::to_string(i / 2), "tea again " + std::to_string(i));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  maintain(first);
  EXPECT_EQ(must(second.index->search(TextQuery::natural("tea", false), {}, {&ada, 1000}, filter, 0,
                                      10'000, {}))
                .hits.size(),
            600u);
}

TEST_F(InvertedIndex, many_common_texts_are_ranked_exactly) {
  Random random;
  Handle handle(folder_.file());
  for (int i = 0; i < 3000; ++i) {
    put(handle, "ada", std::to_string(i), random_text(random) + random_text(random));
  }
  maintain(handle);
  for (const TextQuery& query : queries()) {
    for (const int64_t limit : {1, 10, 100}) expect_same(handle, query, "ada", {}, limit);
  }
}

}  // namespace
}  // namespace memtier::testing
