// Store: what callers find useful.
#include "store.h"

namespace memtier {

Status Store::add_feedback(const Scope& scope, std::span<const Feedback> feedback) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  std::vector<std::pair<ItemRef, double>> said;
  for (const Feedback& one : feedback) {
    ASSIGN_OR_RETURN(ItemRef item, resolve(scope, one.id, now));
    if (item->is_damaged()) {
      return {Code::kCorrupt, "item \"" + one.id + "\" is damaged; nothing can be learned of it"};
    }
    said.emplace_back(std::move(item), one.value);
  }
  return said.empty() ? Status() : preferences_->add(scope, said, now);
}

Result<std::string> Store::list_preferences(const Scope& scope) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const auto preferences, preferences_->find(scope));
  return preferences ? preferences->list(now).dump() : std::string("[]");
}

Status Store::forget_feedback(const Scope& scope) {
  return preferences_->forget(scope);
}

}  // namespace memtier
