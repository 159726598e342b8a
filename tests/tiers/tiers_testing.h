// For tests of tiers: items without a storage.
#pragma once

#include <string>
#include <string_view>

#include "model/item.h"

namespace memtier::testing {

inline ItemRef tier_item(std::string_view id, int64_t row, std::string_view content = "text",
                         int32_t tier = 0, int64_t accessed_us = 0) {
  ItemFields fields;
  const Scope scope;
  fields[Text::kId] = id;
  fields.set_scope(scope);
  fields[Text::kContent] = content;
  fields.tier = tier;
  fields.accessed_us = accessed_us;
  fields.version = 1;
  return ItemRef::adopt(Item::create(fields, row).detach());
}

}  // namespace memtier::testing
