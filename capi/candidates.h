// What a callback of eviction or promotion is shown, by column.
#pragma once

#include <memtier.h>

#include <span>
#include <vector>

#include "capi/handles.h"
#include "storage/storage.h"

namespace memtier::capi {

struct CandidatesObject final : HandleObject {
  static constexpr Kind kKind = Kind::kCandidates;
  CandidatesObject(std::span<const ItemHead> heads, int64_t now_us);

  size_t count = 0;
  std::vector<int64_t> created_us, accessed_us, expires_us, access_counts, validation_counts,
      priorities, sizes, idle_us;
  std::vector<double> importances, scores;
  std::vector<memtier_slice> ids, types, sessions, users;
};

}  // namespace memtier::capi
