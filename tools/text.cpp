#include "text.h"

#include <cwchar>

namespace memtier::tool {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kReplacementText = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

struct Decoded {
  char32_t character = kReplacement;
  size_t size = 1;
  bool valid = false;
};

// How many bytes a character has that begins with this one; 0 where none does.
size_t size_from_first(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t size = size_from_first(first);
  if (size == 1) return {first, 1, true};
  if (size == 0 || text.size() < size) return {};
  char32_t character = first & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    character = character << 6U | (next & 0x3FU);
  }
  const bool too_long = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
  const bool is_surrogate = character >= 0xD800 && character < 0xE000;
  if (too_long || is_surrogate || character > 0x10FFFF) return {};
  return {character, size, true};
}

bool is_space(char32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r') || character == 0x85 ||
         character == 0x2028 || character == 0x2029;
}

// Control characters, and those that change the direction of what stands around them.
bool is_unsafe(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
         (character >= 0x202A && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069);
}

void append_safe(std::string_view text, const Decoded& next, std::string* out) {
  if (!next.valid || is_unsafe(next.character)) {
    *out += kReplacementText;
  } else {
    out->append(text.substr(0, next.size));
  }
}

int width_of(char32_t character) {
  if (character == static_cast<unsigned char>(kBoldBegin)) return 0;
  if (character == static_cast<unsigned char>(kBoldEnd)) return 0;
  const int width = wcwidth(static_cast<wchar_t>(character));
  return width < 0 ? 1 : width;
}

// The bytes of the longest beginning that is not wider.
size_t bytes_within(std::string_view text, int width) {
  size_t used = 0;
  int columns = 0;
  while (used < text.size()) {
    const Decoded next = decode(text.substr(used));
    columns += width_of(next.character);
    if (columns > width) break;
    used += next.size;
  }
  return used;
}

// Closes a bold word that was cut through.
std::string closed(std::string text) {
  const size_t begin = text.rfind(kBoldBegin);
  const size_t end = text.rfind(kBoldEnd);
  if (begin != std::string::npos && (end == std::string::npos || end < begin)) text += kBoldEnd;
  return text;
}

// Where to begin so that the first bold word is seen with something before it; 0 to begin at the
// beginning.
size_t start_for_bold(std::string_view text, int width) {
  const size_t bold = text.find(kBoldBegin);
  if (bold == std::string_view::npos) return 0;
  const size_t bold_end = std::min(text.find(kBoldEnd, bold), text.size());
  if (display_width(text.substr(0, bold_end)) < width) return 0;
  const int before = width / 3;
  size_t start = bold;
  for (int columns = 0; start > 0 && columns < before; ++columns) {
    do {
      --start;
    } while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U);
  }
  const size_t blank = text.find(' ', start);  // words are not cut where it can be helped
  return blank != std::string_view::npos && blank < bold ? blank + 1 : start;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.valid && is_space(next.character)) {
      gap = !line.empty();
    } else {
      if (gap) line += ' ';
      gap = false;
      append_safe(text, next, &line);
    }
    text.remove_prefix(next.size);
  }
  return line;
}

std::string safe_lines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.character == '\n' || next.character == '\t') {
      lines += text.front();
    } else if (!text.starts_with("\r\n")) {
      append_safe(text, next, &lines);
    }
    text.remove_prefix(next.size);
  }
  return lines;
}

std::string mark_words(std::string_view snippet) {
  constexpr std::string_view kMark = "**";
  const std::string line = one_line(snippet);
  std::string marked;
  bool bold = false;
  size_t place = 0;
  while (true) {
    const size_t mark = line.find(kMark, place);
    if (mark == std::string::npos) break;
    marked.append(line, place, mark - place);
    // An asterisk pair that nothing closes is the text's own.
    const bool is_mark = bold || line.find(kMark, mark + kMark.size()) != std::string::npos;
    if (is_mark) {
      marked += bold ? kBoldEnd : kBoldBegin;
      bold = !bold;
    } else {
      marked += kMark;
    }
    place = mark + kMark.size();
  }
  return marked.append(line, place);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (!next.valid) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Decoded next = decode(text);
    width += width_of(next.character);
    text.remove_prefix(next.size);
  }
  return width;
}

std::string cut(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 1) return {};
  const size_t start = start_for_bold(text, width);
  std::string shown = start == 0 ? "" : std::string(kEllipsis);
  const int room = width - (start == 0 ? 0 : 1);
  const std::string_view rest = text.substr(start);
  if (display_width(rest) <= room) return shown.append(rest);
  std::string_view part = rest.substr(0, bytes_within(rest, room - 1));
  while (part.ends_with(' ')) part.remove_suffix(1);
  return closed(shown.append(part)) + std::string(kEllipsis);
}

std::string cut_plain(std::string_view text, int width) {
  return closed(std::string(text.substr(0, bytes_within(text, width))));
}

std::string wrap(std::string_view text, int width, int indent) {
  std::string lines;
  int column = 0;
  while (!text.empty()) {
    const size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    const int word_width = display_width(word);
    if (column > 0 && column + 1 + word_width > width) {
      lines += '\n' + std::string(static_cast<size_t>(indent), ' ');
      column = 0;
    } else if (column > 0) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word_width;
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return lines;
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

std::string render_bold(std::string_view text, bool colour) {
  std::string rendered;
  rendered.reserve(text.size());
  for (const char byte : text) {
    if (byte != kBoldBegin && byte != kBoldEnd) {
      rendered += byte;
    } else if (colour) {
      rendered += byte == kBoldBegin ? "\x1b[1m" : "\x1b[0m";
    }
  }
  return rendered;
}

}  // namespace memtier::tool
