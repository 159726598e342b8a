#include "storage/sqlite/pending.h"

#include <algorithm>

namespace memtier {
namespace {

void erase_pair(std::unordered_multimap<uint64_t, int64_t>& map, uint64_t key, int64_t row) {
  const auto [begin, end] = map.equal_range(key);
  for (auto it = begin; it != end; ++it) {
    if (it->second == row) {
      map.erase(it);
      return;
    }
  }
}

}  // namespace

void Pending::add(std::span<const Change> frame, uint64_t end) {
  const std::lock_guard lock(mutex_);
  for (const Change& change : frame) add_locked(change, end);
}

uint64_t Pending::end() const {
  const std::lock_guard lock(mutex_);
  return changes_.empty() ? 0 : changes_.back().end;
}

void Pending::add_locked(Change change, uint64_t end) {
  if (change.kind == WriteOp::Kind::kPut && !change.item) {
    // A large item: it stands in the tables already, and nothing older may hide it.
    forget_row(change.row);
    return;
  }
  if (change.kind == WriteOp::Kind::kVector) {
    // Who reads vectors folds first, so nothing has to find it here.
    if (change.vector) item_bytes_ += change.vector->size();
    changes_.push_back({std::move(change), end});
    return;
  }
  RowOverlay& overlay = rows_[change.row];
  overlay.end = end;
  switch (change.kind) {
    case WriteOp::Kind::kPut:
      if (!overlay.item) {
        rows_by_key_.emplace(change.key_hash, change.row);
        add_id(id_hash(change.item->id()), change.row);
      }
      overlay.item = change.item;
      overlay.removed = false;
      overlay.tier = change.to;
      overlay.validation_count = -1;
      overlay.expires_us = -1;
      item_bytes_ += change.item->memory_bytes();
      break;
    case WriteOp::Kind::kRemove:
      if (overlay.item) {
        erase_pair(rows_by_key_, overlay.item->key_hash(), change.row);
        remove_id(id_hash(overlay.item->id()), change.row);
        overlay.item = {};
      }
      overlay.removed = true;
      break;
    case WriteOp::Kind::kMove:
      overlay.tier = change.to;
      if (overlay.item) overlay.item->set_tier(change.to);
      change.item = {};  // the tables have what folding needs
      break;
    case WriteOp::Kind::kValidate:
      overlay.validation_count = change.value;
      if (overlay.item) overlay.item->set_validation_count(change.value);
      break;
    case WriteOp::Kind::kRefresh:
      overlay.expires_us = change.value;
      if (overlay.item) overlay.item->set_expires_us(change.value);
      break;
    case WriteOp::Kind::kVector:
      break;
  }
  changes_.push_back({std::move(change), end});
}

void Pending::add_id(int64_t hash, int64_t row) {
  if (!row_by_id_.emplace(hash, row).second) more_by_id_.emplace(hash, row);
}

void Pending::remove_id(int64_t hash, int64_t row) {
  if (more_by_id_.erase({hash, row}) > 0) return;
  const auto first = row_by_id_.find(hash);
  if (first == row_by_id_.end() || first->second != row) return;
  const auto next = more_by_id_.lower_bound({hash, 0});
  if (next != more_by_id_.end() && next->first == hash) {
    first->second = next->second;
    more_by_id_.erase(next);
  } else {
    row_by_id_.erase(first);
  }
}

std::vector<int64_t> Pending::id_hashes() const {
  const std::lock_guard lock(mutex_);
  std::vector<int64_t> hashes;
  hashes.reserve(row_by_id_.size());
  for (const auto& [hash, row] : row_by_id_) hashes.push_back(hash);
  return hashes;
}

ItemRef Pending::find(const ItemKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = rows_by_key_.equal_range(key.hash);
  for (auto it = begin; it != end; ++it) {
    const RowOverlay& overlay = rows_.at(it->second);
    if (overlay.item && overlay.item->has_key(key)) return overlay.item;
  }
  return {};
}

std::vector<ItemRef> Pending::find_by_id(const Scope& pattern, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  std::vector<ItemRef> found;
  const auto show = [&](int64_t row) {
    const RowOverlay& overlay = rows_.at(row);
    if (overlay.item && overlay.item->id() == id && pattern.allows(overlay.item->scope())) {
      found.push_back(overlay.item);
    }
  };
  const int64_t hash = id_hash(id);
  const auto first = row_by_id_.find(hash);
  if (first == row_by_id_.end()) return found;
  show(first->second);
  for (auto it = more_by_id_.lower_bound({hash, 0}); it != more_by_id_.end() && it->first == hash;
       ++it) {
    show(it->second);
  }
  return found;
}

std::optional<RowOverlay> Pending::row(int64_t row) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(row);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::vector<PendingChange> Pending::oldest(size_t limit, uint64_t until) const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  while (count < changes_.size() && changes_[count].end <= until) {
    const bool frame_begins = count == 0 || changes_[count - 1].end != changes_[count].end;
    if (frame_begins && count >= limit) break;
    ++count;
  }
  return {changes_.begin(), changes_.begin() + static_cast<ptrdiff_t>(count)};
}

void Pending::forget(uint64_t position) {
  const std::lock_guard lock(mutex_);
  if (changes_.empty() || changes_.front().end > position) return;
  generation_.fetch_add(1, std::memory_order_release);
  while (!changes_.empty() && changes_.front().end <= position) {
    const Change& change = changes_.front().change;
    if (change.kind == WriteOp::Kind::kPut) item_bytes_ -= change.item->memory_bytes();
    if (change.vector) item_bytes_ -= change.vector->size();
    const auto found = rows_.find(change.row);
    if (found != rows_.end() && found->second.end <= position) forget_row(change.row);
    changes_.pop_front();
  }
}

void Pending::forget_row(int64_t row) {
  const auto found = rows_.find(row);
  if (found == rows_.end()) return;
  if (const ItemRef& item = found->second.item) {
    erase_pair(rows_by_key_, item->key_hash(), row);
    remove_id(id_hash(item->id()), row);
  }
  rows_.erase(found);
}

void Pending::clear() {
  const std::lock_guard lock(mutex_);
  generation_.fetch_add(1, std::memory_order_release);
  changes_.clear();
  rows_.clear();
  rows_by_key_.clear();
  row_by_id_.clear();
  more_by_id_.clear();
  item_bytes_ = 0;
}

size_t Pending::size() const {
  const std::lock_guard lock(mutex_);
  return changes_.size();
}

size_t Pending::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return item_bytes_ + changes_.size() * kOverheadBytes;
}

}  // namespace memtier
