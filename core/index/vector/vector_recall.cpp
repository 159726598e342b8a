// VectorIndex: how much of what is nearest its searches find.
#include "index/vector/vector_index.h"

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

}  // namespace

Result<Json> VectorIndex::measure_recall(const RecallRequest& request, const ReadScope& read,
                                         Control& control) {
  RETURN_IF_ERROR(storage_.drain());
  const auto limit = static_cast<size_t>(request.limit);
  while (true) {
    RETURN_IF_ERROR(control.check());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const Space space, find(*connection, request.space));
    ASSIGN_OR_RETURN(const auto scopes, allowed_scopes(*connection, *read.scope));
    size_t wanted = 0;
    size_t found = 0;
    size_t vectors = 0;
    std::vector<ComparedVector> samples;
    const auto measure = [&](const VectorSet* set) -> Status {
      if (set == nullptr) {
        return {Code::kLimit, "space \"" + space.spec.name +
                                  "\": the scope's vectors do not fit into memory, so all of them "
                                  "are compared at every search; raise the memory limit"};
      }
      vectors = set->count(*scopes);
      samples = set->samples(*scopes, static_cast<size_t>(request.samples));
      for (size_t i = 0; i < samples.size(); ++i) {
        BestNear exact(limit);
        set->search_exactly(samples[i], *scopes, &exact);
        BestNear best(limit);
        set->search(samples[i], *scopes, &best);
        const std::vector<Near> nearest = exact.take();
        wanted += nearest.size();
        found += count_found(nearest, best.take());
        RETURN_IF_ERROR(
            control.report(static_cast<int64_t>(i + 1), static_cast<int64_t>(samples.size())));
      }
      return {};
    };
    ASSIGN_OR_RETURN(const bool done,
                     with_set(*connection, space, *scopes, control.stop_check(), measure));
    if (!done) continue;
    const auto count = static_cast<int64_t>(samples.size());
    RETURN_IF_ERROR(control.finish(count, count));
    const double recall =
        wanted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(wanted);
    return Json{
        {"recall", recall}, {"samples", samples.size()}, {"limit", limit}, {"vectors", vectors}};
  }
}

}  // namespace memtier
