// A text as BERT's uncased tokenizer sees it before it looks for tokens: control characters dropped, lower
// case, without accents, split at white space, at punctuation and around each CJK character.
#pragma once

#include <cstddef>
#include <string_view>

namespace memtier {

// Longer words have no token (and are usually no words).
inline constexpr size_t kMaxWordCharacters = 100;

class WordSink {
 public:
  WordSink() = default;
  virtual ~WordSink() = default;
  WordSink(const WordSink&) = delete;
  WordSink& operator=(const WordSink&) = delete;
  // The word is borrowed for the call.
  virtual void use_word(std::string_view word) = 0;
};

// The words of a text in order, those left out that are too long. The text is UTF-8; bytes that are not,
// are dropped.
void for_each_word(std::string_view text, WordSink& sink);

}  // namespace memtier
