#include "base/clock.h"

#include <ctime>

namespace memtier {
namespace {

int64_t read_clock_us(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * kSecondUs + now.tv_nsec / 1000;
}

}  // namespace

Status SystemClock::read(int64_t* out_now_us) {
  *out_now_us = read_clock_us(CLOCK_REALTIME);
  return {};
}

int64_t monotonic_us() {
  return read_clock_us(CLOCK_MONOTONIC);
}

}  // namespace memtier
