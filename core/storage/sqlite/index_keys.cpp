#include "storage/sqlite/index_keys.h"

#include <algorithm>
#include <bit>

#include "model/filter_eval.h"

namespace memtier {
namespace {

constexpr size_t kMaxPoints = 100;
constexpr char kCut = '\1';
constexpr char kText = 5;       // json_kind_rank of a text
constexpr char kStructure = 6;  // of a list or an object

std::string key_of(const Json& value) {
  std::string key(1, static_cast<char>(json_kind_rank(value)));
  if (value.is_number()) {
    append_number_key(value, &key);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    key.append(text, 0, kKeyTextBytes);
    if (text.size() > kKeyTextBytes) key += kCut;
  }
  return key;
}

bool is_cut(const std::string& key) {
  return key[0] == kText && key.size() > kKeyTextBytes + 1;
}

// The least key that sorts behind this one.
std::string behind(std::string key) {
  key += '\0';
  return key;
}

std::string kind_end(const std::string& key) {
  return std::string(1, static_cast<char>(key[0] + 1));
}

KeyRange comparison_range(Operator op, const Json& operand) {
  std::string key = key_of(operand);
  KeyRange range;
  range.exact = !is_cut(key);  // other texts may have the same key, on both sides of the operand
  const std::string first(1, key[0]);
  switch (op) {
    case Operator::kGt:
      range.high = kind_end(key);
      range.low = range.exact ? behind(std::move(key)) : std::move(key);
      break;
    case Operator::kGte:
      range.high = kind_end(key);
      range.low = std::move(key);
      break;
    case Operator::kLt:
      range.low = first;
      range.high = range.exact ? std::move(key) : behind(std::move(key));
      break;
    default:
      range.low = first;
      range.high = behind(std::move(key));
  }
  return range;
}

KeyRange prefix_range(const Json& operand) {
  std::string key = key_of(operand);
  KeyRange range;
  range.exact = !is_cut(key);
  range.low = key;
  if (range.exact) {
    ++key.back();  // UTF-8 has no byte 255, and no kind has that number
    range.high = std::move(key);
  } else {
    range.high = behind(std::move(key));
  }
  return range;
}

void append_big_endian(uint64_t bits, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    *out += static_cast<char>(bits >> shift & 255);
  }
}

}  // namespace

void append_number_key(const Json& value, std::string* out) {
  const double nearest = value.get<double>();
  auto bits = std::bit_cast<uint64_t>(nearest + 0.0);  // -0 is 0
  bits = (bits >> 63) != 0 ? ~bits : bits | uint64_t{1} << 63;
  append_big_endian(bits, 8, out);
  // A whole number is at most 1024 away from the nearest fraction.
  int64_t rest = 0;
  if (value.is_number_integer()) {
    constexpr double kTwo64 = 18446744073709551616.0;
    const bool negative = !value.is_number_unsigned() && value.get<int64_t>() < 0;
    if (negative) {
      rest = value.get<int64_t>() - static_cast<int64_t>(nearest);
    } else {
      const uint64_t base = nearest == kTwo64 ? 0 : static_cast<uint64_t>(nearest);  // modulo 2^64
      rest = static_cast<int64_t>(value.get<uint64_t>() - base);
    }
  }
  append_big_endian(static_cast<uint64_t>(rest + (1 << 15)), 2, out);
}

std::vector<std::string> index_keys(const Json& metadata, const std::vector<std::string>& path) {
  std::vector<std::string> keys;
  if (!metadata.is_object()) return keys;
  visit_path(metadata, path, [&keys](const Json& value) {
    if (!value.is_structured()) {
      keys.push_back(key_of(value));
      return;
    }
    keys.emplace_back(1, kStructure);
    if (!value.is_array()) return;
    for (const Json& element : value) {
      if (!element.is_structured()) keys.push_back(key_of(element));
    }
  });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::optional<KeyRange> key_range(const Test& test) {
  switch (test.op) {
    case Operator::kGt:
    case Operator::kGte:
    case Operator::kLt:
    case Operator::kLte:
      return comparison_range(test.op, test.operand);
    case Operator::kStartsWith:
      return prefix_range(test.operand);
    case Operator::kExists:
      if (!test.operand.get<bool>()) return std::nullopt;
      return KeyRange{std::string(), std::string(1, kStructure + 1), true};
    default:
      return std::nullopt;
  }
}

std::optional<KeyPoints> key_points(const Test& test) {
  KeyPoints points;
  const auto add = [&points](const Json& value) {
    if (value.is_structured()) return false;
    points.keys.push_back(key_of(value));
    points.exact = points.exact && !is_cut(points.keys.back());
    return true;
  };
  if (test.op == Operator::kEq) {
    if (!add(test.operand)) return std::nullopt;
  } else if (test.op == Operator::kIn) {
    if (test.operand.empty() || test.operand.size() > kMaxPoints) return std::nullopt;
    for (const Json& value : test.operand) {
      if (!add(value)) return std::nullopt;
    }
  } else {
    return std::nullopt;
  }
  std::sort(points.keys.begin(), points.keys.end());
  points.keys.erase(std::unique(points.keys.begin(), points.keys.end()), points.keys.end());
  return points;
}

}  // namespace memtier
