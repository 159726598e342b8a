// Aligned columns for people. In a pipe nothing is cut; on a terminal the last column takes what
// room the others leave.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "terminal.h"

namespace memtier::tool {

struct Column {
  std::string title;
  bool right = false;  // aligned to the right, as numbers are
  int shortest = 0;    // may be cut to so many columns where there is little room; 0: never
  int drop = 0;        // left out where there is still too little, highest first; 0: never
};

class Table {
 public:
  Table(const Terminal& terminal, std::vector<Column> columns)
      : terminal_(terminal), columns_(std::move(columns)) {}

  // A cell is one line, as one_line() or mark_words() make it.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  size_t row_count() const { return rows_.size(); }

  // The rows so far, and at the first time the titles; then the table is empty and keeps its
  // layout, so that a long list can be shown page by page.
  std::string take();

 private:
  struct Place {
    bool shown = true;
    int width = 0;
  };

  void lay_out();
  void make_room();
  int taken() const;  // by all shown columns, if the last took its whole width
  std::string line(const std::vector<std::string>& cells) const;

  Terminal terminal_;
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<Place> places_;
};

// Aligned lines of a name and a value each.
class Fields {
 public:
  void add(const std::string& name, const std::string& value) { fields_.emplace_back(name, value); }
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace memtier::tool
