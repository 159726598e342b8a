// The words of a query, parsed (memtier.h, "Search": "text" and "syntax").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/analyzer.h"

namespace memtier {

struct TextQuery {
  enum class Kind { kWord, kPrefix, kPhrase, kAnd, kOr, kNot };

  // Of a boolean query; that are excluded; that must all be there; that are looked for.
  static constexpr size_t kMaxWords = 256;
  // Among so many words of a natural query the index chooses those it looks for.
  static constexpr size_t kMaxChoice = 4096;

  // What people type; kInvalid only where it excludes or demands more than kMaxWords. Stop words are
  // left out unless there is nothing else. With nothing but exclusions: see is_exclusion().
  static Result<TextQuery> natural(std::string_view text, bool match_all,
                                   Tokenizer tokenizer = Tokenizer::kEnglish);
  // AND OR NOT ( ) "phrase" prefix*. kInvalid, naming the place, where it is malformed. Stop words as
  // above.
  static Result<TextQuery> boolean(std::string_view text,
                                   Tokenizer tokenizer = Tokenizer::kEnglish);

  // kAnd, kOr without children: nothing to look for.
  bool is_empty() const { return (kind == Kind::kAnd || kind == Kind::kOr) && children.empty(); }
  // Nothing is looked for, and children[1] must not be there.
  bool is_exclusion() const { return kind == Kind::kNot && children[0].is_empty(); }
  // A natural query of more words than are looked for.
  bool is_long() const { return alternatives().size() > kMaxWords; }
  const std::vector<TextQuery>& alternatives() const;  // of a natural query: what is looked for

  Kind kind = Kind::kOr;
  std::vector<std::string> words;   // kWord, kPrefix: one; kPhrase: in order
  std::vector<TextQuery> children;  // kAnd, kOr: any; kNot: what must hold, what must not
  bool is_stop_word = false;        // kWord
  size_t words_left_out = 0;        // of a natural query: distinct words beyond kMaxChoice
};

// For explain: the query in boolean syntax.
std::string describe(const TextQuery& query);

// Splits text at everything that is neither letter nor digit (Unicode).
std::vector<std::string_view> split_words(std::string_view text);
bool is_english_stop_word(std::string_view word);

}  // namespace memtier
