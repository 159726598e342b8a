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

struct LadderChange {
  int64_t compress_threshold = 0;
  int64_t transition_limit = 0;  // of the log, in which items stand whose tier is no more
  int64_t now_us = 0;
};

Status change_ladder(Connection& connection, const Ladder& from, const Ladder& to,
                     const LadderChange& change);

}  // namespace memtier
