#include "units.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

#include "failure.h"

namespace memtier::tool {
namespace {

constexpr int64_t kMinuteUs = 60 * kSecondUs;
constexpr int64_t kHourUs = 60 * kMinuteUs;
constexpr int64_t kDayUs = 24 * kHourUs;

// Reads a text from the left; every step says whether it found what it wanted.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  bool take(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  char take_any() {
    if (text_.empty()) return '\0';
    const char first = text_.front();
    text_.remove_prefix(1);
    return first;
  }

  std::optional<int64_t> take_number() {
    if (text_.empty() || text_.front() == '-') return std::nullopt;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) return std::nullopt;
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return value;
  }

  // A number of exactly so many digits.
  std::optional<int64_t> take_digits(size_t count) {
    if (text_.size() < count) return std::nullopt;
    Reader part(text_.substr(0, count));
    const auto value = part.take_number();
    if (!value || !part.at_end()) return std::nullopt;
    text_.remove_prefix(count);
    return value;
  }

  // The digits behind a decimal point, as microseconds.
  std::optional<int64_t> take_fraction() {
    int64_t value = 0;
    int64_t unit = kSecondUs / 10;
    size_t digits = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++digits) {
      value += (take_any() - '0') * unit;
      unit /= 10;
    }
    return digits == 0 ? std::nullopt : std::optional(value);
  }

 private:
  std::string_view text_;
};

std::optional<int64_t> unit_us(char unit) {
  switch (unit) {
    case 's':
      return kSecondUs;
    case 'm':
      return kMinuteUs;
    case 'h':
      return kHourUs;
    case 'd':
      return kDayUs;
    case 'w':
      return 7 * kDayUs;
    default:
      return std::nullopt;
  }
}

std::optional<int64_t> read_duration(std::string_view text) {
  Reader reader(text);
  int64_t total = 0;
  do {
    const auto number = reader.take_number();
    const auto unit = unit_us(reader.take_any());
    int64_t part = 0;
    if (!number || !unit || __builtin_mul_overflow(*number, *unit, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return std::nullopt;
    }
  } while (!reader.at_end());
  return total;
}

std::optional<int64_t> read_date(Reader& reader) {
  const auto year = reader.take_digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.take_digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.take_digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDayUs;
}

std::optional<int64_t> read_time_of_day(Reader& reader) {
  const auto hour = reader.take_digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.take_digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  const int64_t so_far = *hour * kHourUs + *minute * kMinuteUs;
  if (!reader.take(':')) return so_far;
  const auto second = reader.take_digits(2);
  if (!second || *second > 59) return std::nullopt;
  if (!reader.take('.')) return so_far + *second * kSecondUs;
  const auto fraction = reader.take_fraction();
  if (!fraction) return std::nullopt;
  return so_far + *second * kSecondUs + *fraction;
}

// What has to be taken off the local time to get UTC.
std::optional<int64_t> read_zone(Reader& reader) {
  if (reader.at_end() || reader.take('Z')) return 0;
  const bool is_east = reader.take('+');
  if (!is_east && !reader.take('-')) return std::nullopt;
  const auto hour = reader.take_digits(2);
  if (!hour || *hour > 23) return std::nullopt;
  reader.take(':');
  const auto minute = reader.at_end() ? std::optional<int64_t>(0) : reader.take_digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  const int64_t offset = *hour * kHourUs + *minute * kMinuteUs;
  return is_east ? offset : -offset;
}

std::optional<int64_t> read_iso_time(std::string_view text) {
  Reader reader(text);
  const auto date = read_date(reader);
  if (!date) return std::nullopt;
  if (reader.at_end()) return date;
  if (!reader.take('T') && !reader.take(' ')) return std::nullopt;
  const auto time = read_time_of_day(reader);
  if (!time) return std::nullopt;
  const auto zone = read_zone(reader);
  if (!zone || !reader.at_end()) return std::nullopt;
  return *date + *time - *zone;
}

// A duration with a sign, before or after now.
std::optional<int64_t> read_relative_time(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto duration = read_duration(text.substr(1));
  int64_t time_us = 0;
  if (!duration || __builtin_add_overflow(system_now_us(),
                                          text.front() == '+' ? *duration : -*duration, &time_us)) {
    return std::nullopt;
  }
  return time_us;
}

std::optional<int64_t> read_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 64> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), static_cast<size_t>(size)};
}

}  // namespace

int64_t parse_duration_us(const std::string& option, std::string_view text) {
  if (const auto duration = read_duration(text)) return *duration;
  throw usage_failure(option + ": \"" + std::string(text) +
                      "\" is no duration; write it as 90s, 15m, 12h, 30d or 2w");
}

int64_t parse_bytes(const std::string& option, std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  if (!unit.empty() && unit.back() == 'B') unit.pop_back();
  if (unit.size() == 2 && unit.back() == 'i') unit.pop_back();
  constexpr std::string_view kUnits = "KMGT";
  const size_t power = unit.empty() ? 0 : kUnits.find(static_cast<char>(std::toupper(unit[0]))) + 1;
  constexpr double kTooMany = 9e18;
  number = std::ldexp(number, static_cast<int>(10 * power));
  const bool is_known = unit.size() < 2 && (unit.empty() || power != 0);
  if (error == std::errc() && is_known && number >= 0 && number < kTooMany) {
    return static_cast<int64_t>(number);
  }
  throw usage_failure(option + ": \"" + std::string(text) +
                      "\" is no size; write it as 4096, 64K, 256M or 1G");
}

int64_t parse_time_us(const std::string& option, std::string_view text) {
  if (const auto time = read_iso_time(text)) return *time;
  if (const auto time = read_integer(text)) return *time;
  if (const auto time = read_relative_time(text)) return *time;
  throw usage_failure(option + ": \"" + std::string(text) +
                      "\" is no time; write it as 2026-05-01, 2026-05-01T09:30:00Z, +30d from now, "
                      "or in microseconds since 1970");
}

int64_t system_now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string format_time(int64_t time_us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(time_us)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return print("%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
               static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
               static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
               static_cast<int>(clock.seconds().count()));
}

std::string format_time_short(int64_t time_us) {
  const std::string time = format_time(time_us);
  return time.substr(0, time.rfind(':'));
}

std::string format_bytes(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // The limit is where one digit behind the point would be rounded up to 1024.
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return print(unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
}

std::string format_count(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t place = digits.size(); place > first + 3; place -= 3)
    digits.insert(place - 3, 1, ',');
  return digits;
}

std::string format_duration(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  constexpr std::array<Unit, 3> kUnits{{{86400, "days"}, {3600, "hours"}, {60, "minutes"}}};
  for (const Unit& unit : kUnits) {
    if (seconds >= 2 * unit.seconds) return print("%.1f %s", seconds / unit.seconds, unit.name);
  }
  return print(seconds < 10 ? "%.1f seconds" : "%.0f seconds", seconds);
}

std::string format_clock(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  return std::to_string(whole / 60) + print(":%02d", static_cast<int>(whole % 60));
}

std::string format_decimal(double value, int digits) {
  return print("%.*f", digits, value);
}

std::string exact_decimal(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::string count_of(int64_t count, const std::string& noun) {
  return format_count(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace memtier::tool
