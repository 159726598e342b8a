// Evaluating filters in RAM: on an item, on a batch, and - for the SQL form - single tests on single
// values. All three end in test_value(), so they cannot differ.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "model/filter.h"
#include "model/item.h"

namespace memtier {

// What evaluation needs beside the item: the names of the tiers, by number.
using TierNames = std::vector<std::string>;

bool matches(const Filter& filter, const ItemFields& item, const TierNames& tiers);
// One byte for each item, 1 where it matches.
std::vector<uint8_t> matches_batch(const Filter& filter, const std::vector<ItemRef>& items,
                                   const TierNames& tiers);

// One test on one value; a list matches as a whole or by element. `value` is not "missing": that is
// decided by the caller (every test on a missing field is false, but $exists: false).
bool test_value(const Test& test, const Json& value);
// One test on the metadata (text of a JSON object, or empty), following the test's path.
bool test_metadata(const Test& test, std::string_view metadata);
// One test on the list of tags.
bool test_tags(const Test& test, std::string_view joined_tags);
// One test on a text field; an empty one is missing.
bool test_text(const Test& test, std::string_view text);

// Every value that a path of the metadata leads to, as test_metadata() sees them: some perhaps twice.
void visit_path(const Json& metadata, const std::vector<std::string>& path,
                const std::function<void(const Json&)>& visit);

// The values at a path of the metadata, for ordering: the first one, or discarded if there is none.
Json metadata_value(std::string_view metadata, const std::vector<std::string>& path);

}  // namespace memtier
