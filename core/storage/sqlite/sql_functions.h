// The functions that memtier gives to SQLite, so that a filter means the same in SQL as in RAM:
//
//   memtier_test(test, value)              one test on a number, a text, tags or metadata; 0 or 1
//   memtier_test_content(test, encoding, content)
//   memtier_matches(filter, tier names, columns ...)   a whole filter, in RAM; 0 or 1
//   memtier_order(path, metadata)          a value at a path, as bytes that sort as lists are ordered
//   memtier_is_readable(encoding, content) whether it can be decoded
//   memtier_metadata(content)              of an item in a block with its metadata (stored_item.h)
//   memtier_saw(count, anything)           counts how often it is asked; 1
//
// The first argument is a pointer, bound with the type below; it outlives the statement's use.
#pragma once

#include <string>
#include <vector>

#include "model/filter.h"
#include "storage/sqlite/connection.h"

namespace memtier {

inline constexpr const char* kTestPointer = "memtier_test";
inline constexpr const char* kFilterPointer = "memtier_filter";
inline constexpr const char* kTiersPointer = "memtier_tiers";
inline constexpr const char* kCountPointer = "memtier_count";
inline constexpr const char* kPathPointer = "memtier_path";

// The arguments of memtier_matches behind its pointers, on items i.
inline constexpr const char* kMatchesColumns =
    "i.tier, i.importance, i.priority, i.pinned, i.created_us, i.updated_us, i.accessed_us, "
    "i.expires_us, i.ttl_us, i.access_count, i.validation_count, i.version, i.sequence, "
    "i.encoding, i.row, "
    "i.id, i.type, i.content_type, i.tags, i.metadata, i.content, "
    "(SELECT collection FROM scopes WHERE scope = i.scope), "
    "(SELECT app FROM scopes WHERE scope = i.scope), "
    "(SELECT user FROM scopes WHERE scope = i.scope), "
    "(SELECT agent FROM scopes WHERE scope = i.scope), "
    "(SELECT session FROM scopes WHERE scope = i.scope)";
inline constexpr int kMatchesArguments = 28;

Status register_functions(Connection& connection);

// What memtier_order gives: null and nothing alike for "missing".
std::string order_key(const Json& value);

}  // namespace memtier
