// The terminal that the tool talks to, if it is one.
#pragma once

namespace memtier::tool {

struct Terminal {
  bool is_terminal = false;
  bool colour = false;
  int width = 0;  // in columns; 0: no limit, because no terminal shows it
};

// What is known of a descriptor: COLUMNS goes before what the terminal says, NO_COLOR and
// TERM=dumb turn colour off.
Terminal terminal_of(int descriptor);

}  // namespace memtier::tool
