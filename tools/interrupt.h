// Ctrl-C and the polite kill: long work is cancelled, anything else just ends.
#pragma once

#include <memtier.h>

namespace memtier::tool {

// Watches SIGINT and SIGTERM from a thread of its own, because tripping a token is not allowed in a
// signal handler. Made first thing in main, so that every thread has these signals blocked.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
};

// While one of these lives, the first interrupt trips its token and the second ends the process.
class Cancellable {
 public:
  Cancellable();
  ~Cancellable();
  Cancellable(const Cancellable&) = delete;
  Cancellable& operator=(const Cancellable&) = delete;

  memtier_cancel* token() const { return token_; }

 private:
  memtier_cancel* token_ = nullptr;
};

bool interrupted();

// 130 after Ctrl-C (and where nothing was caught), 143 after SIGTERM.
int interrupt_exit_code();

// Waits until a descriptor has bytes to read or its end; false if an interrupt came first.
bool wait_readable(int descriptor);

}  // namespace memtier::tool
