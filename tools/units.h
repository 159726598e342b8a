// What people write and read for times, durations, sizes and counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memtier::tool {

constexpr int64_t kSecondUs = 1000000;

// The parsers throw a usage failure that names the option.

// "90s", "15m", "12h", "30d", "2w", and such in a row: "1d12h".
int64_t parse_duration_us(const std::string& option, std::string_view text);

// "4096", "64K", "256M", "1.5G": powers of 1024, with or without B or iB behind them.
int64_t parse_bytes(const std::string& option, std::string_view text);

// ISO 8601 (UTC where it names no zone), whole microseconds since 1970, or "+30d" and "-30d" from
// the system's time.
int64_t parse_time_us(const std::string& option, std::string_view text);

int64_t system_now_us();

std::string format_time(int64_t time_us);        // 2026-01-05 18:12:26
std::string format_time_short(int64_t time_us);  // 2026-01-05 18:12
std::string format_bytes(int64_t bytes);         // 1.4 KiB
std::string format_count(int64_t count);         // 1,234,567
std::string format_duration(double seconds);     // 3.2 days
std::string format_clock(double seconds);        // 1:05
std::string format_decimal(double value, int digits);
std::string exact_decimal(double value);  // reads back as the same number

// "1 item", "12 items"; nouns are made plural with s.
std::string count_of(int64_t count, const std::string& noun);

}  // namespace memtier::tool
