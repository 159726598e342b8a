// Text as a terminal shows it: how wide it is, what of it is safe, where it is cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace memtier::tool {

// Between these two, text is bold where colour is on. Text from a store is cleaned of them.
constexpr char kBoldBegin = '\x01';
constexpr char kBoldEnd = '\x02';

// Text in one line: runs of white space become a blank, and what could steer the terminal (control
// characters, changes of direction) or is not UTF-8 becomes U+FFFD.
std::string one_line(std::string_view text);

// The same for text of several lines: line feeds and tabs stay.
std::string safe_lines(std::string_view text);

// One line in which the words between ** and ** of a snippet stand between the bold marks.
std::string mark_words(std::string_view snippet);

bool is_utf8(std::string_view text);

// Columns that text takes; the bold marks take none.
int display_width(std::string_view text);

// The text, or as much of its beginning as fits with an ellipsis. A bold word that would fall off
// the end is brought into sight by an ellipsis at the beginning.
std::string cut(std::string_view text, int width);

// The first columns of a text, without an ellipsis.
std::string cut_plain(std::string_view text, int width);

// Breaks text at blanks into lines of at most `width` columns, those after the first indented.
std::string wrap(std::string_view text, int width, int indent);

std::string joined(const std::vector<std::string>& words, const std::string& between);

// With the bold marks as escape sequences, or without them.
std::string render_bold(std::string_view text, bool colour);

}  // namespace memtier::tool
