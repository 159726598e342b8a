#include "index/text/snippet.h"

#include <gtest/gtest.h>

#include "base/must.h"
#include "base/seed.h"

namespace memtier::testing {
namespace {

std::string of(std::string_view query, std::string_view content, size_t size = 40) {
  Analyzer analyzer(Tokenizer::kEnglish);
  return make_snippet(analyzer, must(TextQuery::natural(query, false)), content, size);
}

TEST(Snippet, marks_the_words_of_the_query_in_all_their_forms) {
  EXPECT_EQ(of("tea", "I like tea."), "I like **tea**.");
  EXPECT_EQ(of("likes", "She liked it"), "She **liked** it");
  EXPECT_EQ(of("gre*", "green grass"), "**green** grass");
  EXPECT_EQ(of("Cafe", "the Café here"), "the **Café** here");
  EXPECT_EQ(of("\"green tea\"", "green tea"), "**green** **tea**");
}

TEST(Snippet, marks_neighbouring_pairs_as_one_passage) {
  EXPECT_EQ(of("东京大学", "我在东京大学读书"), "我在**东京大学**读书");
  EXPECT_EQ(of("东京 大学", "东京大学"), "**东京大学**");
  EXPECT_EQ(of("东京 学读", "我在东京大学读书"), "我在**东京**大**学读**书");
  EXPECT_EQ(of("手机 iphone", "iPhone手机"), "**iPhone手机**") << "words without a gap";
}

TEST(Snippet, does_not_mark_what_was_excluded) {
  EXPECT_EQ(of("tea -milk", "tea with milk"), "**tea** with milk");
}

TEST(Snippet, shows_the_passage_with_most_of_the_words) {
  std::string content = "tea at the beginning ";
  for (int i = 0; i < 30; ++i) content += "filler ";
  content += "green tea with lemon ";
  for (int i = 0; i < 30; ++i) content += "filler ";
  const std::string snippet = of("green tea lemon", content);
  EXPECT_NE(snippet.find("**green** **tea** with **lemon**"), std::string::npos) << snippet;
  EXPECT_EQ(snippet.rfind("…", 0), 0u);
  EXPECT_EQ(snippet.substr(snippet.size() - 3), "…");
}

TEST(Snippet, of_a_text_without_the_words_is_its_beginning) {
  EXPECT_EQ(of("tea", "nothing of the kind"), "nothing of the kind");
  EXPECT_EQ(of("tea", ""), "");
  EXPECT_EQ(of("tea", "..."), "");
}

TEST(Snippet, stays_near_its_size_and_within_characters) {
  Random random;
  for (int i = 0; i < 200; ++i) {
    std::string content;
    while (content.size() < 600) {
      content += random.one_in(5) ? "tea " : random.one_in(3) ? "Grüße " : random.letters(6) + " ";
    }
    const std::string snippet = of("tea", content, 100);
    EXPECT_LT(snippet.size(), 250u) << "100 bytes, the marks and two ellipses";
    EXPECT_NE(snippet.find("**tea**"), std::string::npos);
  }
}

}  // namespace
}  // namespace memtier::testing
