// What calls on many items share: their arguments, and what became of each.
#pragma once

#include <memtier.h>

#include <string_view>
#include <vector>

#include "capi/objects.h"

namespace memtier::capi {

Result<Durability> check_durability(int32_t durability);
Status check_batch_size(int64_t count, const char* name);
// Ids that stand one behind the other.
Result<std::vector<std::string_view>> check_ids(const char* ids, const int64_t* id_ends,
                                                int64_t id_count);

Status give_items(std::vector<Outcome> outcomes, const TierNames* tiers, memtier_items** out_items);
// Gives the caller what became of each entry; also where the call ended in the middle. The status is
// that of the first that failed; with `answers`, those that were not found do not count.
Status end_batch(Status status, std::vector<Outcome> outcomes, bool answers, const TierNames* tiers,
                 memtier_items** out_items);

}  // namespace memtier::capi
