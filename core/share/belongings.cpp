#include "share/belongings.h"

#include <unordered_map>

namespace memtier {

Status Belongings::take(std::span<const ItemRef> items, bool with_links) {
  rows_.clear();
  vectors_.clear();
  of_items_.clear();
  for (const ItemRef& item : items) rows_.push_back(item->row());
  ASSIGN_OR_RETURN(const std::vector<SpaceInfo> infos, storage_.spaces(false, {}));
  for (const SpaceInfo& info : infos) {
    if (!info.space.spec.embedder.empty()) continue;  // what an embedder makes, it makes again
    for (size_t i = 0; i < rows_.size(); ++i) {
      ASSIGN_OR_RETURN(auto data, storage_.find_vector(info.space.number, rows_[i]));
      if (data) vectors_.push_back({i, info.space.number, std::move(*data)});
    }
  }
  if (!with_links) return {};
  ASSIGN_OR_RETURN(of_items_, links_.links_of(rows_));
  return {};
}

Status Belongings::give(std::span<const ItemRef> items, Durability durability, int64_t now_us) {
  std::vector<WriteOp> operations;
  for (Vector& vector : vectors_) {
    const ItemRef& item = items[vector.item];
    if (!item) continue;
    operations.push_back(WriteOp::set_vector(*item, vector.space, std::move(vector.data)));
  }
  // One whose item somebody has changed meanwhile is of what it does not say any more.
  if (!operations.empty()) RETURN_IF_ERROR(storage_.commit(operations, durability, now_us, true));
  std::unordered_map<int64_t, int64_t> moved;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i]) moved.emplace(rows_[i], items[i]->row());
  }
  if (of_items_.empty() || moved.empty()) return {};
  return links_.move_links(of_items_, moved, durability == Durability::kFull);
}

}  // namespace memtier
