// What memtier_tier_consolidate is asked for, and the option CONSOLIDATION (memtier.h, section 26).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/json.h"

namespace memtier {

struct ConsolidationRequest {
  static Result<ConsolidationRequest> parse(std::string_view text);
  // As an option it may also say when.
  static Result<ConsolidationRequest> parse_option(std::string_view text);

  std::string from;  // a tier's name; empty: the hottest
  Json filter = Json::object();
  double min_score = 0;
  double min_fill = 0;
  int64_t batch_size = 100;
  int64_t max_items = 100'000;
  int64_t retries = 3;
  int64_t compress_above_bytes = -1;  // -1: nothing is compressed
  bool dry_run = false;
  int64_t every_us = 0;  // between two of them in ticks
};

}  // namespace memtier
