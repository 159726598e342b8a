#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <tuple>
#include <utility>

#include "retrieval/context_builder.h"
#include "store.h"

namespace memtier {
namespace {

constexpr double kLongTermImportance = 0.8;  // above it, what is remembered stays
constexpr int64_t kShortTermUs = 3600 * kSecondUs;
// Types of what is no memory of its own, or is believed no more.
constexpr std::array<std::string_view, 2> kNotInMind = {kConversationType, kBeliefType};

// The tiers that are short-term memory: those in RAM, or the first where none is.
std::vector<std::string> short_tiers(const Ladder& ladder) {
  std::vector<std::string> names;
  for (const Tier& tier : ladder.tiers) {
    if (tier.medium == Medium::kRam) names.push_back(tier.name);
  }
  if (names.empty()) names.push_back(ladder.tiers[0].name);
  return names;
}

}  // namespace

// "short_term" and "long_term" where the ladder has tiers of these names; else the last tier in RAM, and
// the first that is not.
int32_t Store::memory_tier(bool long_term) const {
  if (const auto named = ladder().tier_by_name(long_term ? "long_term" : "short_term")) {
    return *named;
  }
  const auto count = static_cast<int32_t>(ladder().tiers.size());
  int32_t first_slow = 0;
  while (first_slow < count &&
         ladder().tiers[static_cast<size_t>(first_slow)].medium == Medium::kRam) {
    ++first_slow;
  }
  if (long_term) return std::min(first_slow, count - 1);
  return std::max(first_slow - 1, 0);
}

Result<Outcome> Store::remember(const Scope& scope, std::string_view key, std::string_view value,
                                double importance, Durability durability) {
  Draft draft;
  RETURN_IF_ERROR(draft.set_id(key));
  RETURN_IF_ERROR(draft.set_content(value));
  RETURN_IF_ERROR(draft.set_importance(importance));
  const bool long_term = importance > kLongTermImportance;
  draft.tier_number = memory_tier(long_term);
  draft.ttl_us = long_term ? kNoTtl : kShortTermUs;
  const PutRequest request{&draft, &scope};
  return put(request, PutMode::kReplace, durability);
}

// One list for each tier: an index has a tier's items in their order, but not those of several.
Result<std::vector<ItemRef>> Store::newest_of(const std::vector<std::string>& tiers,
                                              const ReadScope& read, const FilterRef& filter,
                                              int64_t limit, const StopCheck& stop) {
  std::vector<ItemRef> items;
  for (const std::string& tier : tiers) {
    ListRequest newest;
    ASSIGN_OR_RETURN(newest.filter,
                     both({{"tier", tier}, {"type", {{"$nin", kNotInMind}}}}, filter));
    ASSIGN_OR_RETURN(Page page, storage_->list(read, newest, limit, stop));
    std::move(page.items.begin(), page.items.end(), std::back_inserter(items));
  }
  std::sort(items.begin(), items.end(), [](const ItemRef& a, const ItemRef& b) {
    return std::pair(a->header().created_us, a->row()) >
           std::pair(b->header().created_us, b->row());
  });
  return items;
}

Result<std::vector<ItemRef>> Store::active_context(const Scope& scope,
                                                   const ContextRequest& request,
                                                   const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const auto excluded = static_cast<int64_t>(request.exclude.size());
  const std::vector<std::string> tiers = short_tiers(ladder());
  ContextBuilder builder(request, options_.token_counter);
  std::vector<ItemRef> newest;
  if (request.newest > 0) {
    const int64_t wanted = request.fills_up ? request.max_items : request.newest;
    ASSIGN_OR_RETURN(newest, newest_of(tiers, {&scope, now}, request.filter, wanted + excluded,
                                       control.stop_check()));
    RETURN_IF_ERROR(builder.offer(newest, request.newest, true));
  }
  if (builder.is_full()) return builder.take();
  ASSIGN_OR_RETURN(
      const FilterRef lasting,
      both({{"tier", {{"$nin", tiers}}}, {"type", {{"$nin", kNotInMind}}}}, request.filter));
  const int64_t enough = request.max_items + excluded;
  if (!request.text.empty()) {
    Query query;
    query.text = request.text;
    query.filter = lasting;
    query.limit = enough;
    ASSIGN_OR_RETURN(const Hits hits, search(scope, query, control));
    RETURN_IF_ERROR(builder.offer(hits.items, request.max_items, false));
  } else {
    ListRequest important;
    important.filter = lasting;
    important.order_by = Field::kImportance;
    ASSIGN_OR_RETURN(const Page page,
                     storage_->list({&scope, now}, important, enough, control.stop_check()));
    RETURN_IF_ERROR(builder.offer(page.items, request.max_items, false));
  }
  if (request.fills_up) RETURN_IF_ERROR(builder.offer(newest, request.max_items, true));
  return builder.take();
}

Result<std::vector<ItemRef>> Store::conversation_context(const Scope& scope,
                                                         const ContextRequest& request,
                                                         const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const FilterRef turns, both({{"type", kTurnType}}, request.filter));
  const auto excluded = static_cast<int64_t>(request.exclude.size());
  ContextBuilder builder(request, options_.token_counter);
  std::string about = request.text;
  if (request.newest > 0 || about.empty()) {
    ListRequest newest;
    newest.filter = turns;
    const int64_t wanted = std::max<int64_t>(request.newest + excluded, 1);
    ASSIGN_OR_RETURN(const Page page,
                     storage_->list({&scope, now}, newest, wanted, control.stop_check()));
    // Without words of the caller's it is about what was said last.
    if (about.empty() && !page.items.empty()) about = page.items[0]->text(Text::kContent);
    RETURN_IF_ERROR(builder.offer(page.items, request.newest, true));
  }
  if (!builder.is_full() && !about.empty()) {
    Query query;
    query.text = about;
    query.filter = turns;
    query.limit = request.max_items + request.newest + excluded;
    ASSIGN_OR_RETURN(const Hits hits, search(scope, query, control));
    RETURN_IF_ERROR(builder.offer(hits.items, request.max_items, false));
  }
  std::vector<ItemRef> chosen = builder.take();
  std::sort(chosen.begin(), chosen.end(), [](const ItemRef& a, const ItemRef& b) {
    const auto place = [](const Item& item) {
      return std::make_tuple(item.header().created_us, turn_sequence(item), item.row());
    };
    return place(*a) < place(*b);
  });
  return chosen;
}

}  // namespace memtier
