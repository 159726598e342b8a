// Ladder: the tiers of a store, hottest first, with the rules by which items move between them
// (memtier.h, "Tiers"). Data only; the engine that acts on it is tiers/ladder_engine.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/filter.h"

namespace memtier {

enum class Medium : int32_t { kRam = 1, kDatabase = 2, kArchive = 3 };

// Any one of them that is set and met brings an item one tier up when it is read.
struct PromotionRule {
  std::optional<int64_t> reads;  // within the last within_us; 1 to 3
  int64_t within_us = 0;
  std::optional<double> importance_above;
  std::optional<int64_t> access_count_above;
  std::optional<int64_t> validation_count_above;
  FilterRef filter;      // null: none
  Json filter_document;  // as it was given
};

// Both must hold for optimize to take an item one tier down.
struct DemotionRule {
  int64_t idle_us = 0;
  int64_t access_count_below = 0;
};

struct Tier {
  std::string name;
  Medium medium = Medium::kDatabase;
  std::string target;  // kArchive, external: the folder of its blocks; empty: they are in the file
  int64_t capacity_items = 0;  // 0 unbounded
  int64_t capacity_bytes = 0;  // 0 unbounded
  int64_t ttl_us = 0;          // 0 none
  int64_t latency_budget_us = 0;
  PromotionRule promote;
  std::optional<DemotionRule> demote;

  bool is_bounded() const { return capacity_items != 0 || capacity_bytes != 0; }
};

struct Ladder {
  // The name of a preset, or a document.
  static Result<Ladder> parse(std::string_view text);

  std::string to_json() const;
  std::optional<int32_t> tier_by_name(std::string_view name) const;
  std::vector<std::string> names() const;
  // Of its external archive; empty: it has none.
  std::string target() const;

  std::vector<Tier> tiers;
};

}  // namespace memtier
