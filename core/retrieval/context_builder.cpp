#include "retrieval/context_builder.h"

namespace memtier {

Status ContextBuilder::count(const std::vector<ItemRef>& items,
                             std::vector<int64_t>* tokens) const {
  constexpr size_t kBytesPerToken = 4;
  tokens->assign(items.size(), 0);
  if (request_.max_tokens == 0 || items.empty()) return {};
  if (!counter_) {
    for (size_t i = 0; i < items.size(); ++i) {
      const size_t bytes = items[i]->text(Text::kContent).size();
      (*tokens)[i] = static_cast<int64_t>((bytes + kBytesPerToken - 1) / kBytesPerToken);
    }
    return {};
  }
  std::vector<std::string_view> texts;
  texts.reserve(items.size());
  for (const ItemRef& item : items) texts.push_back(item->text(Text::kContent));
  return counter_(texts, *tokens);
}

Status ContextBuilder::offer(const std::vector<ItemRef>& items, int64_t limit, bool in_a_row) {
  std::vector<ItemRef> wanted;
  for (const ItemRef& item : items) {
    if (item->is_damaged() || rows_.count(item->row()) != 0) continue;
    if (request_.exclude.count(std::string(item->id())) != 0) continue;
    wanted.push_back(item);
  }
  std::vector<int64_t> tokens;
  RETURN_IF_ERROR(count(wanted, &tokens));
  for (size_t i = 0; i < wanted.size() && limit > 0 && !is_full(); ++i) {
    if (request_.max_tokens > 0 && tokens_ + tokens[i] > request_.max_tokens) {
      if (in_a_row) break;
      continue;
    }
    tokens_ += tokens[i];
    rows_.insert(wanted[i]->row());
    chosen_.push_back(wanted[i]);
    --limit;
  }
  closed_ = closed_ || (request_.max_tokens > 0 && tokens_ >= request_.max_tokens);
  return {};
}

}  // namespace memtier
