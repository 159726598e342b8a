// Run: something that an agent did, as memtier.h has it ("Working context and agent"), and the item that
// it is kept as: type "run", created when it began; the content is the result, or what went wrong; metadata
// {"name", "input", "success", "duration_us", "error", "title", the caller's own}. The title has name and
// input as text, so that words find a run by these.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "model/draft.h"

namespace memtier {

inline constexpr std::string_view kRunType = "run";

// The item that a run document becomes.
Result<Draft> parse_run(std::string_view text, int64_t now_us);

}  // namespace memtier
