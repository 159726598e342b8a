// The words of a query. What people type is an error only beyond its limits.
#include <algorithm>
#include <string>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "index/text/snippet.h"
#include "index/text/text_query.h"
#include "index/text/word_plan.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  static const std::string kContent = "Ada likes green tea, and Bob doesn't. Grüße aus Bari!";
  for (const std::string_view word : split_words(bytes)) {
    require(!word.empty() && word.data() >= bytes.data() &&
                word.data() + word.size() <= bytes.data() + bytes.size(),
            "words lie within the text");
  }
  for (const Tokenizer tokenizer :
       {Tokenizer::kEnglish, Tokenizer::kUnicode, Tokenizer::kCjk, Tokenizer::kPlain}) {
    Analyzer analyzer(tokenizer);
    WordScanner scanner = analyzer.scan(bytes);
    while (scanner.next()) {
      require(scanner.begin() < scanner.end() && scanner.end() <= bytes.size() &&
                  scanner.word().size() <= WordScanner::kMaxWordBytes,
              "words lie within the text");
      (void)analyzer.term(scanner.word());
    }
    auto parsed = TextQuery::natural(bytes, false, tokenizer);
    if (!parsed.ok()) {
      require(std::count(bytes.begin(), bytes.end(), '-') > 256, "few words are never an error");
      continue;
    }
    const TextQuery natural = std::move(parsed).value();
    (void)WordPlan::make(natural, analyzer);
    auto boolean = TextQuery::boolean(bytes, tokenizer);
    if (boolean.ok()) (void)WordPlan::make(*boolean, analyzer);
    require(!make_snippet(analyzer, natural, kContent, 30).empty(), "a snippet of good text");
    (void)make_snippet(analyzer, natural, bytes, 30);
  }
  (void)parse_time_us(bytes);
  (void)base64_decode(bytes);
  (void)fold_case(is_utf8(bytes) ? bytes : std::string_view());
}
