// Random numbers that are the same on every machine, which <random>'s distributions are not.
#pragma once

#include <cstdint>

namespace bench {

// SplitMix64 (S. Vigna): a good mixing of one number into another.
inline uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
  return value ^ value >> 31;
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix(seed)) {}
  uint64_t next() { return mix(state_++); }
  // 0 to limit - 1; limits below 2^32.
  uint64_t below(uint64_t limit) { return (next() >> 32) * limit >> 32; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

}  // namespace bench
