// The tiers of a store with their numbers, for stats and for tiers.
#pragma once

#include <memtier.h>

#include <string>
#include <vector>

#include "tool.h"

namespace memtier::tool {

std::vector<memtier_tier_statistics> read_tiers(Tool& tool);

std::string tiers_table(const Tool& tool, const std::vector<memtier_tier_statistics>& tiers);

// A list of objects: the numbers of each tier and its rules from the ladder.
std::string tiers_json(Tool& tool, const std::vector<memtier_tier_statistics>& tiers);

std::string ladder_json(Tool& tool);

}  // namespace memtier::tool
