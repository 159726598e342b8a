#include "index/text/recent_items.h"

#include <algorithm>

namespace memtier {

void RecentItems::add(int64_t sequence, ItemRef item) {
  const std::lock_guard lock(mutex_);
  // A fold that failed is done again.
  if (!items_.empty() && sequence <= items_.back().first) return;
  const size_t bytes = item->memory_bytes();
  if (bytes_ + bytes > max_bytes_) return;
  bytes_ += bytes;
  items_.emplace_back(sequence, std::move(item));
}

ItemRef RecentItems::find(int64_t sequence) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::lower_bound(items_.begin(), items_.end(), sequence,
                       [](const auto& entry, int64_t wanted) { return entry.first < wanted; });
  return found == items_.end() || found->first != sequence ? ItemRef() : found->second;
}

void RecentItems::forget(int64_t until_sequence) {
  const std::lock_guard lock(mutex_);
  while (!items_.empty() && items_.front().first <= until_sequence) {
    bytes_ -= items_.front().second->memory_bytes();
    items_.pop_front();
  }
}

size_t RecentItems::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace memtier
