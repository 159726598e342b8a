#include "table.h"

#include <algorithm>
#include <string_view>

#include "text.h"

namespace memtier::tool {
namespace {

constexpr int kGap = 2;
constexpr int kLeastText = 8;

// Below this, the other columns make room for the last one.
int text_room(int terminal_width) {
  return std::max(24, terminal_width * 2 / 5);
}

std::string padded(const std::string& text, int width, bool right) {
  const int missing = std::max(0, width - display_width(text));
  const std::string blanks(static_cast<size_t>(missing), ' ');
  return right ? blanks + text : text + blanks;
}

void trim_end(std::string* line) {
  while (line->ends_with(' ')) line->pop_back();
}

}  // namespace

int Table::taken() const {
  int width = -kGap;
  for (const Place& place : places_) {
    if (place.shown) width += kGap + place.width;
  }
  return width;
}

// First columns are cut that may be, then columns left out that may be, until the last one has its
// room.
void Table::make_room() {
  Place& last = places_.back();
  const int whole = last.width;
  last.width = std::min(last.width, text_room(terminal_.width));
  for (size_t i = 0; i < columns_.size() && taken() > terminal_.width; ++i) {
    if (columns_[i].shortest > 0)
      places_[i].width = std::min(places_[i].width, columns_[i].shortest);
  }
  while (taken() > terminal_.width) {
    size_t victim = columns_.size();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!places_[i].shown || columns_[i].drop == 0) continue;
      if (victim == columns_.size() || columns_[i].drop > columns_[victim].drop) victim = i;
    }
    if (victim == columns_.size()) break;
    places_[victim].shown = false;
  }
  const int others = taken() - last.width;
  last.width = std::min(whole, std::max(kLeastText, terminal_.width - others));
}

void Table::lay_out() {
  places_.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = 0;
    for (const auto& row : rows_) width = std::max(width, display_width(row[i]));
    places_[i].shown = width > 0 || i + 1 == columns_.size();
    places_[i].width = std::max(width, display_width(columns_[i].title));
  }
  if (terminal_.width > 0) make_room();
}

std::string Table::line(const std::vector<std::string>& cells) const {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!places_[i].shown) continue;
    const bool is_last = i + 1 == cells.size();
    std::string cell = cells[i];
    if (is_last && terminal_.width > 0) cell = cut(cell, places_[i].width);
    const bool is_cut = columns_[i].shortest > 0 && places_[i].width <= columns_[i].shortest;
    if (is_cut) cell = cut_plain(cell, places_[i].width);
    if (!text.empty()) text.append(kGap, ' ');
    text +=
        is_last && !columns_[i].right ? cell : padded(cell, places_[i].width, columns_[i].right);
  }
  trim_end(&text);
  return text + '\n';
}

std::string Table::take() {
  std::string text;
  if (places_.empty()) {
    lay_out();
    std::vector<std::string> titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    std::string header = line(titles);
    header.pop_back();
    text = kBoldBegin + header + kBoldEnd + '\n';
  }
  for (const auto& row : rows_) text += line(row);
  rows_.clear();
  return render_bold(text, terminal_.colour);
}

std::string Fields::text() const {
  int width = 0;
  for (const auto& [name, value] : fields_) width = std::max(width, display_width(name));
  std::string lines;
  for (const auto& [name, value] : fields_) {
    std::string line = padded(name, width + kGap, false) + value;
    trim_end(&line);
    lines += line + '\n';
  }
  return lines;
}

}  // namespace memtier::tool
