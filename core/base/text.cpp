#include "base/text.h"

#include <utf8proc.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/clock.h"

namespace memtier {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The length of the leading part that is plain ASCII, eight bytes at a time: most text is.
size_t ascii_prefix(std::string_view bytes) {
  size_t at = 0;
  while (at + 8 <= bytes.size()) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & 0x8080808080808080ULL) != 0) break;
    at += 8;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant's algorithm).
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct Date {
  int64_t year, month, day;
};

Date civil_from_days(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  std::optional<int64_t> number(size_t digits) {
    if (text_.size() < digits) return std::nullopt;
    int64_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return value;
  }
  bool skip(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_[0]) == std::string_view::npos) return false;
    last_ = text_[0];
    text_.remove_prefix(1);
    return true;
  }
  // The digits behind a decimal point, as microseconds; further digits are dropped.
  int64_t fraction_us() {
    int64_t value = 0;
    int64_t unit = 100'000;
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') {
      value += (text_[0] - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }
  bool at_end() const { return text_.empty(); }
  char last() const { return last_; }

 private:
  std::string_view text_;
  char last_ = 0;
};

bool is_leap_year(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool valid_date(int64_t year, int64_t month, int64_t day) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const int64_t days = kDays[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
  return day <= days;
}

// "T09:30:15.5" and what follows it, as microseconds of the day; nullopt where it is malformed.
std::optional<int64_t> read_time_of_day_us(TimeReader& reader) {
  const auto hour = reader.number(2);
  if (!hour || *hour > 23 || !reader.skip(":")) return std::nullopt;
  const auto minute = reader.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t time_us = (*hour * 60 + *minute) * 60 * kSecondUs;
  if (reader.skip(":")) {
    const auto second = reader.number(2);
    if (!second || *second > 60) return std::nullopt;
    time_us += *second * kSecondUs;
    if (reader.skip(".,")) time_us += reader.fraction_us();
  }
  if (reader.skip("Zz")) return time_us;
  if (!reader.skip("+-")) return time_us;
  const int64_t sign = reader.last() == '-' ? -1 : 1;
  const auto offset_hour = reader.number(2);
  reader.skip(":");
  const auto offset_minute = reader.at_end() ? std::optional<int64_t>(0) : reader.number(2);
  if (!offset_hour || !offset_minute || *offset_hour > 23 || *offset_minute > 59)
    return std::nullopt;
  return time_us - sign * (*offset_hour * 60 + *offset_minute) * 60 * kSecondUs;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  size_t at = ascii_prefix(bytes);
  while (at < bytes.size()) {
    utf8proc_int32_t point = 0;
    const auto* start = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data() + at);
    const auto length =
        utf8proc_iterate(start, static_cast<utf8proc_ssize_t>(bytes.size() - at), &point);
    if (length <= 0) return false;
    at += static_cast<size_t>(length);
    at += ascii_prefix(bytes.substr(at));
  }
  return true;
}

bool has_control_characters(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

std::string fold_case(std::string_view utf8) {
  if (ascii_prefix(utf8) == utf8.size()) {
    std::string lower(utf8);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
  }
  utf8proc_uint8_t* folded = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                   static_cast<utf8proc_ssize_t>(utf8.size()), &folded,
                   static_cast<utf8proc_option_t>(UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE));
  if (size < 0) return std::string(utf8);
  std::string result(reinterpret_cast<char*>(folded), static_cast<size_t>(size));
  std::free(folded);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc allocates with malloc
  return result;
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      text += i <= count ? kBase64[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (size_t at = 0; at < text.size(); at += 4) {
    uint32_t group = 0;
    size_t padding = 0;
    for (size_t i = 0; i < 4; ++i) {
      const char c = text[at + i];
      const bool last_group = at + 4 == text.size();
      if (c == '=' && last_group && i >= 2) {
        ++padding;
        group <<= 6;
        continue;
      }
      const size_t value = kBase64.find(c);
      if (value == std::string_view::npos || padding > 0) return std::nullopt;
      group = group << 6 | static_cast<uint32_t>(value);
    }
    for (size_t i = 0; i < 3 - padding; ++i) {
      bytes += static_cast<char>(group >> (16 - 8 * i) & 255);
    }
  }
  return bytes;
}

std::optional<int64_t> parse_time_us(std::string_view text) {
  TimeReader reader(text);
  const auto year = reader.number(4);
  if (!year || !reader.skip("-")) return std::nullopt;
  const auto month = reader.number(2);
  if (!month || !reader.skip("-")) return std::nullopt;
  const auto day = reader.number(2);
  if (!day || !valid_date(*year, *month, *day)) return std::nullopt;
  int64_t time_us = days_from_civil(*year, *month, *day) * kDayUs;
  if (reader.skip("Tt ")) {
    const auto of_day = read_time_of_day_us(reader);
    if (!of_day) return std::nullopt;
    time_us += *of_day;
  }
  return reader.at_end() ? std::optional<int64_t>(time_us) : std::nullopt;
}

std::string format_time(int64_t time_us) {
  int64_t days = time_us / kDayUs;
  int64_t of_day = time_us % kDayUs;
  if (of_day < 0) {
    of_day += kDayUs;
    --days;
  }
  const Date date = civil_from_days(days);
  const int64_t seconds = of_day / kSecondUs;
  char text[64];
  int size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d",
                           static_cast<int>(date.year), static_cast<int>(date.month),
                           static_cast<int>(date.day), static_cast<int>(seconds / 3600),
                           static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string result(text, static_cast<size_t>(size));
  if (const int64_t fraction = of_day % kSecondUs; fraction != 0) {
    size = std::snprintf(text, sizeof text, ".%06d", static_cast<int>(fraction));
    result.append(text, static_cast<size_t>(size));
  }
  return result + "Z";
}

}  // namespace memtier
