// Reading an item's fields by the header's numbers, shared by items and hits.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "model/filter_eval.h"
#include "model/item.h"

namespace memtier::capi {

Status read_item_text(const Item& item, const TierNames& tiers, int32_t field,
                      std::string_view* out);

}  // namespace memtier::capi
