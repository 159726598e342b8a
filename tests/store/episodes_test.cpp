// Episodes and runs: what happened around then, and what was done, beside everything else in a store.
#include "model/run.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Strings = std::vector<std::string>;

class Episodes : public ::testing::Test {
 protected:
  Episodes() : store_(open_store(":memory:", quiet_options(clock_))) {}
  void tell(const std::string& id, int64_t started_us, int64_t ended_us = 0,
            const Scope& scope = Scope()) {
    Json document = {{"id", id}, {"content", id}, {"started_us", started_us}};
    if (ended_us != 0) document["ended_us"] = ended_us;
    must(must(store_->put_episode(scope, document.dump(), Durability::kDefault)).status.clone());
  }
  Strings around(const Json& document, const Scope& scope = Scope()) {
    const AroundRequest request = must(AroundRequest::parse(document.dump()));
    return ids_of(must(store_->around(scope, request, Control())));
  }

  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(Episodes, the_nearest_are_chosen_and_shown_in_the_order_of_time) {
  for (int64_t at = 1000; at <= 9000; at += 1000) tell("e" + std::to_string(at), at);
  EXPECT_EQ(around({{"at_us", 5100}, {"limit", 3}}), (Strings{"e4000", "e5000", "e6000"}));
  EXPECT_EQ(around({{"at_us", 5100}, {"within_us", 1000}}), (Strings{"e5000", "e6000"}));
  EXPECT_EQ(around({{"at_us", 9900}, {"limit", 2}}), (Strings{"e8000", "e9000"}));
  EXPECT_EQ(around({{"id", "e1000"}, {"limit", 1}}), Strings{"e2000"});
}

TEST_F(Episodes, one_that_is_going_on_is_as_near_as_can_be) {
  tell("long", 1000, 900'000);
  tell("over", 1000, 2000);
  for (int64_t at = 100'000; at < 100'050; ++at) tell("e" + std::to_string(at), at);
  EXPECT_EQ(around({{"at_us", 100'049}, {"limit", 2}}), (Strings{"long", "e100049"}));
  EXPECT_EQ(around({{"at_us", 5000}, {"within_us", 2999}}), Strings{"long"});
  EXPECT_EQ(around({{"at_us", 5000}, {"within_us", 3000}}), (Strings{"long", "over"}));
}

TEST_F(Episodes, times_at_the_edge_are_no_trouble) {
  tell("e", 5);
  EXPECT_EQ(around({{"at_us", INT64_MAX}}), Strings{});
  EXPECT_EQ(around({{"at_us", INT64_MIN}}), Strings{});
  EXPECT_EQ(around({{"at_us", 0}, {"within_us", INT64_MAX / 4}}), Strings{"e"});
}

TEST_F(Episodes, only_what_the_scope_allows_happened) {
  const Scope ada = scope_of({.user = "ada"});
  tell("hers", 1000, 5000, ada);
  tell("eves", 1000, 5000, scope_of({.user = "eve"}));
  EXPECT_EQ(around({{"at_us", 2000}}, ada), Strings{"hers"});
  EXPECT_EQ(around({{"at_us", 2000}}), (Strings{"hers", "eves"}));
}

TEST_F(Episodes, a_long_input_is_kept_whole_and_its_beginning_is_found_by_words) {
  const std::string input = "begin " + std::string(3000, 'x') + " \xc3\xa9nd";
  const Json document = {{"id", "r"}, {"name", "tool"}, {"input", input}};
  must(must(store_->record_run(Scope(), document.dump(), Durability::kDefault)).status.clone());
  const ItemRef item = must(store_->get(Scope(), "r"));
  EXPECT_EQ(Json::parse(item->text(Text::kMetadata))["input"], input);
  Query query;
  query.text = "begin";
  query.filter = filter_of("");
  query.limit = 5;
  EXPECT_EQ(must(store_->search(Scope(), query, Control())).items.size(), 1U);
}

TEST_F(Episodes, an_input_is_cut_between_characters) {
  std::string input = "x";
  while (input.size() < 3000) input += "\xe2\x82\xac";
  const Draft draft = must(parse_run(Json{{"name", "n"}, {"input", input}}.dump(), 0));
  const std::string title = Json::parse(*draft.metadata)["title"];
  EXPECT_EQ((title.size() - 3) % 3, 0U);
  EXPECT_LE(title.size(), 2002U);
}

}  // namespace
}  // namespace memtier::testing
