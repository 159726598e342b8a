// How the words of a query are understood: a table for each syntax.
#include "index/text/text_query.h"

#include "base/must.h"
#include "index/text/text_index.h"
#include "storage/sqlite/fold_observer.h"

namespace memtier::testing {
namespace {

// (or a "b c" d*) and so on.
std::string show(const TextQuery& query) {
  using Kind = TextQuery::Kind;
  std::string text;
  switch (query.kind) {
    case Kind::kWord:
      return query.words[0];
    case Kind::kPrefix:
      return query.words[0] + "*";
    case Kind::kPhrase:
      for (const std::string& word : query.words) text += (text.empty() ? "\"" : " ") + word;
      return text + "\"";
    case Kind::kAnd:
      text = "(and";
      break;
    case Kind::kOr:
      text = "(or";
      break;
    case Kind::kNot:
      text = "(not";
      break;
  }
  for (const TextQuery& child : query.children) text += " " + show(child);
  return text + ")";
}

struct Case {
  const char* text;
  const char* meaning;
};

TEST(Natural, takes_what_people_type) {
  const Case cases[] = {
      {"", "(or)"},
      {"???", "(or)"},
      {"tea", "(or tea)"},
      {"green tea", "(or green tea)"},
      {"What does Ada like?", "(or Ada like)"},
      {"the who", "(or the who)"},
      {"tea tea TEA", "(or tea)"},
      {"\"green tea\" please", "(or \"green tea\" please)"},
      {"\"tea\"", "(or tea)"},
      {"\"never closed", "(or \"never closed\")"},
      {"gre*", "(or gre*)"},
      {"*", "(or)"},
      {"tea -coffee", "(not (or tea) coffee)"},
      {"tea -coffee -milk", "(not (or tea) (or coffee milk))"},
      {"tea -\"black coffee\"", "(not (or tea) \"black coffee\")"},
      {"-coffee", "(not (or) coffee)"},
      {"-coffee -\"black tea\"", "(not (or) (or coffee \"black tea\"))"},
      {"the -coffee", "(not (or the) coffee)"},
      {"tea -tea", "(not (or tea) tea)"},
      {"-???", "(or)"},
      {"\"\"", "(or)"},
      {"when was it -5 degrees", "(or 5 degrees)"},
      {"-5", "(or 5)"},
      {"-\"5 degrees\" frost", "(not (or frost) \"5 degrees\")"},
      {"--5 -x5", "(not (or) (or 5 x5))"},
      {"well-known", "(or well known)"},
      {"don't panic", "(or panic)"},
      {"tea - coffee", "(or tea coffee)"},
      {"a AND b OR NOT (c", "(or b c)"},
      {"Grüße 日本", "(or Grüße 日本)"},
      {"\"\" tea", "(or tea)"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(show(must(TextQuery::natural(c.text, false))), c.meaning) << c.text;
}

TEST(Natural, with_all_asks_for_every_word) {
  EXPECT_EQ(show(must(TextQuery::natural("the green tea", true))), "(and green tea)");
  EXPECT_EQ(show(must(TextQuery::natural("tea -milk", true))), "(not (and tea) milk)");
}

// "word0 word1 ..."
std::string numbered_words(int count, const std::string& sign = "") {
  std::string text;
  for (int i = 0; i < count; ++i) text += sign + "word" + std::to_string(i) + " ";
  return text;
}

TEST(Natural, leaves_the_choice_of_many_words_to_the_index) {
  EXPECT_FALSE(must(TextQuery::natural(numbered_words(256), false)).is_long());
  const TextQuery many = must(TextQuery::natural(numbered_words(257), false));
  EXPECT_TRUE(many.is_long());
  EXPECT_EQ(many.alternatives().size(), 257u);
  EXPECT_EQ(many.words_left_out, 0u);
  EXPECT_TRUE(must(TextQuery::natural(numbered_words(257) + " -milk", false)).is_long());
}

TEST(Natural, is_bounded_and_says_so) {
  const TextQuery many =
      must(TextQuery::natural(numbered_words(5000) + numbered_words(5000), false));
  EXPECT_EQ(many.alternatives().size(), TextQuery::kMaxChoice);
  EXPECT_EQ(many.words_left_out, 5000 - TextQuery::kMaxChoice);
}

TEST(Natural, excludes_at_most_256_words_wherever_they_stand) {
  const TextQuery query =
      must(TextQuery::natural(numbered_words(5000) + numbered_words(256, "-"), false));
  EXPECT_EQ(query.children[1].children.size(), 256u);
  EXPECT_NE(
      message_of(TextQuery::natural(numbered_words(257, "-"), false), Code::kInvalid).find("256"),
      std::string::npos);
}

TEST(Natural, demands_at_most_256_words) {
  EXPECT_EQ(
      must(TextQuery::natural(numbered_words(256) + numbered_words(256), true)).children.size(),
      256u);
  EXPECT_NE(message_of(TextQuery::natural(numbered_words(257), true), Code::kInvalid).find("256"),
            std::string::npos);
}

TEST(Boolean, follows_its_grammar) {
  const Case cases[] = {
      {"", "(or)"},
      {"  ", "(or)"},
      {"tea", "tea"},
      {"tea coffee", "(and tea coffee)"},
      {"tea AND coffee", "(and tea coffee)"},
      {"tea OR coffee milk", "(or tea (and coffee milk))"},
      {"(tea OR coffee) AND milk", "(and (or tea coffee) milk)"},
      {"tea NOT milk", "(not tea milk)"},
      {"tea NOT milk NOT sugar", "(not (not tea milk) sugar)"},
      {"tea NOT (milk OR sugar)", "(not tea (or milk sugar))"},
      {"\"green tea\" gre*", "(and \"green tea\" gre*)"},
      {"bird's-eye", "\"bird s eye\""},
      {"and or not", "(and and or not)"},
      {"((tea))", "tea"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(show(must(TextQuery::boolean(c.text))), c.meaning) << c.text;
}

TEST(Boolean, leaves_stop_words_out_unless_there_is_nothing_else) {
  const Case cases[] = {
      {"the", "the"},
      {"the AND of", "(and the of)"},
      {"the NOT tea", "(not the tea)"},
      {"green and tea", "(and green tea)"},
      {"the AND green", "green"},
      {"the OR green", "green"},
      {"green NOT the", "green"},
      {"green NOT (the OR milk)", "(not green milk)"},
      {"green AND (the OR (of AND a))", "green"},
      {"green AND (the NOT milk)", "(not green milk)"},
      {"green OR (the NOT milk)", "green"},
      {"the NOT milk green", "(not green milk)"},
      {"tea NOT (the NOT milk)", "tea"},
      {"\"the\" AND green", "(and the green)"},
      {"\"the green\" tea", "(and \"the green\" tea)"},
      {"the* green", "(and the* green)"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(show(must(TextQuery::boolean(c.text))), c.meaning) << c.text;
  EXPECT_EQ(show(must(TextQuery::boolean("the AND green", Tokenizer::kUnicode))),
            "(and the green)");
}

TEST(Boolean, refuses_what_is_malformed_and_names_the_place) {
  const Case cases[] = {
      {"tea AND", "byte 7"},        {"AND tea", "byte 0"}, {"tea OR OR milk", "byte 7"},
      {"(tea", "\")\" is missing"}, {"tea)", "byte 3"},    {"()", "byte 1"},
      {"NOT tea", "byte 0"},        {"\"tea", "quote"},    {"\"\"", "no words"},
      {"tea ???", "is no word"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(message_of(TextQuery::boolean(c.text), Code::kInvalid).find(c.meaning),
              std::string::npos)
        << c.text;
  }
  EXPECT_EQ(TextQuery::boolean(std::string(100'000, '(')).code(), Code::kInvalid);
}

TEST(Words, are_split_at_all_but_letters_and_digits) {
  const auto words = [](std::string_view text) {
    std::string joined;
    for (const std::string_view word : split_words(text)) joined.append(word).append("|");
    return joined;
  };
  EXPECT_EQ(words("one, two\nthree"), "one|two|three|");
  EXPECT_EQ(words("v1.2 e-mail snake_case"), "v1|2|e|mail|snake|case|");
  EXPECT_EQ(words("Größe: 5 €"), "Größe|5|");
  EXPECT_EQ(words("\xff broken \xc3"), "broken|");
  EXPECT_EQ(words(""), "");
}

TEST(StopWords, ignore_case_and_are_few) {
  EXPECT_TRUE(is_english_stop_word("The"));
  EXPECT_TRUE(is_english_stop_word("whom"));
  EXPECT_FALSE(is_english_stop_word("tea"));
}

TEST(SearchableText, is_content_of_text_types_with_title_and_speaker) {
  const auto of = [](std::string_view content, std::string_view type, std::string_view metadata) {
    const SearchableText text = searchable_text({content, type, metadata});
    return std::string(text.content) + "|" + text.title + "|" + text.speaker;
  };
  EXPECT_EQ(of("tea", "text/plain", ""), "tea||");
  EXPECT_EQ(of("tea", "text/plain", R"({"title": "T", "speaker": "Ada", "role": "user"})"),
            "tea|T|Ada");
  EXPECT_EQ(of("tea", "text/plain", R"({"role": "user"})"), "tea||user");
  EXPECT_EQ(of("\x89PNG", "image/png", R"({"title": "T"})"), "|T|");
  EXPECT_EQ(of("{}", "application/json", ""), "{}||");
}

}  // namespace
}  // namespace memtier::testing
