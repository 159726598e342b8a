// Episode: something that happened, as memtier.h has it ("Knowledge and episodes"), and the item that
// it is kept as: type "episode", created when it began, metadata {"title", "location", "participants",
// "emotions", "ended_us", the caller's own}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/draft.h"
#include "model/filter.h"
#include "model/item.h"

namespace memtier {

inline constexpr std::string_view kEpisodeType = "episode";

// The item that an episode document becomes.
Result<Draft> parse_episode(std::string_view text, int64_t now_us);

// A stretch of time; begin and end are part of it.
struct TimeSpan {
  int64_t begin_us = 0;
  int64_t end_us = 0;

  // 0 where they meet.
  int64_t distance_us(const TimeSpan& other) const;
};

// From when to when what the item tells of took place.
TimeSpan time_of(const Item& item);

// What is asked for who wants to know what happened around a time, or around an item.
struct AroundRequest {
  static Result<AroundRequest> parse(std::string_view text);

  std::optional<int64_t> at_us;  // neither this nor an id: now
  std::string id;
  int64_t within_us = 0;
  int64_t limit = 20;
  FilterRef filter;
};

// The `limit` items that lie nearest to the span, in the order of time.
std::vector<ItemRef> nearest_in_time(std::vector<ItemRef> items, const TimeSpan& span,
                                     size_t limit);

}  // namespace memtier
