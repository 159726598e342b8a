// Text: UTF-8 checks, case folding, base64, and times as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace memtier {

bool is_utf8(std::string_view bytes);
// No C0 control character: names go into joined lists, logs and terminals.
bool has_control_characters(std::string_view text);
// Unicode case folding with canonical composition, for comparisons that ignore case.
std::string fold_case(std::string_view utf8);

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

// ISO 8601: 2026-05-01, 2026-05-01T09:30, ...:15, ...:15.123456, with Z, +02:00 or nothing (UTC).
std::optional<int64_t> parse_time_us(std::string_view text);
std::string format_time(int64_t time_us);  // 2026-05-01T09:30:15.123456Z; shorter where it is whole

}  // namespace memtier
