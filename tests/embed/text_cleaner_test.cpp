#include "embed/text_cleaner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace memtier::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Words final : public WordSink {
 public:
  void use_word(std::string_view word) override { words.emplace_back(word); }
  std::vector<std::string> words;
};

std::vector<std::string> words_of(std::string_view text) {
  Words words;
  for_each_word(text, words);
  return words.words;
}

TEST(TextCleaner, splits_at_white_space_and_punctuation) {
  EXPECT_THAT(words_of("Don't  stop,\tnow"), ElementsAre("don", "'", "t", "stop", ",", "now"));
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of(" \n\r\t "), IsEmpty());
  EXPECT_THAT(words_of("a\xe2\x80\xa8z\xc2\xa0y"), ElementsAre("a", "z", "y")) << "Zl, Zs";
  EXPECT_THAT(words_of("a\xe2\x80\x93z"), ElementsAre("a", "\xe2\x80\x93", "z")) << "a dash";
}

TEST(TextCleaner, takes_case_and_accents_away) {
  EXPECT_THAT(words_of("CAF\xc3\x89 Z\xc3\xbcrich"), ElementsAre("cafe", "zurich"));
  EXPECT_THAT(words_of("\xc4\xb0stanbul"), ElementsAre("istanbul"));
  EXPECT_THAT(words_of("e\xcc\x81"), ElementsAre("e")) << "an accent of its own";
}

TEST(TextCleaner, makes_each_ideograph_a_word) {
  EXPECT_THAT(words_of("\xe6\x97\xa5\xe6\x9c\xacx"),
              ElementsAre("\xe6\x97\xa5", "\xe6\x9c\xac", "x"));
}

TEST(TextCleaner, drops_control_characters_and_what_is_no_text) {
  EXPECT_THAT(words_of(std::string_view("a\0b\x7f"
                                        "c",
                                        5)),
              ElementsAre("abc"));
  EXPECT_THAT(words_of("a\xef\xbf\xbd"
                       "b\xe2\x80\x8d"
                       "c"),
              ElementsAre("abc"))
      << "U+FFFD, U+200D";
  EXPECT_THAT(words_of("a\xff\xfe"
                       "b\xc3"),
              ElementsAre("ab"))
      << "not UTF-8";
}

TEST(TextCleaner, leaves_words_out_that_are_too_long) {
  const std::string longest(kMaxWordCharacters, 'x');
  EXPECT_THAT(words_of(longest + " y"), ElementsAre(longest, "y"));
  EXPECT_THAT(words_of(longest + "x y"), ElementsAre("y"));
  std::string wide;
  for (size_t i = 0; i < kMaxWordCharacters; ++i) wide += "\xf0\x9f\x8e\x89";
  EXPECT_THAT(words_of(wide), ElementsAre(wide)) << "characters count, not bytes";
  EXPECT_THAT(words_of(wide + "x"), IsEmpty());
}

}  // namespace
}  // namespace memtier::testing
