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

TEST_F(Search, takes_text_without_a_word_for_no_text) {
  for (const char* text : {"", "  ", "???", "*", R"(\"\")", "-", "-???"}) {
    EXPECT_EQ(ids(std::string(R"({"limit": 2, "text": ")") + text + "\"}"),
              (Ids{"picture", "coffee"}))
        << text;
  }
}

TEST_F(Search, with_only_exclusions_shows_the_newest_without_them) {
  EXPECT_EQ(ids(R"({"text": "-tea"})"), (Ids{"picture", "coffee"})) << "a picture has no words";
  EXPECT_EQ(run(R"({"text": "-tea"})").scores, std::vector<double>(2, 0.0));
  EXPECT_EQ(ids(R"({"text": "-\"green tea\" -morning"})"), (Ids{"picture", "black"}));
  EXPECT_EQ(ids(R"({"text": "-morning", "match": "all", "limit": 1, "skip": 1})"), Ids{"black"});
  EXPECT_EQ(ids(R"({"text": "-tea", "filter": {"type": "fact"}})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "-morning", "field_weights": {"title": 0}})").size(), 4u);
  const Hits hits = run(R"({"text": "-tea", "explain": true, "snippets": true})");
  EXPECT_EQ(Json::parse(hits.explain)["expression"], "NOT tea");
  EXPECT_EQ(Json::parse(hits.explain)["source"], "newest");
}

TEST_F(Search, with_only_exclusions_goes_on_until_there_are_enough) {
  for (int i = 0; i < 3000; ++i)
    put(std::to_string(i).c_str(), "tea again and again", "\"type\": \"x\"");
  EXPECT_EQ(ids(R"({"text": "-tea"})"), (Ids{"picture", "coffee"}));
  EXPECT_EQ(ids(R"({"text": "-again", "limit": 2, "skip": 1})"), (Ids{"coffee", "black"}));
}

TEST_F(Search, with_only_exclusions_tells_like_ids_of_other_scopes_apart) {
  const Scope ada = scope_of({.user = "ada"});
  const Scope bob = scope_of({.user = "bob"});
  must_put(*store_, ada, R"({"id": "note", "content": "on lemons"})");
  must_put(*store_, bob, R"({"id": "note", "content": "on tea"})");
  const Hits hits = run(R"({"text": "-tea", "filter": {"id": "note"}})");
  ASSERT_EQ(hits.items.size(), 1u);
  EXPECT_EQ(hits.items[0]->text(Text::kContent), "on lemons");
}

TEST_F(Search, says_what_it_left_out_of_many_words) {
  std::string content;
  for (int i = 0; i < 300; ++i) content += "w" + std::to_string(i) + " ";
  put("many", content.c_str(), R"("type": "x")");
  const Hits hits = run(R"({"explain": true, "text": ")" + content + "green\"}");
  EXPECT_EQ(ids_of(hits.items), Ids{"many"});
  EXPECT_EQ(Json::parse(hits.explain)["words_left_out"], 45);
}

TEST_F(Search, does_not_look_into_a_field_that_counts_nothing) {
  EXPECT_EQ(ids(R"({"text": "morning", "field_weights": {"title": 0}})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "eve", "field_weights": {"speaker": 0}})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "coffee", "field_weights": {"content": 0}})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "\"never drinks\"", "field_weights": {"content": 0}})"), Ids{});
  EXPECT_EQ(ids(R"({"text": "drinks -eve", "field_weights": {"speaker": 0}})").size(), 2u);
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
