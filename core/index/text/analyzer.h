// Analyzer: from text to the words that the index knows. A word is folded (case, diacritics) and cut
// to 64 bytes; its term is what is kept in the index: with the English tokenizer, its stem.
//
// Thread safety: one thread at a time for each object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace memtier {

enum class Tokenizer {
  kEnglish,  // Unicode words, stemmed as English; Chinese, Japanese and Korean as for kCjk
  kUnicode,  // Unicode words
  kCjk,      // runs of Chinese, Japanese, Korean characters in overlapping pairs; else as kUnicode
  kPlain,    // what stands between white space, exactly
};
std::optional<Tokenizer> tokenizer_by_name(std::string_view name);
std::string_view tokenizer_name(Tokenizer tokenizer);

// The words of a text, one after the other.
class WordScanner {
 public:
  WordScanner(Tokenizer tokenizer, std::string_view text) : tokenizer_(tokenizer), text_(text) {}

  static constexpr size_t kMaxWordBytes = 64;

  // False at the end.
  bool next();
  std::string_view word() const { return word_; }  // folded; until the next call
  size_t begin() const { return begin_; }          // where it stands in the text
  size_t end() const { return end_; }

 private:
  bool next_plain();
  bool next_unicode();
  void finish_word(size_t end);
  bool next_pair();

  Tokenizer tokenizer_;
  std::string_view text_;
  size_t at_ = 0;
  size_t run_begin_ = 0;
  size_t run_end_ = 0;  // of the run of characters that is shown in pairs; 0: none
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string_view word_;
  char buffer_[kMaxWordBytes];
  std::string folded_;
};

class Analyzer {
 public:
  explicit Analyzer(Tokenizer tokenizer);
  ~Analyzer();
  Analyzer(const Analyzer&) = delete;
  Analyzer& operator=(const Analyzer&) = delete;

  Tokenizer tokenizer() const { return tokenizer_; }
  bool stems() const { return stemmer_ != nullptr; }
  WordScanner scan(std::string_view text) const { return {tokenizer_, text}; }
  // What the index knows a folded word as; until the next call.
  std::string_view term(std::string_view word);
  // The folded form of a single word that was taken from a query.
  std::string fold(std::string_view word) const;

 private:
  Tokenizer tokenizer_;
  sb_stemmer* stemmer_ = nullptr;
};

}  // namespace memtier
