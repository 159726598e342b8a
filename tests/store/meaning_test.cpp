// Items found by meaning: the vectors that the store's embedder makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "model/json.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A vector of one's own: which of four words a text has.
struct Letters {
  std::atomic<int> calls{0};
  std::atomic<int> texts{0};
  std::atomic<bool> fails{false};

  EmbedFunction function() {
    return [this](std::span<const std::string_view> given, float* vectors) -> Status {
      ++calls;
      if (fails) return {Code::kCallback, "no model today", -7};
      texts += static_cast<int>(given.size());
      for (size_t i = 0; i < given.size(); ++i) {
        const char* const words[] = {"tea", "ink", "cat", "sea"};
        for (size_t w = 0; w < 4; ++w) {
          if (given[i].find(words[w]) != std::string_view::npos) vectors[i * 4 + w] = 1;
        }
      }
      return {};
    };
  }
};

StoreOptions plain_options() {
  StoreOptions options;
  options.background = false;
  return options;
}

StoreOptions options_with(Letters& letters, const std::string& name = "letters") {
  StoreOptions options = plain_options();
  options.embedder = EmbedderKind::kCallback;
  options.embedder_dimension = 4;
  options.embedder_name = name;
  options.embed_function = letters.function();
  return options;
}

void keep(Store& store, const std::string& id, const std::string& content,
          const std::string& metadata = "{}") {
  const Json item = {{"id", id}, {"content", content}, {"metadata", Json::parse(metadata)}};
  must(put(store, Scope(), draft_of(item.dump())).status.clone());
}

Result<std::vector<std::string>> try_find(Store& store, const std::string& query) {
  const Control control;
  ASSIGN_OR_RETURN(const auto parsed, Query::parse(query));
  ASSIGN_OR_RETURN(const Hits hits, store.search(Scope(), *parsed, control));
  std::vector<std::string> ids;
  for (const ItemRef& item : hits.items) ids.emplace_back(item->text(Text::kId));
  return ids;
}

std::vector<std::string> find(Store& store, const std::string& text, int limit = 2) {
  const Json query = {{"text", text}, {"meaning", true}, {"limit", limit}, {"threshold", 0.2}};
  return must(try_find(store, query.dump()));
}

TEST(Meaning, the_built_in_embedder_finds_what_was_just_stored) {
  const auto store = must(Store::open(":memory:", plain_options()));
  keep(*store, "walk", "I love hiking in the mountains");
  keep(*store, "bill", "The invoice was paid in March");
  EXPECT_THAT(find(*store, "trekking outdoors", 1), ElementsAre("walk"));
  EXPECT_THAT(find(*store, "payment of a bill", 1), ElementsAre("bill"));
  keep(*store, "walk", "My sister plays the violin");
  EXPECT_THAT(find(*store, "music and instruments", 1), ElementsAre("walk"));
  must(store->remove(Scope(), "walk", 0, Durability::kDefault));
  EXPECT_THAT(find(*store, "music and instruments"), ::testing::Not(::testing::Contains("walk")));
  EXPECT_EQ(must(store->pending_vectors()), 0);
  must(store->close());
}

TEST(Meaning, an_embedder_of_ones_own_sees_each_text_once) {
  Letters letters;
  const auto store = must(Store::open(":memory:", options_with(letters)));
  keep(*store, "a", "green tea");
  keep(*store, "b", "black ink");
  EXPECT_EQ(must(store->pending_vectors()), 2);
  EXPECT_EQ(letters.texts, 0) << "nobody has asked yet, and there is no background thread";
  EXPECT_THAT(find(*store, "tea"), ElementsAre("a"));
  EXPECT_EQ(must(store->pending_vectors()), 0);
  EXPECT_EQ(letters.texts, 3) << "two items and the question";
  EXPECT_THAT(find(*store, "ink"), ElementsAre("b"));
  EXPECT_EQ(letters.texts, 4) << "the question";
  keep(*store, "a", "green tea", R"({"seen": 1})");
  EXPECT_THAT(find(*store, "tea"), ElementsAre("a"));
  EXPECT_EQ(letters.texts, 5) << "a vector that is there is of what the item still says";
  keep(*store, "a", "a cat");
  EXPECT_THAT(find(*store, "cat"), ElementsAre("a"));
  EXPECT_THAT(find(*store, "tea"), IsEmpty());
  must(store->close());
}

TEST(Meaning, one_that_fails_loses_nothing) {
  Letters letters;
  const auto store = must(Store::open(":memory:", options_with(letters)));
  letters.fails = true;
  keep(*store, "a", "green tea");
  keep(*store, "b", "black ink");
  const auto failed = try_find(*store, R"({"text": "tea", "meaning": true})");
  EXPECT_EQ(failed.code(), Code::kCallback);
  EXPECT_EQ(must(store->pending_vectors()), 2);
  EXPECT_THAT(must(try_find(*store, R"({"text": "tea"})")), ElementsAre("a")) << "words go on";
  letters.fails = false;
  EXPECT_THAT(find(*store, "tea"), ElementsAre("a"));
  EXPECT_EQ(must(store->pending_vectors()), 0);
  must(store->close());
}

TEST(Meaning, a_text_that_is_refused_holds_nobody_back) {
  Letters letters;
  StoreOptions options = options_with(letters);
  options.embed_function = [&letters, embed = options.embed_function](
                               std::span<const std::string_view> given, float* vectors) -> Status {
    for (const std::string_view text : given) {
      if (letters.fails && text.find("poison") != std::string_view::npos) {
        return {Code::kCallback, "no such words", -9};
      }
    }
    const bool fails = letters.fails.exchange(false);
    Status status = embed(given, vectors);
    letters.fails = fails;
    return status;
  };
  letters.fails = true;
  const auto store = must(Store::open(":memory:", std::move(options)));
  keep(*store, "bad", "poison in the tea");
  EXPECT_THAT(find(*store, "tea"), ElementsAre("bad")) << "by its words";
  for (int i = 0; i < 40; ++i) keep(*store, "n" + std::to_string(i), "a cat");
  keep(*store, "good", "an ink pot");
  EXPECT_THAT(find(*store, "ink"), ElementsAre("good"));
  EXPECT_EQ(must(store->pending_vectors()), 1);
  keep(*store, "late", "by the sea");
  const int before = letters.texts;
  EXPECT_THAT(find(*store, "sea"), ElementsAre("late"));
  EXPECT_EQ(letters.texts - before, 2) << "what is new, and the question: not all of them again";
  letters.fails = false;
  Control control;
  int64_t count = 0;
  must(store->reembed(control, &count));
  EXPECT_EQ(count, 1);
  EXPECT_EQ(must(store->pending_vectors()), 0);
  EXPECT_THAT(find(*store, "tea"), ElementsAre("bad"));
  must(store->close());
}

TEST(Meaning, what_others_stored_without_it_is_embedded_later) {
  const TempFolder folder;
  {
    StoreOptions none = plain_options();
    none.embedder = EmbedderKind::kNone;
    const auto store = must(Store::open(folder.file(), std::move(none)));
    keep(*store, "walk", "I love hiking in the mountains");
    EXPECT_EQ(try_find(*store, R"({"text": "x", "meaning": true})").code(), Code::kUnsupported);
    EXPECT_EQ(store->pending_vectors().code(), Code::kUnsupported);
    must(store->close());
  }
  const auto store = must(Store::open(folder.file(), plain_options()));
  keep(*store, "bill", "The invoice was paid in March");
  EXPECT_THAT(find(*store, "trekking outdoors", 1), ElementsAre("walk"));
  EXPECT_THAT(find(*store, "payment of a bill", 1), ElementsAre("bill"));
  must(store->close());
}

TEST(Meaning, a_new_model_fills_a_space_of_its_own_step_by_step) {
  const TempFolder folder;
  Letters letters;
  constexpr int kItems = 3000;
  {
    const auto store = must(Store::open(folder.file(), plain_options()));
    for (int i = 0; i < kItems; ++i) keep(*store, "i" + std::to_string(i), "tea number");
    must(store->close());
  }
  const auto store = must(Store::open(folder.file(), options_with(letters)));
  EXPECT_EQ(must(store->pending_vectors()), kItems);
  int asked = 0;
  Control stopping(
      [&]() -> Status { return ++asked > 2 ? Status(Code::kCancelled, "") : Status(); }, nullptr);
  int64_t count = 0;
  EXPECT_EQ(store->reembed(stopping, &count).code(), Code::kCancelled);
  EXPECT_GT(count, 0);
  EXPECT_LT(count, kItems);
  EXPECT_EQ(must(store->pending_vectors()), kItems - count) << "what was done stays";
  int64_t total = 0;
  Control watching(nullptr, [&](int64_t, int64_t of) -> Status {
    total = of;
    return {};
  });
  int64_t rest = 0;
  must(store->reembed(watching, &rest));
  EXPECT_EQ(count + rest, kItems);
  EXPECT_EQ(total, rest);
  EXPECT_EQ(letters.texts, kItems);
  EXPECT_EQ(find(*store, "tea", 5).size(), 5u);
  Control none;
  const Json spaces = Json::parse(must(store->list_spaces(none)));
  ASSERT_EQ(spaces.size(), 1u) << "the one before; of the one in use describe_embedder() tells";
  EXPECT_EQ(spaces[0]["name"], "embedder-en");
  EXPECT_EQ(spaces[0]["embedder"], "embedder-en");
  EXPECT_EQ(spaces[0]["vectors"], kItems);
  must(store->close());
}

TEST(Meaning, a_name_that_is_taken_is_told) {
  const TempFolder folder;
  Letters letters;
  {
    const auto store = must(Store::open(folder.file(), plain_options()));
    must(store->create_space(must(SpaceSpec::parse(R"({"name": "mine", "dimension": 4})"))));
    must(store->close());
  }
  const std::string message =
      message_of(Store::open(folder.file(), options_with(letters, "mine")), Code::kMismatch);
  EXPECT_NE(message.find("EMBEDDER_NAME"), std::string::npos);
}

TEST(Meaning, queries_that_make_no_sense_are_refused) {
  const auto store = must(Store::open(":memory:", plain_options()));
  keep(*store, "a", "green tea");
  for (const char* query :
       {R"({"meaning": true})", R"({"text": "x", "meaning": true, "vector": [1, 2]})",
        R"({"text": "x", "meaning": true, "space": "other"})", R"({"text": "x", "meaning": 1})",
        R"({"text": "x OR y", "syntax": "boolean", "meaning": true})"}) {
    EXPECT_EQ(try_find(*store, query).code(), Code::kInvalid) << query;
  }
  EXPECT_THAT(must(try_find(*store, R"({"text": "tea", "meaning": false})")), ElementsAre("a"));
  must(store->close());
}

TEST(Meaning, who_speaks_and_the_title_count_and_bytes_do_not) {
  EXPECT_EQ(embedded_text({"hello", "text/plain", R"({"speaker": "Ada"})"}), "Ada: hello");
  EXPECT_EQ(embedded_text({"hello", "text/plain", R"({"title": "On tea"})"}), "On tea\nhello");
  EXPECT_EQ(embedded_text({"hello", "application/octet-stream", ""}), "");
  EXPECT_EQ(embedded_text({"", "text/plain", R"({"speaker": "Ada"})"}), "");
  EXPECT_EQ(embedded_text({"\xff", "text/plain", ""}), "");
}

TEST(Meaning, the_background_thread_embeds) {
  Letters letters;
  StoreOptions options = options_with(letters);
  options.background = true;
  const auto store = must(Store::open(":memory:", std::move(options)));
  keep(*store, "a", "green tea");
  while (must(store->pending_vectors()) > 0) std::this_thread::yield();
  EXPECT_EQ(letters.texts, 1);
  must(store->close());
}

}  // namespace
}  // namespace memtier::testing
