// Plots as SVG: panels below each other with one horizontal axis, lines in each.
#pragma once

#include <string>
#include <vector>

namespace bench {

struct Line {
  std::string name;
  std::vector<double> values;  // one for each place on the horizontal axis
};

struct Panel {
  std::string title;  // with the unit
  std::vector<Line> lines;
};

// Throws if it cannot be written.
void write_plot(const std::string& path, const std::string& title, const std::string& axis,
                const std::vector<Panel>& panels);

}  // namespace bench
