// The bytes of an import or export that go through a callback of the library.
#pragma once

#include <memtier.h>
#include <unistd.h>

#include <memory>

#include "failure.h"

namespace memtier::tool {

// What a callback could not do. It is thrown when the library has returned.
struct Stream {
  int descriptor = STDIN_FILENO;
  bool at_begin = true;
  std::unique_ptr<Failure> failure;

  void fail(const Failure& thrown) { failure = std::make_unique<Failure>(thrown); }

  template <typename Action>
  int32_t guard(const Action& action) {
    try {
      action();
      return MEMTIER_CALLBACK_OK;
    } catch (const Failure& thrown) {
      fail(thrown);
      return -1;
    }
  }
};

}  // namespace memtier::tool
