#include "model/json.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr size_t kMaxDepth = 200;

// An object or a list that is being read. Most objects have few keys, for which a list is quicker than
// a set.
class Level {
 public:
  explicit Level(bool is_object) : is_object_(is_object) {}

  // False: it is there already.
  bool insert(const std::string& key) {
    if (std::find(few_.begin(), few_.end(), key) != few_.end()) return false;
    if (few_.size() < kFew) {
      last_ = &few_.emplace_back(key);
      return true;
    }
    const auto [place, is_new] = many_.insert(key);
    last_ = &*place;
    return is_new;
  }
  void count_value() { ++values_; }

  // Of the value that is being read, as a step of a path: ".key" or "[2]".
  std::string step() const {
    if (!is_object_) return "[" + std::to_string(values_ - 1) + "]";
    return last_ == nullptr ? "" : "." + *last_;
  }

 private:
  static constexpr size_t kFew = 16;
  bool is_object_;
  size_t values_ = 0;
  std::vector<std::string> few_;
  std::set<std::string> many_;
  const std::string* last_ = nullptr;  // it stays there until the next key
};

// Builds nothing; watches depth, keys and errors.
class Checker : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(int64_t) override { return value(); }
  bool number_unsigned(uint64_t) override { return value(); }
  bool number_float(double, const std::string&) override { return value(); }
  bool string(std::string&) override { return value(); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(size_t) override { return enter(true); }
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(false); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (!levels_.back().insert(name)) {
      levels_.pop_back();
      problem_ = place() + "." + name + ": the key \"" + name + "\" stands there twice";
      return false;
    }
    return true;
  }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    problem_ = "not valid JSON near byte " + std::to_string(position);
    return false;
  }

  const std::string& problem() const { return problem_; }
  bool is_object() const { return is_object_; }

 private:
  // Of the value that is being read: $.filter.$or[1]
  std::string place() const {
    std::string path = "$";
    for (const Level& level : levels_) path += level.step();
    return path;
  }
  bool value() {
    if (!levels_.empty()) levels_.back().count_value();
    return true;
  }
  bool enter(bool object) {
    value();
    if (depth_ == 0) is_object_ = object;
    if (++depth_ > kMaxDepth) {
      problem_ = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
      return false;
    }
    levels_.emplace_back(object);
    return true;
  }
  bool leave() {
    --depth_;
    levels_.pop_back();
    return true;
  }

  bool is_object_ = false;
  size_t depth_ = 0;
  std::vector<Level> levels_;
  std::string problem_;
};

Status check_text(std::string_view text, std::string_view what) {
  Checker checker;
  const bool good = Json::sax_parse(text.begin(), text.end(), &checker);
  const std::string subject(what);
  if (!good) {
    return invalid(subject + ": " +
                   (checker.problem().empty() ? "not valid JSON" : checker.problem()));
  }
  if (!checker.is_object()) return invalid(subject + ": must be a JSON object, such as {}");
  return {};
}

Status wrong_member(std::string_view what, const char* key, const std::string& wanted) {
  return invalid(std::string(what) + ": \"" + key + "\" must be " + wanted);
}

// Compares an integer with a fraction without rounding the integer.
template <typename Integer>
int compare_integer_double(Integer integer, double fraction) {
  if (std::isnan(fraction)) return 2;
  constexpr double kTwo63 = 9223372036854775808.0;
  const double limit = std::is_signed_v<Integer> ? kTwo63 : 2 * kTwo63;
  const double lowest = std::is_signed_v<Integer> ? -kTwo63 : 0.0;
  if (fraction >= limit) return -1;
  if (fraction < lowest) return 1;
  const double whole = std::floor(fraction);
  const auto truncated = static_cast<Integer>(whole);
  if (integer < truncated) return -1;
  if (integer > truncated) return 1;
  return fraction > whole ? -1 : 0;
}

template <typename T>
int three_way(const T& left, const T& right) {
  if (left < right) return -1;
  return right < left ? 1 : 0;
}

int compare_numbers(const Json& left, const Json& right) {
  if (left.is_number_float() && right.is_number_float()) {
    const double a = left.get<double>();
    const double b = right.get<double>();
    return std::isnan(a) || std::isnan(b) ? 2 : three_way(a, b);
  }
  if (right.is_number_float()) {
    const double b = right.get<double>();
    return left.is_number_unsigned() ? compare_integer_double(left.get<uint64_t>(), b)
                                     : compare_integer_double(left.get<int64_t>(), b);
  }
  if (left.is_number_float()) {
    const int opposite = compare_numbers(right, left);
    return opposite == 2 ? 2 : -opposite;
  }
  const bool left_unsigned = left.is_number_unsigned();
  const bool right_unsigned = right.is_number_unsigned();
  if (left_unsigned && right_unsigned)
    return three_way(left.get<uint64_t>(), right.get<uint64_t>());
  if (!left_unsigned && !right_unsigned)
    return three_way(left.get<int64_t>(), right.get<int64_t>());
  // One is signed: if it is negative it is the smaller one, else both fit into 64 unsigned bits.
  const int64_t signed_value = left_unsigned ? right.get<int64_t>() : left.get<int64_t>();
  if (signed_value < 0) return left_unsigned ? 1 : -1;
  return three_way(left.get<uint64_t>(), right.get<uint64_t>());
}

}  // namespace

Result<Json> parse_document(std::string_view text, std::string_view what) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json::object();
  if (text.size() > kMaxDocumentBytes) {
    return invalid(std::string(what) + ": has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(kMaxDocumentBytes) + " are allowed");
  }
  RETURN_IF_ERROR(check_text(text, what));
  return Json::parse(text.begin(), text.end(), nullptr, false);
}

Result<Json> parse_item_document(std::string_view text) {
  RETURN_IF_ERROR(check_text(text, "item"));
  return Json::parse(text.begin(), text.end(), nullptr, false);
}

Status check_json_object(std::string_view text, std::string_view what) {
  return check_text(text, what);
}

bool is_nested_too_deep(std::string_view text) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

namespace {

// Whether a key, as it is written between its quotes, is this one; it may be written with escapes.
bool is_key(std::string_view written, std::string_view key) {
  if (written.find('\\') == std::string_view::npos) return written == key;
  const Json decoded = Json::parse('"' + std::string(written) + '"', nullptr, false);
  return decoded.is_string() && decoded.get_ref<const std::string&>() == key;
}

}  // namespace

std::string_view member_text(std::string_view document, std::string_view key) {
  // The document is valid, so brackets and quotes match and a scan of the top level is enough.
  size_t depth = 0;
  size_t value_begin = 0;
  bool wanted = false;
  for (size_t at = 0; at < document.size(); ++at) {
    const char c = document[at];
    if (c == '"') {
      const size_t begin = ++at;
      while (document[at] != '"') at += document[at] == '\\' ? 2 : 1;
      const size_t next = document.find_first_not_of(" \t\r\n", at + 1);
      if (depth == 1 && value_begin == 0 && next != std::string_view::npos &&
          document[next] == ':') {
        wanted = is_key(document.substr(begin, at - begin), key);
        value_begin = document.find_first_not_of(" \t\r\n", next + 1);
        at = value_begin - 1;
      }
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']' || c == ',') {
      const bool ends_value = depth == 1 && value_begin != 0;
      if (ends_value && wanted) {
        const size_t end = document.find_last_not_of(" \t\r\n", at - 1) + 1;
        return document.substr(value_begin, end - value_begin);
      }
      if (ends_value) value_begin = 0;
      if (c != ',') --depth;
    }
  }
  return {};
}

Status refuse_unknown_keys(const Json& object, std::initializer_list<std::string_view> known,
                           std::string_view what) {
  for (auto member = object.begin(); member != object.end(); ++member) {
    const std::string_view key = member.key();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string list;
    for (const std::string_view name : known) {
      if (!list.empty()) list += ", ";
      list += name;
    }
    return invalid(std::string(what) + ": unknown key \"" + std::string(key) + "\"; known are " +
                   list);
  }
  return {};
}

Status read_bool(const Json& object, const char* key, std::string_view what, bool* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  if (!member->is_boolean()) return wrong_member(what, key, "true or false");
  *out = member->get<bool>();
  return {};
}

Status read_int(const Json& object, const char* key, std::string_view what, int64_t minimum,
                int64_t maximum, int64_t* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  const bool in_range = member->is_number_integer() && json_compare(*member, Json(minimum)) >= 0 &&
                        json_compare(*member, Json(maximum)) <= 0;
  if (!in_range) {
    return wrong_member(
        what, key,
        "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
  }
  *out = member->get<int64_t>();
  return {};
}

Status read_double(const Json& object, const char* key, std::string_view what, double minimum,
                   double maximum, double* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  const double value = member->is_number() ? member->get<double>() : NAN;
  if (!(value >= minimum && value <= maximum)) {
    return wrong_member(what, key,
                        "a number from " + Json(minimum).dump() + " to " + Json(maximum).dump());
  }
  *out = value;
  return {};
}

Status read_text(const Json& object, const char* key, std::string_view what, std::string* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  if (!member->is_string()) return wrong_member(what, key, "a text");
  *out = member->get<std::string>();
  return {};
}

Status read_time(const Json& object, const char* key, std::string_view what,
                 std::optional<int64_t>* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  if (member->is_string()) {
    const auto time_us = parse_time_us(member->get_ref<const std::string&>());
    if (time_us) {
      *out = *time_us;
      return {};
    }
  } else if (member->is_number_integer() && json_compare(*member, Json(INT64_MAX)) <= 0) {
    *out = member->get<int64_t>();
    return {};
  }
  return invalid(std::string(what) + ": \"" + key +
                 "\" must be microseconds since 1970, or a time such as 2026-05-01T09:30:00Z");
}

void append_json_string(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        *out += "\\\"";
        break;
      case '\\':
        *out += "\\\\";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\t':
        *out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          *out += "\\u00";
          *out += kHex[static_cast<unsigned char>(c) >> 4];
          *out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
          *out += c;
        }
    }
  }
  *out += '"';
}

bool json_equal(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) return compare_numbers(left, right) == 0;
  if (left.type() != right.type()) return false;
  if (left.is_array()) {
    if (left.size() != right.size()) return false;
    for (size_t i = 0; i < left.size(); ++i) {
      if (!json_equal(left[i], right[i])) return false;
    }
    return true;
  }
  if (left.is_object()) {
    if (left.size() != right.size()) return false;
    for (const auto& member : left.items()) {
      const auto other = right.find(member.key());
      if (other == right.end() || !json_equal(member.value(), *other)) return false;
    }
    return true;
  }
  return left == right;
}

int json_compare(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) return compare_numbers(left, right);
  if (left.is_string() && right.is_string()) {
    return three_way(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  }
  return 2;
}

int json_kind_rank(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return 1;
    case Json::value_t::boolean:
      return value.get<bool>() ? 3 : 2;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return 4;
    case Json::value_t::string:
      return 5;
    default:
      return 6;
  }
}

}  // namespace memtier
