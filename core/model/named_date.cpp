#include "model/named_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>

namespace memtier {
namespace {

using Days = std::chrono::sys_days;

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 14> kBeforeMonths = {
    "in",     "of",    "on",    "by",   "since", "during", "until",
    "before", "after", "early", "late", "last",  "this",   "from"};
constexpr size_t kMostDates = 8;

// Letters and digits, in lower case; other bytes part them, but for "-" between digits.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    const bool joins = c == '-' && !word.empty() && is_digit(word.back());
    if (is_digit(c) || (c >= 'a' && c <= 'z') || joins) {
      word += c;
    } else if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int year_in(std::string_view word) {
  const auto value = word.size() == 4 ? number(word) : std::nullopt;
  return value && *value >= 1900 && *value < 2100 ? *value : 0;
}

// "8", "8th"
int day_in(std::string_view word) {
  const size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  const std::string_view ending = word.substr(digits);
  if (!ending.empty() && ending != "st" && ending != "nd" && ending != "rd" && ending != "th") {
    return 0;
  }
  const auto value = digits <= 2 ? number(word.substr(0, digits)) : std::nullopt;
  return value && *value >= 1 && *value <= 31 ? *value : 0;
}

std::optional<NamedDate> iso_date(std::string_view word) {
  if (word.size() != 10 || word[4] != '-' || word[7] != '-') return std::nullopt;
  const auto month = number(word.substr(5, 2));
  const NamedDate date{year_in(word.substr(0, 4)), month.value_or(0), day_in(word.substr(8))};
  if (date.year == 0 || date.month < 1 || date.month > 12 || date.day == 0) return std::nullopt;
  return date;
}

std::optional<NamedDate> date_at(const std::vector<std::string>& words, size_t at) {
  if (auto date = iso_date(words[at])) return date;
  const auto month = std::find(kMonths.begin(), kMonths.end(), words[at]);
  if (month == kMonths.end()) return std::nullopt;
  const auto word = [&words](size_t i) {
    return i < words.size() ? std::string_view(words[i]) : std::string_view();
  };
  NamedDate date{0, static_cast<int>(month - kMonths.begin()) + 1, 0};
  size_t next = at + 1;
  if (at > 0) date.day = day_in(word(at - 1));
  // "8th of May"
  if (at > 1 && date.day == 0 && word(at - 1) == "of") date.day = day_in(word(at - 2));
  if (date.day == 0 && day_in(word(next)) != 0) date.day = day_in(word(next++));
  date.year = year_in(word(next));
  const bool introduced = at > 0 && std::find(kBeforeMonths.begin(), kBeforeMonths.end(),
                                              word(at - 1)) != kBeforeMonths.end();
  if (date.day == 0 && date.year == 0 && !introduced) return std::nullopt;
  return date;
}

double days_between(Days begin, int64_t time_us) {
  constexpr double kDayUs = 86'400e6;
  return static_cast<double>(time_us) / kDayUs -
         static_cast<double>(begin.time_since_epoch().count());
}

}  // namespace

double NamedDate::closeness(int64_t time_us) const {
  // Days after which it is half as close.
  constexpr double kBefore = 0.5;
  constexpr double kAfterDay = 3;
  constexpr double kAfterMonth = 7;
  const auto in_year = [&](int which) {
    using std::chrono::year_month_day;
    const std::chrono::year_month first{std::chrono::year(which),
                                        std::chrono::month(static_cast<unsigned>(month))};
    const Days begin = Days(first / std::chrono::day(1)) + std::chrono::days(std::max(day, 1) - 1);
    const Days end = day > 0 ? begin + std::chrono::days(1)
                             : Days((first + std::chrono::months(1)) / std::chrono::day(1));
    const double before = -days_between(begin, time_us);
    const double after = days_between(end, time_us);
    if (before > 0) return std::exp2(-before / kBefore);
    return after > 0 ? std::exp2(-after / (day > 0 ? kAfterDay : kAfterMonth)) : 1.0;
  };
  if (year != 0) return in_year(year);
  const auto seconds = std::chrono::seconds(time_us / 1'000'000);
  const auto day_of = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(seconds));
  const int around = static_cast<int>(std::chrono::year_month_day(day_of).year());
  return std::max({in_year(around - 1), in_year(around), in_year(around + 1)});
}

std::vector<NamedDate> dates_in(std::string_view text) {
  std::vector<NamedDate> dates;
  const std::vector<std::string> words = words_of(text);
  for (size_t i = 0; i < words.size() && dates.size() < kMostDates; ++i) {
    const auto date = date_at(words, i);
    if (date && std::find(dates.begin(), dates.end(), *date) == dates.end()) {
      dates.push_back(*date);
    }
  }
  return dates;
}

}  // namespace memtier
