// What a fuzz target offers to whoever drives it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

// Must return, and must not read a byte beyond `bytes`, whatever these are.
void fuzz_one(std::string_view bytes);

// A property that must hold for every input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}
