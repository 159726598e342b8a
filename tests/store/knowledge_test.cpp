// Knowledge: beliefs that take each other's place, by one and by many, and what contradicts itself.
#include <set>
#include <thread>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Strings = std::vector<std::string>;

const Scope kAda = scope_of({.user = "ada"});

class KnowledgeOfAStore : public ::testing::Test {
 protected:
  KnowledgeOfAStore() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = open_store(folder_.file(), quiet_options(clock_));
  }
  ItemRef know(std::string_view document, const Scope& scope = kAda) {
    clock_->advance_us(1000);
    const Knowledge knowledge = must(Knowledge::parse(document));
    Outcome outcome = must(store_->put_knowledge(scope, knowledge, Durability::kDefault));
    must(std::move(outcome.status));
    return outcome.item;
  }
  ItemRef change(std::string_view id, std::string_view document, const Scope& scope = kAda) {
    clock_->advance_us(1000);
    const Knowledge knowledge = must(Knowledge::parse(document));
    return must(store_->update_knowledge(scope, id, knowledge, 0, Durability::kDefault));
  }
  Strings history(std::string_view id, size_t limit = 1000) {
    return texts_of(must(store_->knowledge_history(kAda, id, limit)));
  }
  Json contradictions(const Scope& scope = Scope(), std::string_view document = "") {
    Control control;
    return Json::parse(
        must(store_->contradictions(scope, must(ContradictionRequest::parse(document)), control)));
  }
  static Json metadata_of(const ItemRef& item) { return Json::parse(item->text(Text::kMetadata)); }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(KnowledgeOfAStore, each_belief_ends_where_the_next_begins) {
  know(R"({"id": "home", "content": "Rome", "valid_from_us": 1000, "valid_until_us": 3000})");
  change("home", R"({"content": "Bari", "valid_from_us": 2000})");
  const int64_t third_us = change("home", R"({"content": "Pisa"})")->header().created_us;
  const auto beliefs = must(store_->knowledge_history(kAda, "home", 10));
  ASSERT_EQ(texts_of(beliefs), (Strings{"Rome", "Bari", "Pisa"}));
  EXPECT_EQ(metadata_of(beliefs[0])["valid_until_us"], 2000) << "before it would have ended";
  EXPECT_EQ(metadata_of(beliefs[1])["valid_from_us"], 2000);
  EXPECT_EQ(metadata_of(beliefs[1])["valid_until_us"], third_us);
  EXPECT_EQ(metadata_of(beliefs[1])["replaced_us"], third_us);
  EXPECT_EQ(metadata_of(beliefs[2])["valid_from_us"], third_us);
  EXPECT_FALSE(metadata_of(beliefs[2]).contains("valid_until_us"));
  EXPECT_EQ(beliefs[2]->header().version, 3);
  reopen();
  EXPECT_EQ(history("home"), (Strings{"Rome", "Bari", "Pisa"}));
}

TEST_F(KnowledgeOfAStore, the_callers_metadata_are_replaced_as_a_whole_and_only_where_given) {
  know(R"({"id": "k", "content": "a", "category": "c", "metadata": {"own": 1, "more": 2}})");
  EXPECT_EQ(metadata_of(change("k", R"({"content": "b"})"))["own"], 1);
  const Json now = metadata_of(change("k", R"({"content": "c", "metadata": {"own": 3}})"));
  EXPECT_EQ(now["own"], 3);
  EXPECT_FALSE(now.contains("more"));
  EXPECT_EQ(now["category"], "c");
  EXPECT_FALSE(
      metadata_of(change("k", R"({"content": "d", "category": ""})")).contains("category"));
}

TEST_F(KnowledgeOfAStore, of_many_who_change_it_at_once_none_is_lost) {
  know(R"({"id": "count", "content": "start"})");
  constexpr int kThreads = 4;
  constexpr int kChanges = 25;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < kChanges; ++i) {
        const Json document = {{"content", std::to_string(thread) + "/" + std::to_string(i)}};
        const Knowledge knowledge = must(Knowledge::parse(document.dump()));
        must(store_->update_knowledge(kAda, "count", knowledge, 0, Durability::kDefault));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Strings all = history("count");
  EXPECT_EQ(all.size(), 1U + kThreads * kChanges);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_EQ(history("count", 3).size(), 3U);
}

TEST_F(KnowledgeOfAStore, what_was_believed_outlives_a_deletion) {
  know(R"({"id": "k", "content": "old"})");
  change("k", R"({"content": "newer"})");
  must(store_->remove(kAda, "k", 0, Durability::kDefault));
  EXPECT_EQ(store_->knowledge_history(kAda, "k", 10).code(), Code::kNotFound);
  know(R"({"id": "k", "content": "again"})");
  must_put(*store_, kAda, R"({"id": "k#000000002", "content": "somebody else's"})");
  change("k", R"({"content": "changed"})");
  EXPECT_EQ(history("k"), (Strings{"old", "again", "changed"}));
}

TEST_F(KnowledgeOfAStore, a_belief_of_another_scope_is_not_touched) {
  const Scope eve = scope_of({.user = "eve"});
  know(R"({"id": "k", "content": "ada's"})");
  know(R"({"id": "k", "content": "eve's"})", eve);
  const Knowledge document = must(Knowledge::parse(R"({"content": "whose?"})"));
  EXPECT_EQ(store_->update_knowledge(Scope(), "k", document, 0, Durability::kDefault).code(),
            Code::kAmbiguous);
  change("k", R"({"content": "eve's own"})", eve);
  EXPECT_EQ(history("k"), Strings{"ada's"});
}

TEST_F(KnowledgeOfAStore, agents_of_one_user_may_contradict_each_other) {
  const auto believe = [&](const char* agent, const Json& value) {
    const Json document = {{"subject", "Ada"}, {"attribute", "age"}, {"value", value}};
    know(document.dump(), scope_of({.user = "ada", .agent = agent}));
  };
  believe("one", 36);
  believe("two", 36.0);
  EXPECT_EQ(contradictions(), Json::array());
  believe("three", 37);
  const Json pairs = contradictions();
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0]["items"][0]["agent"], "one");
  EXPECT_EQ(pairs[0]["items"][1]["agent"], "three");
  EXPECT_EQ(pairs[0]["from_us"], pairs[0]["items"][1]["valid_from_us"]);
  EXPECT_EQ(contradictions(Scope(), R"({"limit": 1})").size(), 1U);
  EXPECT_EQ(contradictions(scope_of({.user = "ada", .agent = "one"})), Json::array());
}

TEST_F(KnowledgeOfAStore, what_meets_only_at_its_end_is_no_contradiction) {
  const auto believe = [&](const std::string& value, int64_t from_us, int64_t until_us) {
    know(Json{{"subject", "s"},
              {"attribute", "a"},
              {"value", value},
              {"valid_from_us", from_us},
              {"valid_until_us", until_us}}
             .dump());
  };
  believe("first", 1000, 2000);
  believe("second", 2000, 3000);
  EXPECT_EQ(contradictions(), Json::array());
  believe("third", 1999, 2001);
  const Json pairs = contradictions();
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0]["from_us"], 1999);
  EXPECT_EQ(pairs[0]["until_us"], 2000);
  EXPECT_EQ(pairs[1]["items"][1]["value"], "second");
}

}  // namespace
}  // namespace memtier::testing
