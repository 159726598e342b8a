// What a caller asks for who wants a context: a few items that fit into a prompt (memtier.h,
// "Conversation" and "Working context").
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "model/filter.h"

namespace memtier {

// Counts the tokens of texts; out has one number for each.
using TokenCounter =
    std::function<Status(std::span<const std::string_view> texts, std::span<int64_t> out)>;

struct ContextRequest {
  enum class Kind { kConversation, kWorking };
  static Result<ContextRequest> parse(std::string_view text, Kind kind);

  std::string text;  // what it is about
  int64_t max_items = 20;
  int64_t max_tokens = 0;                   // 0: no limit
  int64_t newest = 0;                       // at most so many of the newest: "last", "short_term"
  bool fills_up = false;                    // with more of the newest, where room is left
  std::unordered_set<std::string> exclude;  // ids that the caller has already
  FilterRef filter;
};

}  // namespace memtier
