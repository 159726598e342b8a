// VectorIndex: how much of what is nearest its searches find.
#include "index/vector/run.h"

namespace memtier {
namespace {

constexpr float kEquallyNear = 1e-5F;

// Of the nearest ones, how many are among those found, or as near as the last of them.
size_t count_found(const std::vector<Near>& nearest, const std::vector<Near>& found) {
  if (nearest.empty()) return 0;
  size_t count = 0;
  for (const Near& near : found) {
    if (near.nearness >= nearest.back().nearness - kEquallyNear) ++count;
  }
  return std::min(count, nearest.size());
}

std::vector<ComparedVector> split(const std::vector<float>& all, size_t padded) {
  std::vector<ComparedVector> vectors;
  for (size_t at = 0; at < all.size(); at += padded) {
    vectors.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                         all.begin() + static_cast<std::ptrdiff_t>(at + padded));
  }
  return vectors;
}

}  // namespace

Result<Json> VectorIndex::measure_recall(const RecallRequest& request, const ReadScope& read,
                                         Control& control) {
  RETURN_IF_ERROR(storage_.drain());
  const auto limit = static_cast<size_t>(request.limit);
  const Filter everything;
  while (true) {
    RETURN_IF_ERROR(control.check());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const Space space, find(*connection, request.space));
    ASSIGN_OR_RETURN(const auto scopes, allowed_scopes(*connection, *read.scope));
    Run run{storage_, *connection, space, read, everything, control.stop_check(), *scopes};
    size_t wanted = 0;
    size_t found = 0;
    size_t vectors = 0;
    size_t samples = 0;
    const auto measure = [&](const VectorSet* set) -> Status {
      if (set == nullptr) {
        return {Code::kLimit, "space \"" + space.spec.name +
                                  "\": the scope's vectors do not fit into memory, so all of them "
                                  "are compared at every search; raise the memory limit"};
      }
      vectors = set->count(*scopes);
      const auto count = std::min(static_cast<size_t>(request.samples), vectors);
      const size_t padded = padded_floats(static_cast<size_t>(space.spec.dimension));
      const std::vector<ComparedVector> sample = split(set->sample_of(*scopes, count), padded);
      samples = sample.size();
      std::vector<BestNear> nearest(samples, BestNear(limit));
      RETURN_IF_ERROR(run.stream(sample, &nearest));
      for (size_t i = 0; i < samples; ++i) {
        run.vector = sample[i];
        std::vector<Near> best;
        RETURN_IF_ERROR(run.nearest(set, limit, &best));
        const std::vector<Near> exact = nearest[i].take();
        wanted += exact.size();
        found += count_found(exact, best);
        RETURN_IF_ERROR(control.report(static_cast<int64_t>(i + 1), static_cast<int64_t>(samples)));
      }
      return {};
    };
    ASSIGN_OR_RETURN(const bool done,
                     with_set(*connection, space, *scopes, control.stop_check(), measure));
    if (!done) continue;
    const auto count = static_cast<int64_t>(samples);
    RETURN_IF_ERROR(control.finish(count, count));
    const double recall =
        wanted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(wanted);
    return Json{{"recall", recall}, {"samples", samples}, {"limit", limit}, {"vectors", vectors}};
  }
}

}  // namespace memtier
