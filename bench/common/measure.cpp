#include "common/measure.h"

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace bench {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> alternate(const std::string& title, int repetitions,
                              const std::vector<Contestant>& contestants) {
  const size_t count = contestants.size();
  std::vector<std::vector<double>> figures(count);
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (size_t turn = 0; turn < count; ++turn) {
      const size_t who = (turn + static_cast<size_t>(repetition)) % count;
      figures[who].push_back(contestants[who].run());
    }
  }
  std::vector<double> medians;
  for (size_t who = 0; who < count; ++who) {
    medians.push_back(median(figures[who]));
    std::fprintf(stderr, "  %s, %s:", title.c_str(), contestants[who].name.c_str());
    for (const double figure : figures[who]) std::fprintf(stderr, " %.6g", figure);
    std::fprintf(stderr, "\n");
  }
  return medians;
}

void keep(uint64_t value) {
  static std::atomic<uint64_t> kept;
  kept.fetch_xor(value, std::memory_order_relaxed);
}

}  // namespace bench
