// How hits are ranked: the members "weights", "half_life_seconds", "context", "diversity" and "fusion" of
// a query (memtier.h, "Search"), parsed and checked.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/json.h"
#include "model/named_date.h"

namespace memtier {

// What a hit's score is made of. The first two are what it says itself; the next four, what its
// conversation adds to that; the others multiply it.
enum class Signal : uint8_t {
  kText,
  kVector,
  kNeighbours,
  kSession,
  kSpeaker,
  kCoverage,
  kDates,
  kRecency,
  kImportance,
  kAccess,
  kContext,
  kAssociation,
};
inline constexpr size_t kSignals = 12;
std::string_view signal_name(Signal signal);

struct RankingSpec {
  static constexpr double kMaxWeight = 10;
  static constexpr size_t kMaxContext = 100;  // ids, and tags

  // Reads the members of a query document; others are left to whoever knows them.
  static Result<RankingSpec> from_query(const Json& document);

  double weight(Signal signal) const { return weights[static_cast<size_t>(signal)]; }
  // Whether hits are ranked by more than what is found, so that more of them are to be looked at.
  bool multiplies() const;
  bool has_context() const {
    return !context_ids.empty() || !context_tags.empty() || !context_session.empty() ||
           !context_text.empty();
  }

  std::array<double, kSignals> weights = {1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1};
  double half_life_seconds = 30.0 * 24 * 3600;
  double diversity = 0;
  bool reciprocal_ranks = false;  // "fusion": "rrf"
  std::vector<NamedDate> dates;   // in the text
  std::vector<std::string> context_ids;
  std::vector<std::string> context_tags;
  std::string context_session;
  std::string context_text;
};

}  // namespace memtier
