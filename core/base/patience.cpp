#include "base/patience.h"

#include <algorithm>

#include "base/clock.h"

namespace memtier {

thread_local constinit Patience::Limits Patience::limits;

Patience::Patience(int64_t limit_us) : outer_(limits) {
  const bool inside = outer_.calls > 0;
  limits = {outer_.calls + 1, inside ? left_us(limit_us) : limit_us, 0};
}

Patience::~Patience() {
  limits = outer_;
}

void Patience::begin(int64_t limit_us) {
  if (limits.calls++ > 0) return;
  limits.limit_us = limit_us;
  limits.deadline_us = 0;
}

void Patience::end() {
  --limits.calls;
}

int64_t Patience::left_us(int64_t limit_us) {
  if (limits.calls == 0) return limit_us;
  const int64_t now_us = monotonic_us();
  if (limits.deadline_us == 0) limits.deadline_us = add_time_us(now_us, limits.limit_us);
  return std::clamp<int64_t>(limits.deadline_us - now_us, 0, limit_us);
}

void Patience::renew() {
  limits.deadline_us = 0;
}

}  // namespace memtier
