// How hits are ranked: by what the turns of a conversation lend each other, by the signals of an item,
// by the caller's context, and how much they differ.
#include "retrieval/search.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Ids = std::vector<std::string>;

class RankedSearch : public ::testing::Test {
 protected:
  RankedSearch() : store_(open_store(folder_.file(), quiet_options(clock_))) {}

  void say(const char* session, const char* id, const char* speaker, const char* content,
           const char* metadata = "") {
    clock_->advance_us(1'000'000);
    const Scope scope = scope_of({.user = "u", .session = session});
    must_put(*store_, scope,
             std::string(R"({"id": ")") + id + R"(", "content": ")" + content +
                 R"(", "metadata": {"speaker": ")" + speaker + "\"" + metadata + "}}");
  }
  // Two sessions; the turn that answers says none of the words that are asked for.
  void talk() {
    say("one", "hello", "Ben", "Good morning");
    say("one", "where", "Ben", "Where did you buy the bicycle?");
    say("one", "answer", "Ada", "At the corner, it was cheap");
    say("one", "bye", "Ben", "See you");
    say("two", "rain", "Ada", "It rains all the time");
    say("two", "lamp", "Ben", "The bicycle needs a new lamp, says the bicycle shop");
    say("two", "late", "Ada", "It is late");
  }
  Hits run(std::string_view query, const Scope& scope = scope_of({.user = "u"})) {
    return must(store_->search(scope, *must(Query::parse(query)), Control()));
  }
  Ids ids(std::string_view query, const Scope& scope = scope_of({.user = "u"})) {
    return ids_of(run(query, scope).items);
  }
  static bool has(const Ids& ids, const char* id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(RankedSearch, finds_the_answer_behind_a_question) {
  talk();
  const Ids found = ids(R"({"text": "where did Ada buy the bicycle"})");
  ASSERT_TRUE(has(found, "answer"));
  const Hits hits = run(R"({"text": "where did Ada buy the bicycle"})");
  for (size_t i = 1; i < hits.scores.size(); ++i) EXPECT_GE(hits.scores[i - 1], hits.scores[i]);
}

TEST_F(RankedSearch, weights_leave_signals_out) {
  talk();
  EXPECT_TRUE(has(ids(R"({"text": "bicycle"})"), "answer"));
  EXPECT_FALSE(has(ids(R"({"text": "bicycle", "weights": {"neighbours": 0, "session": 0,
                           "speaker": 0}})"),
                   "answer"));
  const Hits alone =
      run(R"({"text": "bicycle", "weights": {"neighbours": 0, "session": 0, "speaker": 0}})");
  EXPECT_EQ(alone.scores, alone.text_scores);
}

TEST_F(RankedSearch, exact_queries_find_what_they_say_and_nothing_else) {
  talk();
  EXPECT_EQ(ids(R"({"text": "bicycle", "match": "all"})"), (Ids{"lamp", "where"}));
  EXPECT_EQ(ids(R"({"text": "bicycle", "syntax": "boolean"})"), (Ids{"lamp", "where"}));
  EXPECT_EQ(ids(R"({"text": "bicycle -lamp"})"), Ids{"where"});
}

TEST_F(RankedSearch, a_named_speaker_counts_more) {
  say("one", "a", "Ada", "Tea is fine");
  say("one", "b", "Ben", "Tea is fine");
  say("two", "c", "Cleo", "Nothing else");
  EXPECT_EQ(ids(R"({"text": "does Ada like tea", "limit": 1})"), Ids{"a"});
  EXPECT_EQ(ids(R"({"text": "does Ben like tea", "limit": 1})"), Ids{"b"});
}

TEST_F(RankedSearch, no_session_lends_words_to_another) {
  talk();
  const Scope other = scope_of({.user = "v", .session = "one"});
  must_put(*store_, other, R"({"id": "secret", "content": "nothing", "metadata": {"role": "u"}})");
  EXPECT_FALSE(has(ids(R"({"text": "bicycle"})", other), "secret"));
  EXPECT_FALSE(has(ids(R"({"text": "lamp"})"), "bye"));
}

TEST_F(RankedSearch, sessions_of_metadata_may_be_mixed) {
  const char* first = R"(, "session": "first")";
  const char* second = R"(, "session": 2)";
  say("", "q1", "Ben", "Where is the bicycle?", first);
  say("", "q2", "Cleo", "What about the harvest?", second);
  say("", "a1", "Ada", "In the cellar", first);
  say("", "a2", "Dora", "Poor this year", second);
  EXPECT_EQ(ids(R"({"text": "bicycle"})"), (Ids{"q1", "a1"}));
  EXPECT_EQ(ids(R"({"text": "harvest"})"), (Ids{"q2", "a2"}));
}

TEST_F(RankedSearch, filters_and_expiry_hold_for_neighbours) {
  talk();
  EXPECT_FALSE(has(ids(R"({"text": "bicycle", "filter": {"metadata.speaker": "Ben"}})"), "answer"));
  EXPECT_EQ(ids(R"({"text": "bicycle", "filter": {"id": "answer"}})"), Ids{});
  const Scope scope = scope_of({.user = "u", .session = "one"});
  must_put(*store_, scope,
           R"({"id": "short", "content": "soon gone", "ttl_us": 1000, "metadata": {"role": "x"}})");
  say("one", "zebra", "Ben", "A zebra crossed");
  EXPECT_FALSE(has(ids(R"({"text": "zebra"})"), "short"));
}

TEST_F(RankedSearch, pages_fit_together) {
  for (int i = 0; i < 150; ++i) {
    const std::string id = "t" + std::to_string(i);
    const std::string content = i % 3 == 0 ? "tea and " + id : "and " + id;
    say(i % 2 == 0 ? "one" : "two", id.c_str(), "Ada", content.c_str());
  }
  for (const char* more : {"", R"(, "weights": {"recency": 1, "importance": 2})"}) {
    const auto page = [&](int skip, int limit) {
      return ids(R"({"text": "tea", "skip": )" + std::to_string(skip) + R"(, "limit": )" +
                 std::to_string(limit) + more + "}");
    };
    const Ids all = page(0, 1000);
    EXPECT_GT(all.size(), 50u);
    Ids pages;
    for (int skip = 0; skip < 1000; skip += 7) {
      for (const std::string& id : page(skip, 7)) pages.push_back(id);
    }
    EXPECT_EQ(pages, all) << more;
  }
}

TEST_F(RankedSearch, recency_importance_and_access_multiply) {
  must_put(*store_, R"({"id": "old", "content": "tea", "importance": 0.9})");
  clock_->advance_us(int64_t{60} * 24 * 3600 * 1'000'000);
  must_put(*store_, R"({"id": "new", "content": "tea", "importance": 0.1})");
  const Scope all;
  EXPECT_EQ(ids(R"({"text": "tea", "weights": {"recency": 1}})", all), (Ids{"new", "old"}));
  EXPECT_EQ(ids(R"({"text": "tea", "weights": {"importance": 1}})", all), (Ids{"old", "new"}));
  EXPECT_EQ(ids(R"({"weights": {"importance": 1}})", all), (Ids{"old", "new"}));
  for (int i = 0; i < 3; ++i) must(store_->get(all, "old"));
  flush(*store_);  // reads are written behind
  EXPECT_EQ(ids(R"({"text": "tea", "weights": {"access": 1}})", all), (Ids{"old", "new"}));
  const Hits hits =
      run(R"({"text": "tea", "weights": {"recency": 1}, "half_life_seconds": 5184000})", all);
  EXPECT_NEAR(hits.scores[0] / hits.text_scores[0], 2, 1e-9);
  EXPECT_NEAR(hits.scores[1] / hits.text_scores[1], 1.5, 1e-6);
}

TEST_F(RankedSearch, the_context_brings_near_what_is_near) {
  must_put(*store_, R"({"id": "a", "content": "tea with milk", "tags": ["kitchen"]})");
  must_put(*store_, R"({"id": "b", "content": "tea with honey", "tags": ["garden"]})");
  must_put(*store_, R"({"id": "rose", "content": "roses", "tags": ["garden"]})");
  const Scope all;
  const auto first = [&](const char* context) {
    return ids(std::string(R"({"text": "tea", "limit": 1, "context": )") + context + "}", all);
  };
  EXPECT_EQ(first(R"({"tags": ["kitchen"]})"), Ids{"a"});
  EXPECT_EQ(first(R"({"tags": ["garden"]})"), Ids{"b"});
  EXPECT_EQ(first(R"({"ids": ["rose"]})"), Ids{"b"});
  EXPECT_EQ(first(R"({"text": "is there any milk?"})"), Ids{"a"});
  EXPECT_EQ(first(R"({"ids": ["gone"], "text": "milk"})"), Ids{"a"});
}

TEST_F(RankedSearch, diversity_prefers_what_is_not_said_yet) {
  must_put(*store_, R"({"id": "far", "content": "tea in the harbour of another town by the sea"})");
  must_put(*store_, R"({"id": "same1", "content": "tea with milk"})");
  must_put(*store_, R"({"id": "same2", "content": "tea with milk"})");
  const Scope all;
  EXPECT_EQ(ids(R"({"text": "tea milk"})", all), (Ids{"same2", "same1", "far"}));
  EXPECT_EQ(ids(R"({"text": "tea milk", "diversity": 0.6})", all), (Ids{"same2", "far", "same1"}));
}

TEST_F(RankedSearch, explain_tells_what_each_score_is_made_of) {
  talk();
  const Hits hits = run(R"({"text": "where did Ada buy the bicycle", "explain": true,
              "weights": {"recency": 1}})");
  const Json explain = must(parse_document(hits.explain, "explain"));
  const Json& scores = explain.at("scores");
  ASSERT_EQ(scores.size(), hits.items.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    double sum = 0;
    for (const auto& share : scores[i].at("shares")) sum += share.get<double>();
    EXPECT_NEAR(sum, hits.scores[i], 1e-9);
    EXPECT_EQ(scores[i].at("id").get<std::string>(), hits.items[i]->id());
  }
  EXPECT_GT(scores[0].at("shares").at("recency").get<double>(), 0);
}

TEST_F(RankedSearch, bad_documents_are_refused_by_name) {
  const std::pair<const char*, const char*> bad[] = {
      {R"({"weights": 1})", "weights"},
      {R"({"weights": {"luck": 1}})", "luck"},
      {R"({"weights": {"recency": -1}})", "recency"},
      {R"({"weights": {"recency": 11}})", "recency"},
      {R"({"context": []})", "context"},
      {R"({"context": {"where": "here"}})", "where"},
      {R"({"context": {"ids": "a"}})", "ids"},
      {R"({"context": {"tags": [1]}})", "tags"},
      {R"({"half_life_seconds": 0})", "half_life_seconds"},
      {R"({"diversity": 1.5})", "diversity"},
  };
  for (const auto& [document, name] : bad) {
    const Status status = Query::parse(document).take_status();
    EXPECT_EQ(status.code(), Code::kInvalid) << document;
    EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
  }
}

}  // namespace
}  // namespace memtier::testing
