// The JSON form of an item (memtier.h, "Export and import"): lossless both ways.
#pragma once

#include <string>

#include "model/filter_eval.h"
#include "model/item.h"

namespace memtier {

// Appends the document: {"id": …}. `prefix` stands first inside the braces ("" or "\"kind\":…,").
void append_item_json(const ItemFields& item, const TierNames& tiers, std::string_view prefix,
                      std::string* out);

}  // namespace memtier
