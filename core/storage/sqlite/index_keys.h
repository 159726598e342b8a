// Keys of the table ix_custom: what the metadata has at a path, as bytes that sort by kind and value
// just as filters compare. A key begins with the kind (json_kind_rank): null, false, true, number,
// text, or "a list or an object as a whole".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/filter.h"
#include "model/json.h"

namespace memtier {

// Bytes of a text that a key has; of a longer one it has these, and is one byte longer than any that
// was not cut.
inline constexpr size_t kKeyTextBytes = 128;

// A number as bytes that sort by value: the nearest fraction, then what it is beyond that.
void append_number_key(const Json& value, std::string* out);

// The keys of an item, sorted, each once. `metadata` is discarded where there is none.
std::vector<std::string> index_keys(const Json& metadata, const std::vector<std::string>& path);

// Keys from `low` to below `high`.
struct KeyRange {
  std::string low;
  std::string high;
  bool exact = true;  // whoever has such a key passes the test; else it has to be asked
};

// Where the keys of items that pass a test lie: one of them does. nullopt: keys do not tell.
std::optional<KeyRange> key_range(const Test& test);  // comparisons, $startsWith, $exists
struct KeyPoints {
  std::vector<std::string> keys;  // sorted, each once; at least one
  bool exact = true;
};
std::optional<KeyPoints> key_points(const Test& test);  // $eq, $in

}  // namespace memtier
