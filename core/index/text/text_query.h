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

  // What people type; never an error. Stop words are left out unless there is nothing else.
  static TextQuery natural(std::string_view text, bool match_all,
                           Tokenizer tokenizer = Tokenizer::kEnglish);
  // AND OR NOT ( ) "phrase" prefix*. kInvalid, naming the place, where it is malformed.
  static Result<TextQuery> boolean(std::string_view text,
                                   Tokenizer tokenizer = Tokenizer::kEnglish);

  // kAnd, kOr without children: nothing to look for.
  bool is_empty() const { return (kind == Kind::kAnd || kind == Kind::kOr) && children.empty(); }

  Kind kind = Kind::kOr;
  std::vector<std::string> words;   // kWord, kPrefix: one; kPhrase: in order
  std::vector<TextQuery> children;  // kAnd, kOr: any; kNot: what must hold, what must not
};

// For explain: the query in boolean syntax.
std::string describe(const TextQuery& query);

// Splits text at everything that is neither letter nor digit (Unicode).
std::vector<std::string_view> split_words(std::string_view text);
bool is_english_stop_word(std::string_view word);

}  // namespace memtier
