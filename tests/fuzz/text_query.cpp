// The words of a query. What people type is never an error.
#include <string>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "index/text/fts5_snippet.h"
#include "index/text/text_query.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  static const auto kConnection =
      std::move(Connection::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0))
          .value();
  static const std::string kContent = "Ada likes green tea, and Bob doesn't. Grüße aus Bari!";
  for (const std::string_view word : split_words(bytes)) {
    require(!word.empty() && word.data() >= bytes.data() &&
                word.data() + word.size() <= bytes.data() + bytes.size(),
            "words lie within the text");
  }
  const TextQuery natural = TextQuery::natural(bytes, false);
  require(fts5_snippet(*kConnection, natural, kContent, 30).ok(), "a snippet of good text");
  (void)fts5_snippet(*kConnection, natural, bytes, 30).ok();
  (void)TextQuery::boolean(bytes).ok();
  (void)parse_time_us(bytes);
  (void)base64_decode(bytes);
  (void)fold_case(is_utf8(bytes) ? bytes : std::string_view());
}
