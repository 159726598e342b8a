#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace memtier::tool {
namespace {

constexpr int kUsualWidth = 80;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int width_of(int descriptor, bool is_terminal) {
  const int columns = std::atoi(std::string(environment("COLUMNS")).c_str());
  if (columns > 0) return columns;
  if (!is_terminal) return 0;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kUsualWidth;
}

}  // namespace

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.is_terminal = isatty(descriptor) == 1;
  terminal.colour =
      terminal.is_terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  terminal.width = width_of(descriptor, terminal.is_terminal);
  return terminal;
}

}  // namespace memtier::tool
