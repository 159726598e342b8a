// The text index against a search that looks at every item: whatever was written, replaced and removed,
// by whom, and however it lies in segments, both find the same, in the same order.
#include "index/text/inverted_text_index.h"

#include "index/text/indexed_storage.h"
#include "storage/integrity.h"

namespace memtier::testing {
namespace {

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
    result.push_back(must(TextQuery::natural(text, false)));
    result.push_back(must(TextQuery::natural(text, true)));
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
    for (int i = 0; i < 5; ++i) {  // fields that are not searched
      expect_same(handle, all[random.below(all.size())], user, {1, 0, 1}, 5);
      expect_same(handle, all[random.below(all.size())], user, {0, 1, 1}, 5);
    }
    if (HasFatalFailure()) return;
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
  const auto query = must(TextQuery::natural("tea", false));
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

// "tea" behind so many of `count` words that no item has, and others that some have.
TEST_F(InvertedIndex, of_many_words_the_first_that_any_item_has_are_looked_for) {
  Handle handle(folder_.file());
  std::string known;
  for (int i = 0; i < 300; ++i) known += "known" + std::to_string(i) + " ";
  put(handle, "bob", "his", known);
  put(handle, "ada", "tea", "green tea");
  std::string unknown;
  for (int i = 0; i < 3000; ++i) unknown += "unheard" + std::to_string(i) + " ";
  const Scope ada = scope("ada");
  const auto find = [&](const std::string& text) {
    const TextQuery query = must(TextQuery::natural(text, false));
    return must(handle.index->search(query, {}, {&ada, 1000}, parse_filter(""), 0, 10, {}));
  };
  for (int run = 0; run < 2; ++run) {
    const TextResult late = find(unknown + "tea");
    EXPECT_EQ(late.hits.size(), 1u) << "unknown words do not count";
    EXPECT_EQ(late.words_left_out, 0);
    EXPECT_EQ(find(unknown + "\"tea green\" \"green tea\" lemon").hits.size(), 1u);
    EXPECT_EQ(find(unknown + "tea -green").hits.size(), 0u) << "exclusions always hold";
    const TextResult too_late = find(known + "tea lemon");
    EXPECT_EQ(too_late.hits.size(), 0u);
    EXPECT_EQ(too_late.words_left_out, 300 + 2 - 256);
    EXPECT_EQ(find(unknown + unknown).words_left_out, 0);
    maintain(handle);  // the same from a segment
  }
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
