#include "embed/text_cleaner.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace memtier {
namespace {

constexpr utf8proc_int32_t kReplacement = 0xfffd;

enum AsciiClass : char {
  kDropped = 0,
  kSpace = 1,
  kPunctuation = 2
};  // else: the lower-case letter

constexpr std::array<char, 128> make_ascii_classes() {
  std::array<char, 128> classes{};
  for (int c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool alphanumeric = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    char& entry = classes[static_cast<size_t>(c)];
    if (alphanumeric) {
      entry = static_cast<char>(upper ? c - 'A' + 'a' : c);
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      entry = kSpace;
    } else {
      entry = c > ' ' && c < 0x7f ? kPunctuation : kDropped;
    }
  }
  return classes;
}

constexpr std::array<char, 128> kAscii = make_ascii_classes();

// The blocks that the tokenizer counts as CJK: ideographs, without kana and Hangul.
bool is_cjk(utf8proc_int32_t point) {
  return (point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) ||
         (point >= 0x20000 && point <= 0x2a6df) || (point >= 0x2a700 && point <= 0x2ceaf) ||
         (point >= 0xf900 && point <= 0xfaff) || (point >= 0x2f800 && point <= 0x2fa1f);
}

bool is_control(utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_CN || category >= UTF8PROC_CATEGORY_CC;
}

bool is_space(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP;
}

bool is_punctuation(utf8proc_int32_t point) {
  if (point < 0x80) return kAscii[static_cast<size_t>(point)] == kPunctuation;
  const utf8proc_category_t category = utf8proc_category(point);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

// The word that is being read.
class Word {
 public:
  explicit Word(WordSink& sink) : sink_(sink) {}

  void append(char c) {
    if (++characters_ <= kMaxWordCharacters) bytes_[size_++] = c;
  }
  void append_point(utf8proc_int32_t point) {
    if (++characters_ > kMaxWordCharacters) return;
    size_ += static_cast<size_t>(
        utf8proc_encode_char(point, reinterpret_cast<utf8proc_uint8_t*>(bytes_ + size_)));
  }
  void end() {
    if (characters_ > 0 && characters_ <= kMaxWordCharacters) sink_.use_word({bytes_, size_});
    characters_ = 0;
    size_ = 0;
  }

 private:
  WordSink& sink_;
  size_t characters_ = 0;
  size_t size_ = 0;
  char bytes_[kMaxWordCharacters * 4 + 4];
};

// A character in lower case, taken apart, without its accents.
void append_plain(utf8proc_int32_t point, Word& word) {
  constexpr utf8proc_ssize_t kRoom = 32;
  utf8proc_int32_t parts[kRoom];
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(utf8proc_tolower(point), parts, kRoom, UTF8PROC_DECOMPOSE, &boundary);
  for (utf8proc_ssize_t i = 0; i < count && i < kRoom; ++i) {
    if (utf8proc_category(parts[i]) == UTF8PROC_CATEGORY_MN) continue;
    if (is_punctuation(parts[i])) {
      word.end();
      word.append_point(parts[i]);
      word.end();
    } else {
      word.append_point(parts[i]);
    }
  }
}

void use_point(utf8proc_int32_t point, Word& word) {
  const utf8proc_category_t category = utf8proc_category(point);
  if (point == kReplacement || is_control(category)) return;
  if (is_space(category)) {
    word.end();
  } else if (is_cjk(point)) {
    word.end();
    append_plain(point, word);
    word.end();
  } else {
    append_plain(point, word);
  }
}

}  // namespace

void for_each_word(std::string_view text, WordSink& sink) {
  Word word(sink);
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      const char entry = kAscii[byte];
      if (entry > kPunctuation) {
        word.append(entry);
      } else if (entry != kDropped) {
        word.end();
        if (entry == kSpace) continue;
        word.append(static_cast<char>(byte));
        word.end();
      }
      continue;
    }
    utf8proc_int32_t point = 0;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    at += length > 0 ? static_cast<size_t>(length) : 1;
    if (length > 0) use_point(point, word);
  }
  word.end();
}

}  // namespace memtier
