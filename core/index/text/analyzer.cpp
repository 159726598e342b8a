#include "index/text/analyzer.h"

#include <libstemmer.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace memtier {
namespace {

constexpr std::array<std::pair<std::string_view, Tokenizer>, 4> kNames = {{
    {"english", Tokenizer::kEnglish},
    {"unicode", Tokenizer::kUnicode},
    {"cjk", Tokenizer::kCjk},
    {"plain", Tokenizer::kPlain},
}};

// For ASCII: the lower case of what belongs to a word, 0 for what does not.
constexpr std::array<char, 128> make_lower() {
  std::array<char, 128> table{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = static_cast<char>(c);
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = static_cast<char>(c - 'A' + 'a');
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = static_cast<char>(c);
  return table;
}
constexpr std::array<char, 128> kLower = make_lower();

bool is_word_point(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_CO:
      return true;
    default:
      return false;
  }
}

// Scripts that put no spaces between words, and Hangul.
bool is_cjk_point(utf8proc_int32_t point) {
  return (point >= 0x3040 && point <= 0x30ff) || (point >= 0x3400 && point <= 0x4dbf) ||
         (point >= 0x4e00 && point <= 0x9fff) || (point >= 0xac00 && point <= 0xd7a3) ||
         (point >= 0xf900 && point <= 0xfaff) || (point >= 0x20000 && point <= 0x3ffff);
}

// Text that was decomposed (NFD, as some file systems write it) has a Korean syllable as two or three letters,
// and a Japanese one with a sound mark as two characters. Each is one, as in composed text; folding a word
// composes it.
bool is_between(std::string_view text, std::string_view first, std::string_view last) {
  const std::string_view letter = text.substr(0, 3);
  return letter >= first && letter <= last;
}

// Of the syllable that the letters at the beginning make; 0: none.
size_t syllable_size(std::string_view text) {
  constexpr size_t kLetterBytes = 3;
  if (!is_between(text, "\u1100", "\u1112")) return 0;
  if (!is_between(text.substr(kLetterBytes), "\u1161", "\u1175")) return 0;
  const bool closed = text.size() > 2 * kLetterBytes &&
                      is_between(text.substr(2 * kLetterBytes), "\u11a8", "\u11c2");
  return (closed ? 3 : 2) * kLetterBytes;
}

size_t sound_mark_size(std::string_view text) {
  return is_between(text, "\u3099", "\u309a") ? 3 : 0;
}

struct Point {
  size_t size = 1;
  bool in_word = false;
  bool cjk = false;
};

Point look_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {1, kLower[first] != 0, false};
  utf8proc_int32_t point = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &point);
  if (size <= 0) return {};
  if (const size_t jamo = syllable_size(text); jamo > 0) return {jamo, true, true};
  const bool in_word = is_word_point(point);
  // A mark on its own is no character to make a pair of.
  const bool is_mark = utf8proc_category(point) == UTF8PROC_CATEGORY_MN;
  const bool cjk = in_word && !is_mark && is_cjk_point(point);
  const size_t sound = cjk ? sound_mark_size(text.substr(static_cast<size_t>(size))) : 0;
  return {static_cast<size_t>(size) + sound, in_word, cjk};
}

// At most `limit` bytes, not cutting a character in two.
std::string_view cut(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

// Case and diacritics folded away.
std::string fold_word(std::string_view word) {
  utf8proc_uint8_t* folded = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(word.data()),
                                 static_cast<utf8proc_ssize_t>(word.size()), &folded, options);
  if (size < 0) return std::string(word);
  std::string result(reinterpret_cast<char*>(folded), static_cast<size_t>(size));
  std::free(folded);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc allocates with malloc
  return result;
}

bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

}  // namespace

std::optional<Tokenizer> tokenizer_by_name(std::string_view name) {
  for (const auto& [known, tokenizer] : kNames) {
    if (known == name) return tokenizer;
  }
  return std::nullopt;
}

std::string_view tokenizer_name(Tokenizer tokenizer) {
  return kNames[static_cast<size_t>(tokenizer)].first;
}

bool WordScanner::next() {
  return tokenizer_ == Tokenizer::kPlain ? next_plain() : next_unicode();
}

bool WordScanner::next_plain() {
  while (at_ < text_.size() && is_white(text_[at_])) ++at_;
  if (at_ == text_.size()) return false;
  begin_ = at_;
  while (at_ < text_.size() && !is_white(text_[at_])) ++at_;
  end_ = at_;
  word_ = cut(text_.substr(begin_, end_ - begin_), kMaxWordBytes);
  return true;
}

bool WordScanner::next_unicode() {
  if (run_end_ > 0 && next_pair()) return true;
  const bool pairs = tokenizer_ != Tokenizer::kUnicode;
  while (at_ < text_.size()) {
    const auto first = static_cast<unsigned char>(text_[at_]);
    if (first < 0x80 && kLower[first] == 0) {
      ++at_;
      continue;
    }
    begin_ = at_;
    // Most words are of ASCII alone: folded while they are read.
    size_t size = 0;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c >= 0x80 || kLower[c] == 0) break;
      if (size < kMaxWordBytes) buffer_[size++] = kLower[c];
      ++at_;
    }
    if (at_ == text_.size() || static_cast<unsigned char>(text_[at_]) < 0x80) {
      end_ = at_;
      word_ = {buffer_, size};
      return true;
    }
    while (at_ < text_.size()) {
      const Point point = look_at(text_.substr(at_));
      if (!point.in_word || (pairs && point.cjk)) break;
      at_ += point.size;
    }
    if (at_ > begin_) {
      finish_word(at_);
      if (!word_.empty()) return true;
      continue;
    }
    const Point point = look_at(text_.substr(at_));
    if (!point.in_word) {
      at_ += point.size;
      continue;
    }
    run_begin_ = run_end_ = at_;
    while (run_end_ < text_.size()) {
      const Point next = look_at(text_.substr(run_end_));
      if (!next.cjk) break;
      run_end_ += next.size;
    }
    if (next_pair()) return true;
  }
  return false;
}

void WordScanner::finish_word(size_t end) {
  end_ = end;
  folded_ = fold_word(text_.substr(begin_, end - begin_));
  word_ = cut(folded_, kMaxWordBytes);
}

// The next two characters of the run; a run of one is shown as it is.
bool WordScanner::next_pair() {
  const size_t first = look_at(text_.substr(at_)).size;
  size_t end = at_ + first;
  if (end >= run_end_) {
    const bool alone = at_ == run_begin_;
    run_end_ = 0;
    begin_ = std::exchange(at_, end);
    if (alone) finish_word(end);
    return alone;
  }
  end += look_at(text_.substr(end)).size;
  begin_ = std::exchange(at_, at_ + first);
  finish_word(end);
  return true;
}

Analyzer::Analyzer(Tokenizer tokenizer) : tokenizer_(tokenizer) {
  if (tokenizer == Tokenizer::kEnglish) stemmer_ = sb_stemmer_new("english", "UTF_8");
}

Analyzer::~Analyzer() {
  if (stemmer_ != nullptr) sb_stemmer_delete(stemmer_);
}

std::string_view Analyzer::term(std::string_view word) {
  if (stemmer_ == nullptr) return word;
  const sb_symbol* stem = sb_stemmer_stem(stemmer_, reinterpret_cast<const sb_symbol*>(word.data()),
                                          static_cast<int>(word.size()));
  if (stem == nullptr) return word;  // out of memory
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer_))};
}

std::string Analyzer::fold(std::string_view word) const {
  if (tokenizer_ == Tokenizer::kPlain) return std::string(cut(word, WordScanner::kMaxWordBytes));
  return std::string(cut(fold_word(word), WordScanner::kMaxWordBytes));
}

}  // namespace memtier
