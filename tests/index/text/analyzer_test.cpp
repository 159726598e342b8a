// From text to words to terms, by tokenizer.
#include "index/text/analyzer.h"

#include <gtest/gtest.h>

#include <cstring>

namespace memtier::testing {
namespace {

std::string terms(Tokenizer tokenizer, std::string_view text) {
  Analyzer analyzer(tokenizer);
  std::string joined;
  WordScanner scanner = analyzer.scan(text);
  while (scanner.next()) {
    joined += analyzer.term(scanner.word());
    joined += '|';
  }
  return joined;
}

TEST(Analyzer, english_folds_case_and_diacritics_and_stems) {
  EXPECT_EQ(terms(Tokenizer::kEnglish, "She LIKED running; cafés"), "she|like|run|cafe|");
  EXPECT_EQ(terms(Tokenizer::kEnglish, "Größe naïve ÅNGSTRÖM"), "gross|naiv|angstrom|");
  EXPECT_EQ(terms(Tokenizer::kEnglish, "v1.2 don't e-mail"), "v1|2|don|t|e|mail|");
}

TEST(Analyzer, english_takes_chinese_japanese_and_korean_in_pairs) {
  EXPECT_EQ(terms(Tokenizer::kEnglish, "我喜欢绿茶 and tea"), "我喜|喜欢|欢绿|绿茶|and|tea|");
  EXPECT_EQ(terms(Tokenizer::kEnglish, "お茶tea茶"), "お茶|tea|茶|");
  EXPECT_EQ(terms(Tokenizer::kCjk, "서울 running"), "서울|running|");
  EXPECT_EQ(terms(Tokenizer::kCjk, "緑茶・紅茶"), "緑茶|紅茶|") << "a middle dot ends a run";
  EXPECT_EQ(terms(Tokenizer::kCjk, "\u3099"), "") << "a mark alone is no word";
}

TEST(Analyzer, takes_decomposed_syllables_and_sounds_as_single_characters) {
  // 서울 and がぎぐ, letter by letter and with marks of their own.
  const char* seoul = "\u1109\u1165\u110b\u116e\u11af";
  const char* sounds = "\u304b\u3099\u304d\u3099\u304f\u3099";
  for (const Tokenizer tokenizer : {Tokenizer::kEnglish, Tokenizer::kCjk, Tokenizer::kUnicode}) {
    EXPECT_EQ(terms(tokenizer, seoul), terms(tokenizer, "서울"));
    EXPECT_EQ(terms(tokenizer, sounds), terms(tokenizer, "がぎぐ"));
    EXPECT_EQ(terms(tokenizer, std::string("tea") + seoul + sounds),
              terms(tokenizer, "tea서울がぎぐ"));
  }
  EXPECT_EQ(terms(Tokenizer::kCjk, sounds).size(), 2 * strlen("かき|")) << "two pairs";
  for (size_t size = 0; size < strlen(seoul); ++size) {
    (void)terms(Tokenizer::kCjk, std::string(seoul, size));  // cut off anywhere
  }
}

TEST(Analyzer, unicode_neither_stems_nor_pairs) {
  EXPECT_EQ(terms(Tokenizer::kUnicode, "Running 我喜欢"), "running|我喜欢|");
}

TEST(Analyzer, plain_takes_what_stands_between_white_space) {
  EXPECT_EQ(terms(Tokenizer::kPlain, " Foo-Bar\tfoo:1.2\n"), "Foo-Bar|foo:1.2|");
}

TEST(Analyzer, cuts_long_words_between_characters) {
  const std::string longest(WordScanner::kMaxWordBytes, 'x');
  EXPECT_EQ(terms(Tokenizer::kUnicode, longest + "yz"), longest + "|");
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "ø";  // two bytes each, no mark to strip
  EXPECT_EQ(terms(Tokenizer::kUnicode, umlauts), umlauts.substr(0, 64) + "|");
  EXPECT_EQ(terms(Tokenizer::kPlain, "x" + umlauts), "x" + umlauts.substr(0, 62) + "|");
}

TEST(Analyzer, survives_what_is_no_text) {
  EXPECT_EQ(terms(Tokenizer::kEnglish, "\xff ok \xc3"), "ok|");
  EXPECT_EQ(terms(Tokenizer::kEnglish, ""), "");
}

TEST(Analyzer, says_where_words_stand) {
  WordScanner scanner(Tokenizer::kEnglish, "a 绿茶茶");
  ASSERT_TRUE(scanner.next());
  EXPECT_EQ(scanner.begin(), 0u);
  EXPECT_EQ(scanner.end(), 1u);
  ASSERT_TRUE(scanner.next());
  EXPECT_EQ(scanner.begin(), 2u);
  EXPECT_EQ(scanner.end(), 8u);
  ASSERT_TRUE(scanner.next());
  EXPECT_EQ(scanner.begin(), 5u);
  EXPECT_EQ(scanner.end(), 11u);
  EXPECT_FALSE(scanner.next());
}

}  // namespace
}  // namespace memtier::testing
