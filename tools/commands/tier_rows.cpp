#include "commands/tier_rows.h"

#include <nlohmann/json.hpp>

#include "json_object.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

using Json = nlohmann::json;

const char* medium_name(int32_t medium) {
  switch (medium) {
    case MEMTIER_MEDIUM_RAM:
      return "ram";
    case MEMTIER_MEDIUM_DATABASE:
      return "database";
    case MEMTIER_MEDIUM_ARCHIVE:
      return "archive";
    case MEMTIER_MEDIUM_EXTERNAL:
      return "external";
    default:
      return "?";
  }
}

std::string capacity_text(const memtier_tier_statistics& tier) {
  std::string text;
  if (tier.capacity_items > 0) text = format_count(tier.capacity_items);
  if (tier.capacity_bytes > 0) {
    text += (text.empty() ? "" : " / ") + format_bytes(tier.capacity_bytes);
  }
  return text.empty() ? "unbounded" : text;
}

std::string full_text(const memtier_tier_statistics& tier) {
  const bool is_bounded = tier.capacity_items > 0 || tier.capacity_bytes > 0;
  return is_bounded ? format_decimal(100 * tier.utilization, 0) + " %" : "";
}

}  // namespace

std::vector<memtier_tier_statistics> read_tiers(Tool& tool) {
  int64_t count = 0;
  call(memtier_tier_count, tool.store(), &count);
  std::vector<memtier_tier_statistics> tiers(static_cast<size_t>(count));
  for (size_t i = 0; i < tiers.size(); ++i) {
    tiers[i].struct_size = sizeof tiers[i];
    call(memtier_tier_get_statistics, tool.store(), static_cast<int64_t>(i), &tiers[i]);
  }
  return tiers;
}

std::string tiers_table(const Tool& tool, const std::vector<memtier_tier_statistics>& tiers) {
  Table table(tool.terminal(), {{.title = "TIER"},
                                {.title = "MEDIUM", .drop = 3},
                                {.title = "ITEMS", .right = true},
                                {.title = "CAPACITY", .right = true},
                                {.title = "FULL", .right = true, .drop = 2},
                                {.title = "SIZE", .right = true},
                                {.title = "IMPORTANCE", .right = true, .drop = 1},
                                {.title = "AGE", .right = true}});
  for (const memtier_tier_statistics& tier : tiers) {
    const bool is_empty = tier.item_count == 0;
    table.add({one_line(tier.name), medium_name(tier.medium), format_count(tier.item_count),
               capacity_text(tier), full_text(tier), format_bytes(tier.item_bytes),
               is_empty ? "" : format_decimal(tier.average_importance, 2),
               is_empty ? "" : format_duration(tier.average_age_seconds)});
  }
  return table.take();
}

std::string ladder_json(Tool& tool) {
  Bytes ladder;
  call(memtier_store_get_ladder, tool.store(), ladder.out());
  return std::string(view_of(ladder));
}

std::string tiers_json(Tool& tool, const std::vector<memtier_tier_statistics>& tiers) {
  const Json ladder = Json::parse(ladder_json(tool), nullptr, false);
  std::string list;
  for (size_t i = 0; i < tiers.size(); ++i) {
    const memtier_tier_statistics& tier = tiers[i];
    JsonObject object;
    object.add("name", std::string(tier.name))
        .add("medium", std::string(medium_name(tier.medium)))
        .add("item_count", tier.item_count)
        .add("item_bytes", tier.item_bytes)
        .add("capacity_items", tier.capacity_items)
        .add("capacity_bytes", tier.capacity_bytes)
        .add("utilization", tier.utilization)
        .add("average_importance", tier.average_importance)
        .add("average_age_seconds", tier.average_age_seconds)
        .add("resident_count", tier.resident_count)
        .add("hits", tier.hits)
        .add("hit_rate", tier.hit_rate)
        .add("latency_budget_us", tier.latency_budget_us);
    const Json rules = ladder.value("tiers", Json::array());
    for (const char* rule : {"ttl_seconds", "promote", "demote"}) {
      const bool is_set = i < rules.size() && rules[i].contains(rule);
      if (is_set) object.add_json(rule, rules[i][rule].dump());
    }
    list += (list.empty() ? "" : ",") + object.text();
  }
  return "[" + list + "]";
}

}  // namespace memtier::tool
