// JSON as memtier reads it: strict. A document with a key twice, too deep, too large or followed by
// anything is refused, with its place; so nothing is ignored in silence.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/status.h"

namespace memtier {

// nlohmann::json with another destructor; the serializer makes it a type of memtier's own.
template <typename T, typename Enable = void>
struct JsonSerializer : nlohmann::adl_serializer<T, Enable> {};

using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, int64_t, uint64_t,
                                  double, std::allocator, JsonSerializer>;

}  // namespace memtier

// The original takes values apart on a list of its own, so that no depth exhausts the stack; that list is
// allocated, and where there is no memory the process ends, in a destructor. No document that memtier reads
// or makes is nested more than 200 levels deep, so its values can simply destroy each other.
template <>
inline void memtier::Json::json_value::destroy(value_t type) {
  const auto release = [](auto* value) {
    std::destroy_at(value);
    std::allocator<std::remove_pointer_t<decltype(value)>>().deallocate(value, 1);
  };
  switch (type) {
    case value_t::object:
      return release(object);
    case value_t::array:
      return release(array);
    case value_t::string:
      return release(string);
    case value_t::binary:
      return release(binary);
    default:
      return;
  }
}

namespace memtier {

// `what` names the document in messages ("filter", "query" …). Empty text gives an empty object.
Result<Json> parse_document(std::string_view text, std::string_view what);

// The same for an item's document, which may be as large as an item.
Result<Json> parse_item_document(std::string_view text);

// Whether `text` is a JSON object of at most `max_depth` levels; nothing is built.
Status check_json_object(std::string_view text, std::string_view what);

// Whether brackets are nested deeper than memtier reads; a quick look, before parsing.
bool is_nested_too_deep(std::string_view text);

// kInvalid, naming the key and what is known, if `object` has a key that is not in `known`.
Status refuse_unknown_keys(const Json& object, std::initializer_list<std::string_view> known,
                           std::string_view what);

// The text of a member's value as it stands in a valid document, for what must be kept byte for byte;
// empty if there is no such member.
std::string_view member_text(std::string_view document, std::string_view key);

// Typed members: absent leaves `out` alone; another type, or out of range, is kInvalid with a name.
Status read_bool(const Json& object, const char* key, std::string_view what, bool* out);
Status read_int(const Json& object, const char* key, std::string_view what, int64_t minimum,
                int64_t maximum, int64_t* out);
Status read_double(const Json& object, const char* key, std::string_view what, double minimum,
                   double maximum, double* out);
Status read_text(const Json& object, const char* key, std::string_view what, std::string* out);
// A time: microseconds, or ISO 8601 text.
Status read_time(const Json& object, const char* key, std::string_view what,
                 std::optional<int64_t>* out);

// Escapes a text as a JSON string with its quotes, appended to `out`.
void append_json_string(std::string_view text, std::string* out);

// Orders and compares JSON values as filters do: numbers by exact value across kinds of numbers,
// texts by bytes; values of different kinds are neither equal nor ordered.
bool json_equal(const Json& left, const Json& right);
// -1, 0, 1; or 2 where there is no order.
int json_compare(const Json& left, const Json& right);
// The place of a kind of value in lists ordered by a field of mixed kinds.
int json_kind_rank(const Json& value);

}  // namespace memtier
