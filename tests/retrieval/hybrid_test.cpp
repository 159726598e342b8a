// What words and vectors find together.
#include <gmock/gmock.h>

#include <set>

#include "model/json.h"
#include "retrieval/search.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Ids = std::vector<std::string>;

class HybridSearch : public ::testing::Test {
 protected:
  HybridSearch() : store_(open_store(folder_.file(), options())) {
    must(store_->create_space(must(SpaceSpec::parse(R"({"name": "s", "dimension": 3})"))));
  }
  StoreOptions options() const {
    StoreOptions options = quiet_options(clock_);
    options.embedder = EmbedderKind::kNone;
    return options;
  }
  void keep(const std::string& id, const std::string& content, const std::vector<float>& vector,
            const std::string& more = "") {
    clock_->advance_us(1'000'000);
    must_put(*store_, scope_,
             R"({"id": ")" + id + R"(", "content": ")" + content + "\"" + more + "}");
    if (vector.empty()) return;
    const Store::VectorPut put{id, vector};
    std::vector<Outcome> outcomes;
    Control control;
    must(store_->put_vectors(scope_, "s", {&put, 1}, Durability::kDefault, control, &outcomes));
    must(std::move(outcomes[0].status));
  }
  // Words lead to one, the vector [1, 0, 0] to another, and both to a third.
  void fill() {
    keep("words", "green tea", {0, 1, 0});
    keep("both", "tea", {1, 0.1F, 0});
    keep("near", "a hot drink", {1, 0, 0});
    keep("far", "a bicycle", {0, 0, 1});
    keep("bare", "tea without a vector, and with so many other words beside it", {});
  }
  Hits run(const std::string& members) {
    const std::string query = R"({"vector": [1, 0, 0], )" + members + "}";
    return must(store_->search(scope_, *must(Query::parse(query)), Control()));
  }
  Ids ids(const std::string& members) { return ids_of(run(members).items); }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
  Scope scope_;
};

TEST_F(HybridSearch, finds_what_either_half_finds) {
  fill();
  const Hits hits = run(R"("text": "tea")");
  const Ids found = ids_of(hits.items);
  EXPECT_EQ(found[0], "both");
  EXPECT_THAT(found, UnorderedElementsAre("both", "words", "near", "bare", "far"));
  for (size_t i = 0; i < found.size(); ++i) {
    if (i > 0) {
      EXPECT_GE(hits.scores[i - 1], hits.scores[i]);
    }
    const bool has_word = found[i] == "both" || found[i] == "words" || found[i] == "bare";
    EXPECT_EQ(hits.text_scores[i] > 0, has_word) << found[i];
    if (found[i] == "near") {
      EXPECT_NEAR(hits.vector_scores[i], 1, 1e-6);
    }
    if (found[i] == "bare") {
      EXPECT_EQ(hits.vector_scores[i], 0);
    }
  }
}

TEST_F(HybridSearch, a_weight_of_zero_leaves_a_half_out) {
  fill();
  const Hits vector = run(R"("text": "tea", "weights": {"text": 0})");
  EXPECT_THAT(ids_of(vector.items), ElementsAre("near", "both", "far", "words"));
  EXPECT_EQ(vector.scores, vector.vector_scores);
  const Hits words = run(R"("text": "tea", "weights": {"vector": 0})");
  EXPECT_THAT(ids_of(words.items), UnorderedElementsAre("both", "words", "bare"));
  EXPECT_EQ(words.vector_scores, std::vector<double>(3, 0.0));
}

TEST_F(HybridSearch, weights_say_which_half_is_trusted) {
  fill();
  EXPECT_EQ(ids(R"("text": "green tea", "weights": {"vector": 0.01})")[0], "words");
  EXPECT_EQ(ids(R"("text": "green", "weights": {"vector": 10})")[0], "near");
}

TEST_F(HybridSearch, can_go_by_reciprocal_ranks) {
  fill();
  const Hits hits = run(R"("text": "tea", "fusion": "rrf", "explain": true)");
  EXPECT_EQ(hits.items[0]->id(), "both");
  EXPECT_LT(hits.scores[0], 0.1);
  EXPECT_EQ(Json::parse(hits.explain)["fusion"], "rrf");
}

TEST_F(HybridSearch, filters_scopes_and_thresholds_hold_for_both) {
  fill();
  keep("marked", "tea", {1, 0, 0}, R"(, "type": "note")");
  EXPECT_THAT(ids(R"("text": "tea", "filter": {"type": "note"})"), ElementsAre("marked"));
  EXPECT_THAT(ids(R"("text": "bicycle", "threshold": 0.9)"),
              UnorderedElementsAre("far", "near", "both", "marked"));
  scope_ = scope_of({.user = "somebody else"});
  EXPECT_THAT(ids(R"("text": "tea")"), ElementsAre());
}

TEST_F(HybridSearch, whoever_says_exactly_what_must_be_there_gets_nothing_else) {
  fill();
  const auto words = UnorderedElementsAre("both", "words", "bare");
  EXPECT_THAT(ids(R"("text": "tea", "syntax": "boolean")"), words);
  EXPECT_THAT(ids(R"("text": "tea", "match": "all")"), words);
  EXPECT_THAT(ids(R"("text": "tea -green")"), UnorderedElementsAre("both", "bare"));
  EXPECT_EQ(ids(R"("text": "tea", "match": "all")")[0], "both") << "the vector ranks them";
  const auto only_not = store_->search(
      scope_, *must(Query::parse(R"({"text": "-tea", "vector": [1, 0, 0]})")), Control());
  EXPECT_EQ(only_not.code(), Code::kInvalid);
}

TEST_F(HybridSearch, turns_lend_each_other_what_their_vectors_say) {
  scope_ = scope_of({.session = "one"});
  keep("question", "Where did you get it?", {1, 0, 0}, R"(, "metadata": {"speaker": "Ben"})");
  keep("answer", "At the corner", {0, 1, 0}, R"(, "metadata": {"speaker": "Ada"})");
  scope_ = scope_of({.session = "two"});
  keep("other", "On the roof", {0, 1, 0}, R"(, "metadata": {"speaker": "Ada"})");
  scope_ = scope_of({.session = "three"});
  keep("word", "a bicycle", {0, 0, 1}, R"(, "metadata": {"speaker": "Ada"})");
  scope_ = Scope();
  const Hits hits = run(R"("text": "bicycle shop", "explain": true)");
  const Ids found = ids_of(hits.items);
  const auto place = [&](const char* id) {
    return std::find(found.begin(), found.end(), id) - found.begin();
  };
  EXPECT_LT(place("answer"), place("other"));
  const Json scores = Json::parse(hits.explain)["scores"];
  EXPECT_GT(scores[static_cast<size_t>(place("answer"))]["shares"]["neighbours"], 0);
  EXPECT_GT(scores[static_cast<size_t>(place("question"))]["shares"]["vector"], 0);
}

// Only the nearest 48 are weighed; how near the others are is told all the same.
TEST_F(HybridSearch, tells_how_near_those_are_that_only_words_find) {
  for (int i = 0; i < 60; ++i) {
    keep("n" + std::to_string(i), "a drink", {1, 0.001F * static_cast<float>(i), 0});
  }
  keep("words", "tea", {0.6F, 0.8F, 0});
  const Hits hits = run(R"("text": "tea", "limit": 100)");
  const Ids found = ids_of(hits.items);
  const auto place = std::find(found.begin(), found.end(), "words");
  ASSERT_NE(place, found.end());
  EXPECT_NEAR(hits.vector_scores[static_cast<size_t>(place - found.begin())], 0.6, 1e-6);
}

TEST_F(HybridSearch, neighbours_that_do_not_match_are_not_shown) {
  scope_ = scope_of({.session = "one"});
  keep("question", "Where is the tea?", {1, 0, 0},
       R"(, "type": "a", "metadata": {"speaker": "Ben"})");
  keep("answer", "At the corner", {}, R"(, "type": "b", "metadata": {"speaker": "Ada"})");
  keep("gone", "It is cheap", {},
       R"(, "type": "a", "ttl_us": 5000000, "metadata": {"speaker": "Ada"})");
  EXPECT_THAT(ids(R"("text": "tea")"), Contains("answer"));
  EXPECT_THAT(ids(R"("text": "tea", "filter": {"type": "a"})"), Not(Contains("answer")));
  clock_->advance_us(6'000'000);
  EXPECT_THAT(ids(R"("text": "tea")"), Not(Contains("gone")));
}

// The words' index knows of most whether they are there; whoever asks for many has each looked at.
TEST_F(HybridSearch, the_nearest_that_are_gone_make_room_for_others) {
  for (int i = 0; i < 200; ++i) {
    const bool is_short = i < 100 && i % 2 == 0;
    keep("i" + std::to_string(i), i % 4 == 1 ? "" : "tea " + std::string(i % 7 + 1, 'x'),
         {1, 0.002F * static_cast<float>(i), 0}, is_short ? R"(, "ttl_us": 1000000000)" : "");
  }
  for (int i = 1; i < 200; i += 11) {
    must(store_->update(scope_, "i" + std::to_string(i), draft_of(R"({"importance": 1})"),
                        Durability::kDefault));
  }
  for (int i = 3; i < 100; i += 4) {
    must(store_->remove(scope_, "i" + std::to_string(i), 0, Durability::kDefault));
  }
  for (int round = 0; round < 2; ++round) {
    const Ids few = ids(R"("text": "tea", "limit": 10)");
    const Ids many = ids(R"("text": "tea", "limit": 100)");
    ASSERT_EQ(few.size(), 10U);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
    EXPECT_EQ(std::count(many.begin(), many.end(), "i0"), round == 0 ? 1 : 0);
    clock_->advance_us(2'000'000'000);
  }
}

TEST_F(HybridSearch, pages_fit_together) {
  for (int i = 0; i < 150; ++i) {
    const auto x = static_cast<float>(i);
    keep("i" + std::to_string(i), i % 3 == 0 ? "tea " + std::string(i / 3 + 1, 'x') : "ink",
         {1, x * 0.01F, 0});
  }
  const Ids all = ids(R"("text": "tea", "limit": 150)");
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  Ids paged;
  for (int skip = 0; skip < 150; skip += 10) {
    const Ids page = ids(R"("text": "tea", "limit": 10, "skip": )" + std::to_string(skip));
    paged.insert(paged.end(), page.begin(), page.end());
  }
  EXPECT_EQ(paged, all);
}

TEST_F(HybridSearch, dates_in_a_question_lift_what_was_said_then) {
  keep("may", "tea", {1, 0, 0}, R"(, "created_us": 1683547200000000)");   // 2023-05-08
  keep("june", "tea", {1, 0, 0}, R"(, "created_us": 1686225600000000)");  // 2023-06-08
  EXPECT_EQ(ids(R"("text": "tea on 8 May 2023")")[0], "may");
  EXPECT_EQ(ids(R"("text": "tea in June 2023")")[0], "june");
  EXPECT_EQ(ids(R"("text": "tea in May", "weights": {"dates": 0})")[0], "june") << "stored last";
}

TEST_F(HybridSearch, what_is_linked_with_the_context_counts_more) {
  keep("one", "tea", {1, 0, 0});
  keep("two", "tea", {1, 0, 0});
  keep("here", "the kitchen", {});
  Control control;
  must(store_->put_links(
      scope_, must(LinkSpec::parse_many(R"([{"source": "here", "target": "one", "weight": 1}])")),
      Durability::kDefault, control));
  EXPECT_EQ(ids(R"("text": "tea")")[0], "two");
  const Hits hits = run(R"("text": "tea", "context": {"ids": ["here"]}, "explain": true)");
  EXPECT_EQ(hits.items[0]->id(), "one");
  EXPECT_GT(Json::parse(hits.explain)["scores"][0]["shares"]["association"], 0);
  EXPECT_EQ(ids(R"("text": "tea", "context": {"ids": ["here"]}, "weights": {"association": 0})")[0],
            "two");
}

TEST_F(HybridSearch, bad_documents_are_refused_by_name) {
  for (const char* query :
       {R"({"fusion": "sum"})", R"({"fusion": 1})", R"({"weights": {"dates": 11}})",
        R"({"weights": {"association": -1}})"}) {
    const auto parsed = Query::parse(query);
    EXPECT_EQ(parsed.code(), Code::kInvalid) << query;
  }
}

}  // namespace
}  // namespace memtier::testing
