// Another ladder for a store that exists: its items' tiers get the new ladder's numbers, and contents stand as
// their new tier's medium wants it. A part of one transaction, on a store that nobody else has open and whose
// journal is folded.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "model/ladder.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// By the old number the new one: the tier of the same name; else the hottest of the same medium, or of the
// next colder one that there is; else the last.
std::vector<int32_t> map_tiers(const Ladder& from, const Ladder& to);

Status change_ladder(Connection& connection, const Ladder& from, const Ladder& to,
                     int64_t compress_threshold);

}  // namespace memtier
