#include <algorithm>
#include <iterator>

#include "model/run.h"
#include "store.h"

namespace memtier {

Result<Outcome> Store::put_episode(const Scope& scope, std::string_view document,
                                   Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(Draft draft, parse_episode(document, now));
  return put_memory(scope, std::move(draft), PutMode::kReplace, durability);
}

Result<Outcome> Store::record_run(const Scope& scope, std::string_view document,
                                  Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(Draft draft, parse_run(document, now));
  return put_memory(scope, std::move(draft), PutMode::kReplace, durability);
}

Result<std::vector<ItemRef>> Store::around(const Scope& scope, const AroundRequest& request,
                                           const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const int64_t at_us = request.at_us.value_or(now);
  TimeSpan span{at_us, at_us};
  int64_t own_row = 0;
  if (!request.id.empty()) {
    ASSIGN_OR_RETURN(const ItemRef item, resolve(scope, request.id, now));
    if (item->is_damaged()) return item->damage();
    span = time_of(*item);
    own_row = item->row();
  }
  const int64_t first_us = std::max(span.begin_us, INT64_MIN / 2) - request.within_us;
  const int64_t last_us = add_time_us(span.end_us, request.within_us);
  std::vector<ItemRef> found;
  const auto look = [&](const Json& where, bool descending) -> Status {
    ListRequest list;
    ASSIGN_OR_RETURN(list.filter, both(where, request.filter));
    list.descending = descending;
    ASSIGN_OR_RETURN(Page page,
                     storage_->list({&scope, now}, list, request.limit + 1, control.stop_check()));
    std::move(page.items.begin(), page.items.end(), std::back_inserter(found));
    return {};
  };
  const Json no_head = {{"$ne", kConversationType}};
  RETURN_IF_ERROR(
      look({{"type", no_head}, {"created_us", {{"$gte", first_us}, {"$lte", span.end_us}}}}, true));
  RETURN_IF_ERROR(
      look({{"type", no_head}, {"created_us", {{"$gt", span.end_us}, {"$lte", last_us}}}}, false));
  // Episodes that began earlier, and were going on then.
  RETURN_IF_ERROR(look({{"type", kEpisodeType},
                        {"created_us", {{"$lt", span.begin_us}}},
                        {"metadata.ended_us", {{"$gte", first_us}}}},
                       true));
  std::erase_if(found, [own_row](const ItemRef& item) {
    return item->is_damaged() || item->row() == own_row;
  });
  return nearest_in_time(std::move(found), span, static_cast<size_t>(request.limit));
}

}  // namespace memtier
