// Ids for items that were given none: 36 characters in the form of a UUID version 7 (RFC 9562), whose
// first 48 bits are the time, so that ids sort by creation. Within a millisecond a counter keeps the
// order. Thread safety: any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace memtier {

class IdGenerator {
 public:
  explicit IdGenerator(uint64_t seed);  // 0: unpredictable
  std::string next(int64_t now_us);

 private:
  std::mutex mutex_;
  std::mt19937_64 random_;  // guarded by mutex_, as is what follows
  int64_t last_ms_ = -1;
  uint32_t counter_ = 0;
};

}  // namespace memtier
