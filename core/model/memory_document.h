// What the documents of ready-made memories (knowledge, episodes, runs: memtier.h, sections 22 and 23)
// have in common: keys of an item's document, and members that stand in the item's metadata beside the
// caller's own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/draft.h"
#include "model/json.h"

namespace memtier {

// `what` names the document in messages, here and below.
Result<Json> parse_memory(std::string_view text, const std::string& what);

// "id", "tags", "importance", "tier" and "ttl_us", where they are given.
Status read_item_keys(const Json& document, const std::string& what, Draft* draft);

// A text of at most 256 bytes without control characters; absent leaves `out` alone.
Status read_short_text(const Json& document, const char* key, const std::string& what,
                       std::string* out);

// "metadata", the caller's own, into `members`; it may have none of the `reserved`.
Status read_own_metadata(const Json& document, const std::string& what,
                         std::span<const std::string_view> reserved, Json* members);

// The members as the metadata of an item.
Status set_members(const Json& members, const std::string& what, Draft* draft);

// The members of an item's metadata; none if they are no object.
Json members_of(std::string_view metadata);
// A number among the members; `fallback` where there is none.
int64_t int_member(const Json& members, const char* key, int64_t fallback);

}  // namespace memtier
