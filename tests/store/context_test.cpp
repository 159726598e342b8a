// Contexts: few items that fit into a prompt, of a conversation and of all that an agent has in mind.
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Strings = std::vector<std::string>;

const Scope kAda = scope_of({.user = "ada"});

class Contexts : public ::testing::Test {
 protected:
  void open(TokenCounter counter = nullptr) {
    StoreOptions options = quiet_options(clock_);
    options.token_counter = std::move(counter);
    store_ = open_store(":memory:", options);
  }
  ItemRef remember(const std::string& key, const std::string& value, double importance) {
    clock_->advance_us(1000);
    Outcome outcome = must(store_->remember(kAda, key, value, importance, Durability::kDefault));
    must(std::move(outcome.status));
    return outcome.item;
  }
  Strings active(std::string_view document = "", const Scope& scope = kAda) {
    const auto request = must(ContextRequest::parse(document, ContextRequest::Kind::kWorking));
    return texts_of(must(store_->active_context(scope, request, Control())));
  }
  void say(const std::string& content, std::string_view session = "s1") {
    clock_->advance_us(1000);
    std::vector<Turn> turns =
        must(parse_turns(Json{{"turns", {{{"role", "user"}, {"content", content}}}}}.dump()));
    Control control;
    must(store_
             ->append_turns(scope_of({.user = "ada", .session = session}), turns, 0,
                            Durability::kDefault, control)
             .take_status());
  }
  Strings talk(std::string_view document = "", const Scope& scope = kAda) {
    const auto request = must(ContextRequest::parse(document, ContextRequest::Kind::kConversation));
    return texts_of(must(store_->conversation_context(scope, request, Control())));
  }

  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(Contexts, of_several_short_term_tiers_are_in_one_order) {
  StoreOptions options = quiet_options(clock_);
  options.ladder = "six";
  store_ = open_store(":memory:", options);
  int number = 0;
  for (const char* tier : {"working", "session", "working", "immediate", "semantic"}) {
    clock_->advance_us(1000);
    const Json item = {{"content", "n" + std::to_string(number++)}, {"tier", tier}};
    must_put(*store_, kAda, item.dump());
  }
  EXPECT_EQ(active(R"({"short_term": 3, "max_items": 3})"), (Strings{"n3", "n2", "n1"}));
  EXPECT_EQ(active(), (Strings{"n3", "n2", "n1", "n0", "n4"}));
}

TEST_F(Contexts, what_matters_goes_into_long_term_memory_and_the_rest_for_an_hour) {
  open();
  const ItemRef lasting = remember("nuts", "allergic to nuts", 0.81);
  const ItemRef brief = remember("seat", "sits at the window", 0.8);
  EXPECT_EQ(store_->tier_names()[static_cast<size_t>(lasting->tier())], "long_term");
  EXPECT_EQ(lasting->expires_us(), 0);
  EXPECT_EQ(store_->tier_names()[static_cast<size_t>(brief->tier())], "short_term");
  EXPECT_EQ(brief->expires_us(), kStartUs + 2000 + kHourUs);
  clock_->advance_us(kHourUs);
  EXPECT_TRUE(must(store_->exists(kAda, "nuts")));
  EXPECT_FALSE(must(store_->exists(kAda, "seat")));
  remember("seat", "stands", 0.9);  // what was brief stays now
  EXPECT_EQ(must(store_->get(kAda, "seat"))->expires_us(), 0);
}

TEST_F(Contexts, other_ladders_have_their_own_tiers_for_it) {
  StoreOptions options = quiet_options(clock_);
  options.ladder = R"({"tiers": [{"name": "a", "medium": "ram"}, {"name": "b", "medium": "ram"},
                                 {"name": "c", "medium": "database"}]})";
  store_ = open_store(":memory:", options);
  EXPECT_EQ(remember("x", "x", 0.9)->tier(), 2);
  EXPECT_EQ(remember("y", "y", 0.1)->tier(), 1);
  EXPECT_EQ(active(), (Strings{"y", "x"}));
}

TEST_F(Contexts, the_newest_come_first_and_then_what_has_to_do_with_it) {
  open();
  remember("tea", "likes green tea", 0.9);
  remember("nuts", "allergic to nuts", 0.95);
  remember("a", "asked for the menu", 0.5);
  remember("b", "sits at the window", 0.5);
  EXPECT_EQ(active(R"({"text": "what tea"})"),
            (Strings{"sits at the window", "asked for the menu", "likes green tea"}));
  EXPECT_EQ(active(), (Strings{"sits at the window", "asked for the menu", "allergic to nuts",
                               "likes green tea"}));  // the most important without a text
  EXPECT_EQ(active(R"({"max_items": 3, "short_term": 1})"),
            (Strings{"sits at the window", "allergic to nuts", "likes green tea"}));
  EXPECT_EQ(active(R"({"exclude": ["b", "nuts"], "max_items": 2})"),
            (Strings{"asked for the menu", "likes green tea"}));
  EXPECT_EQ(active(R"({"filter": {"importance": {"$gt": 0.92}}})"), Strings{"allergic to nuts"});
  EXPECT_EQ(active("", scope_of({.user = "eve"})), Strings());
}

TEST_F(Contexts, with_a_text_half_is_for_what_has_to_do_with_it) {
  open();
  remember("tea", "likes green tea", 0.9);
  for (const char* note : {"one", "two", "three", "four"}) remember(note, note, 0.5);
  const std::string about = R"({"text": "what tea", "max_items": 4)";
  EXPECT_EQ(active(about + "}"), (Strings{"four", "three", "likes green tea", "two"}));
  EXPECT_EQ(active(about + R"(, "short_term": 2})"), (Strings{"four", "three", "likes green tea"}));
  EXPECT_EQ(active(R"({"max_items": 4})"), (Strings{"four", "three", "two", "one"}));
}

TEST_F(Contexts, a_budget_is_kept) {
  open();
  remember("long", std::string(40, 'x'), 0.9);  // 10 tokens of four bytes
  remember("short", "tea tea", 0.85);           // 2
  remember("a", "note", 0.5);                   // 1
  EXPECT_EQ(active(R"({"max_tokens": 3})"),
            (Strings{"note", "tea tea"}));  // the long one is passed over
  EXPECT_EQ(active(R"({"max_tokens": 1})"), Strings{"note"});
  EXPECT_EQ(active(R"({"max_tokens": 13})").size(), 3u);
}

TEST_F(Contexts, tokens_are_counted_as_the_caller_says) {
  int calls = 0;
  open([&calls](std::span<const std::string_view> texts, std::span<int64_t> out) -> Status {
    ++calls;
    if (texts[0] == "broken") return {Code::kCallback, "no", -7};
    for (size_t i = 0; i < texts.size(); ++i) out[i] = 5;
    return {};
  });
  remember("a", "one", 0.5);
  remember("b", "two", 0.5);
  EXPECT_EQ(active(), (Strings{"two", "one"}));
  EXPECT_EQ(calls, 0) << "without a budget nobody counts";
  EXPECT_EQ(active(R"({"max_tokens": 9})"), Strings{"two"});
  EXPECT_EQ(calls, 1);
  remember("c", "broken", 0.5);
  const auto request =
      must(ContextRequest::parse(R"({"max_tokens": 9})", ContextRequest::Kind::kWorking));
  EXPECT_EQ(store_->active_context(kAda, request, Control()).code(), Code::kCallback);
}

TEST_F(Contexts, of_a_conversation_are_the_last_turns_and_those_that_belong_to_it) {
  open();
  for (int i = 0; i < 30; ++i) say("idle talk " + std::to_string(i));
  say("Ada is allergic to hazelnuts", "s0");
  for (int i = 0; i < 5; ++i) say("we talk about cake " + std::to_string(i));
  EXPECT_EQ(
      talk(R"({"text": "hazelnuts", "last": 2, "max_items": 4})"),
      (Strings{"Ada is allergic to hazelnuts", "we talk about cake 3", "we talk about cake 4"}));
  const Scope s1 = scope_of({.user = "ada", .session = "s1"});
  EXPECT_EQ(talk(R"({"text": "hazelnuts", "last": 1})", s1), Strings{"we talk about cake 4"});
  EXPECT_EQ(talk(R"({"text": "cake", "last": 1, "max_items": 3})", s1).size(), 3u);
  EXPECT_EQ(talk(R"({"last": 1, "max_items": 2})", s1).back(), "we talk about cake 4");
  EXPECT_EQ(talk(R"({"last": 3, "exclude": ["s1#000000035"], "text": "no such word"})", s1),
            (Strings{"we talk about cake 1", "we talk about cake 2", "we talk about cake 3"}));
  // The newest that fit, in a row.
  EXPECT_EQ(talk(R"({"max_tokens": 11, "text": "no such word"})", s1),
            (Strings{"we talk about cake 3", "we talk about cake 4"}));
}

TEST_F(Contexts, what_is_asked_wrongly_is_refused) {
  const auto refused = [](const char* document, ContextRequest::Kind kind) {
    return message_of(ContextRequest::parse(document, kind), Code::kInvalid);
  };
  constexpr auto kTalk = ContextRequest::Kind::kConversation;
  constexpr auto kWork = ContextRequest::Kind::kWorking;
  EXPECT_NE(refused(R"({"short_term": 1})", kTalk).find("short_term"), std::string::npos);
  EXPECT_NE(refused(R"({"last": 1})", kWork).find("last"), std::string::npos);
  EXPECT_NE(refused(R"({"max_items": 0})", kWork).find("max_items"), std::string::npos);
  EXPECT_NE(refused(R"({"exclude": "a"})", kWork).find("exclude"), std::string::npos);
  EXPECT_NE(refused(R"({"exclude": [1]})", kWork).find("exclude"), std::string::npos);
  EXPECT_NE(refused(R"({"filter": {"nmae": 1}})", kWork).find("nmae"), std::string::npos);
}

}  // namespace
}  // namespace memtier::testing
