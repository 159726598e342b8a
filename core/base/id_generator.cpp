#include "base/id_generator.h"

#include <cstdio>

namespace memtier {
namespace {

uint64_t seed_or_entropy(uint64_t seed) {
  if (seed != 0) return seed;
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

}  // namespace

IdGenerator::IdGenerator(uint64_t seed) : random_(seed_or_entropy(seed)) {}

std::string IdGenerator::next(int64_t now_us) {
  const std::lock_guard lock(mutex_);
  int64_t now_ms = now_us / 1000;
  // A clock that stands still or goes back must not break the order of ids.
  if (now_ms <= last_ms_) {
    now_ms = last_ms_;
    if (++counter_ > 0xfff) {
      counter_ = 0;
      ++now_ms;
    }
  } else {
    counter_ = 0;
  }
  last_ms_ = now_ms;
  const uint64_t random = random_();
  const auto time = static_cast<uint64_t>(now_ms) & 0xffffffffffffULL;
  char text[40];
  const int size =
      std::snprintf(text, sizeof text, "%08x-%04x-7%03x-%04x-%012llx",
                    static_cast<unsigned>(time >> 16), static_cast<unsigned>(time & 0xffff),
                    counter_, static_cast<unsigned>(0x8000 | (random >> 48 & 0x3fff)),
                    static_cast<unsigned long long>(random & 0xffffffffffffULL));
  return {text, static_cast<size_t>(size)};
}

}  // namespace memtier
