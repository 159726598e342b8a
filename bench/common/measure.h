// How things are timed: contestants take turns, and the median of their repetitions counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  double nanoseconds_each(size_t count) const {
    return seconds() * 1e9 / static_cast<double>(count);
  }
  double per_second(size_t count) const { return static_cast<double>(count) / seconds(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

double median(std::vector<double> values);

// One who takes part: measures itself once and returns a figure.
struct Contestant {
  std::string name;
  std::function<double()> run;
};

// Lets them run in turns, each repetition beginning with another one, so that neither a slow moment
// of the machine nor what the one before leaves in the caches always hits the same. Returns the
// medians in the order of the contestants; every figure goes to standard error.
std::vector<double> alternate(const std::string& title, int repetitions,
                              const std::vector<Contestant>& contestants);

// Keeps the compiler from leaving out what computes this.
void keep(uint64_t value);

}  // namespace bench
