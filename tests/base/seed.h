// For tests: randomness whose seed is told when a test fails. MEMTIER_TEST_SEED repeats a run.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace memtier::testing {

class Random {
 public:
  Random() : Random(chosen_seed()) {}
  explicit Random(uint64_t seed)
      : seed_(seed),
        engine_(seed),
        trace_(__FILE__, __LINE__, "MEMTIER_TEST_SEED=" + std::to_string(seed)) {}

  uint64_t seed() const { return seed_; }
  // From 0 to below `limit`.
  uint64_t below(uint64_t limit) { return engine_() % limit; }
  bool one_in(uint64_t number) { return below(number) == 0; }
  double fraction() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  std::string bytes(size_t size) {
    std::string text;
    text.reserve(size);
    while (text.size() < size) text += static_cast<char>(engine_());
    return text;
  }
  std::string letters(size_t size) {
    std::string text;
    while (text.size() < size) text += static_cast<char>('a' + below(26));
    return text;
  }

 private:
  static uint64_t chosen_seed() {
    const char* given = std::getenv("MEMTIER_TEST_SEED");
    if (given != nullptr) return std::strtoull(given, nullptr, 10);
    return std::random_device()();
  }

  uint64_t seed_;
  std::mt19937_64 engine_;
  ::testing::ScopedTrace trace_;
};

}  // namespace memtier::testing
