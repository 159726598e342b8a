// The query cache: the same answers as without one, whatever happens between two of the same questions.
#include "base/seed.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

struct CachedStores {
  explicit CachedStores(const TempFolder& folder, std::shared_ptr<ManualClock> clock_in)
      : clock(std::move(clock_in)) {
    StoreOptions options = quiet_options(clock);
    plain = open_store(folder.file(), options);
    options.query_cache_bytes = 1 << 20;
    cached = open_store(folder.file(), options);
  }
  std::shared_ptr<ManualClock> clock;
  std::unique_ptr<Store>
      plain;  // another handle on the same file: a process of its own, as it were
  std::unique_ptr<Store> cached;
};

// What is shown, and how.
std::string found(Store& store, const Scope& scope, std::string_view document) {
  const Hits hits = must(store.search(scope, *must(Query::parse(document)), Control()));
  std::string text;
  for (size_t i = 0; i < hits.items.size(); ++i) {
    const Item& item = *hits.items[i];
    text += std::string(item.id()) + "/" + std::string(item.text(Text::kUser)) + "=" +
            std::string(item.text(Text::kContent)) + " v" + std::to_string(item.header().version) +
            " t" + std::to_string(item.tier()) + " n" + std::to_string(item.validation_count()) +
            " " + std::to_string(hits.scores[i]) +
            (hits.snippets.empty() ? "" : " " + hits.snippets[i]) + "; ";
  }
  return text;
}

QueryCacheStatistics counted(Store& store) {
  return must(store.statistics()).query_cache;
}

TEST(QueryCache, answers_the_same_question_again) {
  const TempFolder folder;
  CachedStores stores(folder, make_clock());
  must_put(*stores.cached, R"({"id": "a", "content": "green tea"})");
  const std::string first = found(*stores.cached, Scope(), R"({"text": "tea", "snippets": true})");
  EXPECT_EQ(found(*stores.cached, Scope(), R"({"text": "tea", "snippets": true})"), first);
  const QueryCacheStatistics after = counted(*stores.cached);
  EXPECT_EQ(after.hits, 1);
  EXPECT_EQ(after.misses, 1);
  EXPECT_EQ(after.entries, 1);
  EXPECT_GT(after.bytes, 0);
  found(*stores.cached, Scope(), R"({"text": "tea", "explain": true})");  // tells how: never kept
  EXPECT_EQ(counted(*stores.cached).entries, 1);
}

// Feedback does not go through the journal, and changes what is found first.
TEST(QueryCache, keeps_nothing_where_there_is_feedback) {
  const TempFolder folder;
  CachedStores stores(folder, make_clock());
  const Scope ada = scope_of({.user = "ada"});
  must_put(*stores.cached, ada, R"({"id": "a", "content": "tea", "tags": ["green"]})");
  must_put(*stores.cached, ada, R"({"id": "b", "content": "tea", "tags": ["black"]})");
  found(*stores.cached, ada, R"({"text": "tea"})");
  const std::vector<Feedback> liked = {{"a", 1}};
  ASSERT_TRUE(stores.plain->add_feedback(ada, liked).ok());
  EXPECT_EQ(found(*stores.cached, ada, R"({"text": "tea"})"),
            found(*stores.plain, ada, R"({"text": "tea"})"));
  EXPECT_EQ(counted(*stores.cached).hits, 0);
}

// Whether there are preferences is known without looking, until the tables change, by whomever.
TEST(QueryCache, hears_of_feedback_that_comes_and_goes_elsewhere) {
  const TempFolder folder;
  CachedStores stores(folder, make_clock());
  const Scope ada = scope_of({.user = "ada"});
  must_put(*stores.cached, ada, R"({"id": "a", "content": "tea", "tags": ["green"]})");
  const auto hits_after_asking_twice = [&](const Scope& scope) {
    found(*stores.cached, scope, R"({"text": "tea"})");
    const int64_t before = counted(*stores.cached).hits;
    found(*stores.cached, scope, R"({"text": "tea"})");
    return counted(*stores.cached).hits - before;
  };
  EXPECT_EQ(hits_after_asking_twice(ada), 1);
  const std::vector<Feedback> liked = {{"a", 1}};
  must(stores.plain->add_feedback(ada, liked));
  EXPECT_EQ(hits_after_asking_twice(ada), 0);
  EXPECT_EQ(hits_after_asking_twice(scope_of({.user = "eve"})), 1) << "she has none";
  must(stores.plain->forget_feedback(ada));
  EXPECT_EQ(hits_after_asking_twice(ada), 1);
}

TEST(QueryCache, keeps_answers_while_others_write_elsewhere) {
  const TempFolder folder;
  CachedStores stores(folder, make_clock());
  const Scope ada = scope_of({.user = "ada"});
  must_put(*stores.cached, ada, R"({"id": "a", "content": "tea"})");
  found(*stores.cached, ada, R"({"text": "tea"})");
  must_put(*stores.plain, scope_of({.user = "eve"}), R"({"id": "b", "content": "tea"})");
  found(*stores.cached, ada, R"({"text": "tea"})");
  EXPECT_EQ(counted(*stores.cached).hits, 1);
  must_put(*stores.plain, ada, R"({"id": "c", "content": "tea"})");
  EXPECT_NE(found(*stores.cached, ada, R"({"text": "tea"})").find("c/ada"), std::string::npos);
  EXPECT_EQ(counted(*stores.cached).hits, 1);
}

TEST(QueryCache, stays_within_its_room) {
  const TempFolder folder;
  StoreOptions options = quiet_options(make_clock());
  options.query_cache_bytes = 20'000;
  const auto store = open_store(folder.file(), options);
  must_put(*store, "{\"id\": \"a\", \"content\": \"tea " + std::string(900, 'x') + "\"}");
  for (int i = 1; i < 200; ++i) {
    found(*store, Scope(), "{\"text\": \"tea\", \"limit\": " + std::to_string(i) + "}");
    EXPECT_LE(counted(*store).bytes, 20'000);
  }
  EXPECT_GT(counted(*store).entries, 5);
}

// Everything that can change an answer, by either handle, in random order.
TEST(QueryCache, is_never_out_of_date) {
  Random random;
  const std::vector<Scope> scopes = {
      Scope(), scope_of({.user = "ada"}), scope_of({.user = "ada", .session = "s"}),
      scope_of({.collection = "team"}), scope_of({.collection = "*"})};
  const std::vector<std::string> queries = {
      R"({"text": "tea"})",
      R"({"text": "tea rain", "snippets": true, "limit": 30})",
      R"({"text": "te*"})",
      R"({"filter": {"importance": {"$gte": 0.5}}})",
      R"({"text": "tea", "filter": {"tier": "short_term"}})",
      R"({"text": "rain", "filter": {"validation_count": {"$gt": 0}}})",
      R"({"text": "rain", "filter": {"access_count": {"$gt": 0}}})",
      R"({"text": "tea -mud", "filter": {"tags": "x"}})"};
  const TempFolder folder;
  CachedStores stores(folder, make_clock());
  for (int step = 0; step < 1500; ++step) {
    Store& writer = random.one_in(2) ? *stores.plain : *stores.cached;
    const Scope& scope = scopes[random.below(4)];
    const std::string id = "i" + std::to_string(random.below(6));
    switch (random.below(9)) {
      case 0:
      case 1: {
        static const std::vector<std::string> kTexts = {"tea", "rain tea", "mud", "tea tea rain"};
        Json json = {{"id", id}, {"content", kTexts[random.below(kTexts.size())]}};
        if (random.one_in(3)) json["ttl_us"] = 1 + random.below(5) * kSecondUs;
        if (random.one_in(2)) json["tags"] = {"x"};
        if (random.one_in(2)) json["importance"] = 0.9;
        must_put(writer, scope, json.dump());
        break;
      }
      case 2:
        (void)writer.remove(scope, id, 0, Durability::kDefault);
        break;
      case 3:
        (void)writer.move(scope, id, random.one_in(2) ? "short_term" : "long_term");
        break;
      case 4:
        (void)writer.validate(scope, id).take_status();
        break;
      case 5:
        (void)stores.cached->get(scope, id).take_status();
        break;
      case 6:
        stores.clock->advance_us(static_cast<int64_t>(random.below(3)) * kSecondUs);
        break;
      default: {
        const Scope& asked = scopes[random.below(scopes.size())];
        const std::string& query = queries[random.below(queries.size())];
        // Reads of one handle show in the other's after a flush at the latest.
        if (query.find("access_count") != std::string::npos) flush(*stores.cached);
        const std::string anew = found(*stores.plain, asked, query);
        ASSERT_EQ(found(*stores.cached, asked, query), anew) << query << " in step " << step;
        ASSERT_EQ(found(*stores.cached, asked, query), anew) << query << " kept in " << step;
      }
    }
  }
  EXPECT_GT(counted(*stores.cached).hits, 100);
}

}  // namespace
}  // namespace memtier::testing
