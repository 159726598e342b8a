// Dates that a text names, as people write them in English: "8 May 2023", "May 8th, 2023", "2023-05-08", "in
// May 2023", "in June". A question that names one mostly means what was said on it, or soon after.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace memtier {

struct NamedDate {
  int year = 0;  // 0: any
  int month = 1;
  int day = 0;  // 0: the whole month
  bool operator==(const NamedDate&) const = default;

  // From 0 to 1: how near a time (microseconds since the epoch) is to it. Days are those of UTC, so somewhat
  // before counts as well; what is told of later counts less.
  double closeness(int64_t time_us) const;
};

// A month alone is one behind a word like "in" or "since"; "may" and "march" are mostly something else.
std::vector<NamedDate> dates_in(std::string_view text);

}  // namespace memtier
