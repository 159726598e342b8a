#include "retrieval/search.h"

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Ids = std::vector<std::string>;

class Search : public ::testing::Test {
 protected:
  Search() : store_(open_store(folder_.file(), quiet_options(clock_))) {
    put("green", "Ada likes green tea", R"("type": "fact", "tags": ["drinks"])");
    put("black", "Bob drinks black tea, tea and more tea", R"("type": "fact")");
    put("coffee", "Ada never drinks coffee",
        R"("metadata": {"title": "Morning", "speaker": "Eve"})");
    put("picture", "tea", R"("content_type": "image/png")");
  }

  void put(const char* id, const char* content, const char* more) {
    clock_->advance_us(kSecondUs);
    must_put(*store_, std::string(R"({"id": ")") + id + R"(", "content": ")" + content + "\", " +
                          more + "}");
  }
  Hits run(std::string_view query, const Scope& scope = Scope()) {
    return must(store_->search(scope, *must(Query::parse(query)), Control()));
  }
  Ids ids(std::string_view query) { return ids_of(run(query).items); }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(Search, ranks_by_what_fits_best) {
  const Hits hits = run(R"({"text": "green tea"})");
  EXPECT_EQ(ids_of(hits.items), (Ids{"green", "black"}));
  EXPECT_GT(hits.scores[0], hits.scores[1]);
  EXPECT_GT(hits.scores[1], 0);
}

TEST_F(Search, finds_word_forms_title_and_speaker_but_no_pictures) {
  EXPECT_EQ(ids(R"({"text": "drinking"})").size(), 2u);
  EXPECT_EQ(ids(R"({"text": "morning"})"), Ids{"coffee"});
  EXPECT_EQ(ids(R"({"text": "eve"})"), Ids{"coffee"});
  EXPECT_EQ(ids(R"({"text": "eve", "field_weights": {"content": 1}})"), Ids{"coffee"});
}

TEST_F(Search, without_words_shows_the_newest) {
  EXPECT_EQ(ids(R"({"limit": 2})"), (Ids{"picture", "coffee"}));
  EXPECT_EQ(ids(R"({"text": "  ", "limit": 1})"), Ids{"picture"});
  EXPECT_EQ(run("").scores, std::vector<double>(4, 0.0));
}

TEST_F(Search, finds_nothing_for_text_without_a_word) {
  EXPECT_EQ(ids(R"({"text": "???"})"), Ids{});
}

TEST_F(Search, filters_before_it_chooses) {
  EXPECT_EQ(ids(R"({"text": "tea", "limit": 1, "filter": {"tags": "drinks"}})"), Ids{"green"});
  EXPECT_EQ(ids(R"({"text": "tea", "filter": {"type": "event"}})"), Ids{});
}

TEST_F(Search, skips_and_limits) {
  const Ids all = ids(R"({"text": "tea drinks"})");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(ids(R"({"text": "tea drinks", "limit": 1, "skip": 1})"), Ids{all[1]});
  EXPECT_EQ(ids(R"({"text": "tea drinks", "skip": 3})"), Ids{});
}

TEST_F(Search, can_ask_for_every_word) {
  EXPECT_EQ(ids(R"({"text": "ada tea", "match": "all"})"), Ids{"green"});
  EXPECT_EQ(ids(R"({"text": "tea NOT green", "syntax": "boolean"})"), Ids{"black"});
}

TEST_F(Search, sees_what_was_written_changed_and_deleted_just_now) {
  put("new", "a fresh pot of tea", R"("type": "fact")");
  EXPECT_EQ(ids(R"({"text": "pot"})"), Ids{"new"});
  must_put(*store_, R"({"id": "new", "content": "now it is soup"})");
  EXPECT_EQ(ids(R"({"text": "pot"})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "soup"})"), Ids{"new"});
  must(store_->remove(Scope(), "new", 0, Durability::kNormal));
  EXPECT_EQ(ids(R"({"text": "soup"})"), Ids{});
}

TEST_F(Search, stays_within_the_scope) {
  const Scope ada = scope_of({.user = "ada"});
  must_put(*store_, ada, R"({"id": "hers", "content": "secret tea"})");
  EXPECT_EQ(ids_of(run(R"({"text": "tea"})", ada).items), Ids{"hers"});
  EXPECT_EQ(run(R"({"text": "tea"})", scope_of({.user = "bob"})).items.size(), 0u);
  EXPECT_EQ(run(R"({"text": "secret"})").items.size(), 1u) << "a scope that leaves the user open";
}

TEST_F(Search, gives_snippets_and_explains) {
  const Hits hits = run(R"({"text": "green", "snippets": true, "explain": true})");
  EXPECT_EQ(hits.snippets, std::vector<std::string>{"Ada likes **green** tea"});
  EXPECT_TRUE(Json::parse(hits.explain).is_object()) << hits.explain;
  EXPECT_TRUE(run(R"({"text": "green"})").snippets.empty());
}

TEST_F(Search, is_stopped_by_its_control) {
  const Control control([] { return Status(Code::kCancelled, "stop"); }, nullptr);
  for (int i = 0; i < 3000; ++i)
    put(std::to_string(i).c_str(), "tea again and again", "\"type\": \"x\"");
  const auto query =
      must(Query::parse(R"({"text": "tea", "filter": {"content": {"$icontains": "q"}}})"));
  EXPECT_EQ(store_->search(Scope(), *query, control).code(), Code::kCancelled);
}

TEST_F(Search, finds_archived_items_too) {
  must(store_->move(Scope(), "green", "archive"));
  EXPECT_EQ(ids(R"({"text": "green"})"), Ids{"green"});
  EXPECT_EQ(run(R"({"text": "green"})").items[0]->text(Text::kContent), "Ada likes green tea");
}

}  // namespace
}  // namespace memtier::testing
