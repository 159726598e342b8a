#include "common/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 190;  // of a panel
constexpr double kTop = 48;
constexpr double kLeft = 64;
constexpr double kRight = 150;  // names of the lines stand there
constexpr double kInner = 128;  // of it, where lines are drawn
constexpr std::array<const char*, 5> kColours = {"#1b6ca8", "#d1603d", "#3c8d40", "#7b4fa3",
                                                 "#777777"};

// 1, 2 or 5 times a power of ten, so that there are some four steps up to the largest value.
double step_of(double largest) {
  const double rough = std::max(largest, 1e-9) / 4;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power) return factor * power;
  }
  return 10 * power;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

void draw_text(std::ostream& out, double x, double y, const char* anchor, const std::string& text) {
  out << "<text x=\"" << number(x) << "\" y=\"" << number(y) << "\" text-anchor=\"" << anchor
      << "\">" << text << "</text>\n";
}

void draw_panel(std::ostream& out, const Panel& panel, double top, const std::string& axis) {
  double largest = 0;
  size_t places = 2;
  for (const Line& line : panel.lines) {
    for (const double value : line.values) largest = std::max(largest, value);
    places = std::max(places, line.values.size());
  }
  const double step = step_of(largest);
  const double limit = std::max(step, std::ceil(largest / step) * step);
  const double width = kWidth - kLeft - kRight;
  const double bottom = top + 24 + kInner;
  const auto x = [&](size_t place) {
    return kLeft + width * static_cast<double>(place) / static_cast<double>(places - 1);
  };
  const auto y = [&](double value) { return bottom - kInner * value / limit; };
  draw_text(out, kLeft, top + 12, "start", panel.title);
  for (double value = 0; value <= limit * 1.001; value += step) {
    out << "<line x1=\"" << kLeft << "\" x2=\"" << kLeft + width << "\" y1=\"" << number(y(value))
        << "\" y2=\"" << number(y(value)) << "\" stroke=\"#dddddd\"/>\n";
    draw_text(out, kLeft - 6, y(value) + 4, "end", number(value));
  }
  for (size_t place = 0; place < places; place += std::max<size_t>(1, places / 13)) {
    draw_text(out, x(place), bottom + 14, "middle", std::to_string(place + 1));
  }
  draw_text(out, kLeft + width + 12, bottom + 14, "start", axis);
  for (size_t i = 0; i < panel.lines.size(); ++i) {
    const Line& line = panel.lines[i];
    const char* colour = kColours[i % kColours.size()];
    out << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << colour << "\" points=\"";
    for (size_t place = 0; place < line.values.size(); ++place) {
      out << number(x(place)) << ',' << number(y(line.values[place])) << ' ';
    }
    out << "\"/>\n<g fill=\"" << colour << "\">";
    draw_text(out, kLeft + width + 12, top + 34 + 16 * static_cast<double>(i), "start", line.name);
    out << "</g>\n";
  }
}

}  // namespace

void write_plot(const std::string& path, const std::string& title, const std::string& axis,
                const std::vector<Panel>& panels) {
  const double height = kTop + kHeight * static_cast<double>(panels.size());
  std::ostringstream out;
  out << R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" << kWidth << R"(" height=")" << height
      << R"(" font-family="sans-serif" font-size="12">)"
      << "\n"
      << R"(<rect width="100%" height="100%" fill="white"/>)"
      << "\n";
  draw_text(out, kLeft, 24, "start", title);
  for (size_t i = 0; i < panels.size(); ++i) {
    draw_panel(out, panels[i], kTop + kHeight * static_cast<double>(i), axis);
  }
  out << "</svg>\n";
  std::ofstream file(path);
  file << out.str();
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace bench
