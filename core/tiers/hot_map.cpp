#include "tiers/hot_map.h"

#include "base/epoch.h"

namespace memtier {
namespace {

constexpr uint64_t kEmpty = 0;
constexpr uint64_t kRemoved = 1;
constexpr int kTagShift = 48;
constexpr uint64_t kPointerMask = (uint64_t{1} << kTagShift) - 1;
constexpr size_t kFirstSlots = 16;

// The tag takes bits that neither choose the shard (the top 6) nor the slot (the lowest).
uint64_t tag_of(uint64_t hash) {
  return (hash >> 40 & 0xffff) << kTagShift;
}

uint64_t make_slot(const Item* item) {
  return tag_of(item->key_hash()) | reinterpret_cast<uintptr_t>(item);
}

bool is_item(uint64_t slot) {
  return slot > kRemoved;
}

const Item* item_of(uint64_t slot) {
  return reinterpret_cast<const Item*>(slot & kPointerMask);
}

// Asks for the lines of an item of usual size at once; the copy would ask for one after the other.
void prefetch(const Item* item) {
  constexpr size_t kLine = 64;
  constexpr size_t kLines = 12;
  const char* const bytes = reinterpret_cast<const char*>(item);
  for (size_t line = 0; line < kLines; ++line) __builtin_prefetch(bytes + line * kLine);
}

}  // namespace

struct HotMap::Table {
  explicit Table(size_t size) : mask(size - 1), slots(size) {}

  struct Found {
    size_t at = 0;
    const Item* item = nullptr;
  };
  // The first slot, from the hash's place on, for which fits(item) is true. The item is the one that
  // was looked at: the slot may hold another one a moment later.
  template <typename Fits>
  Found find(uint64_t hash, Fits fits) const {
    for (size_t step = 0; step <= mask; ++step) {
      const size_t at = (hash + step) & mask;
      const uint64_t slot = slots[at].load(std::memory_order_acquire);
      if (slot == kEmpty) return {};
      if (!is_item(slot) || (slot & ~kPointerMask) != tag_of(hash)) continue;
      prefetch(item_of(slot));
      if (fits(*item_of(slot))) return {at, item_of(slot)};
    }
    return {};
  }
  // Into a slot that is free; there is one.
  bool insert(const Item* item) {
    for (size_t step = 0;; ++step) {
      auto& slot = slots[(item->key_hash() + step) & mask];
      const uint64_t value = slot.load(std::memory_order_relaxed);
      if (is_item(value)) continue;
      slot.store(make_slot(item), std::memory_order_release);
      return value == kEmpty;
    }
  }

  const size_t mask;
  std::vector<std::atomic<uint64_t>> slots;
};

HotMap::HotMap() {
  for (Shard& shard : shards_) shard.table.store(new Table(kFirstSlots));
}

HotMap::~HotMap() {
  // Not clear(), which needs memory.
  for (Shard& shard : shards_) {
    for (const auto& slot : shard.table.load()->slots) {
      const uint64_t value = slot.load(std::memory_order_relaxed);
      if (is_item(value)) item_of(value)->release();
    }
    epoch_retire(shard.table.load(), [](void* table) { delete static_cast<Table*>(table); });
  }
}

const Item* HotMap::peek(const ItemKey& key) const {
  const Table* table = shard(key.hash).table.load(std::memory_order_acquire);
  return table->find(key.hash, [&key](const Item& item) { return item.has_key(key); }).item;
}

const Item* HotMap::peek_row(uint64_t key_hash, int64_t row) const {
  const Table* table = shard(key_hash).table.load(std::memory_order_acquire);
  return table->find(key_hash, [row](const Item& item) { return item.row() == row; }).item;
}

ItemRef HotMap::put(ItemRef item) {
  Shard& place = shard(item->key_hash());
  const std::lock_guard lock(place.mutex);
  return put_locked(place, std::move(item));
}

bool HotMap::put_if_unchanged(ItemRef item, uint64_t stamp) {
  Shard& place = shard(item->key_hash());
  const std::lock_guard lock(place.mutex);
  if (place.stamp.load(std::memory_order_relaxed) != stamp) return false;
  const Table* table = place.table.load(std::memory_order_relaxed);
  const auto same = [&item](const Item& other) { return other.row() == item->row(); };
  if (table->find(item->key_hash(), same).item != nullptr) return false;
  (void)put_locked(place, std::move(item));
  return true;
}

ItemRef HotMap::put_locked(Shard& place, ItemRef item) {
  place.stamp.fetch_add(1, std::memory_order_release);
  Table* table = place.table.load(std::memory_order_relaxed);
  const auto same = [&item](const Item& other) { return other.row() == item->row(); };
  const auto [at, old] = table->find(item->key_hash(), same);
  count_in(*item, 1);
  if (old != nullptr) {
    const uint64_t slot = make_slot(item.detach());
    table->slots[at].store(slot, std::memory_order_release);
    count_in(*old, -1);
    return ItemRef::adopt(old);
  }
  make_room(place);
  table = place.table.load(std::memory_order_relaxed);
  if (table->insert(item.detach())) ++place.used;
  ++place.live;
  return {};
}

// At most three quarters of the slots are used, so that a search always ends at an empty one soon.
void HotMap::make_room(Shard& place) {
  Table* table = place.table.load(std::memory_order_relaxed);
  const size_t size = table->mask + 1;
  if ((place.used + 1) * 4 <= size * 3) return;
  // Doubles where items fill it; the same size anew where it is mostly what removals left.
  const size_t new_size = (place.live + 1) * 2 > size ? size * 2 : size;
  auto* larger = new Table(new_size);
  for (const auto& slot : table->slots) {
    const uint64_t value = slot.load(std::memory_order_relaxed);
    if (is_item(value)) (void)larger->insert(item_of(value));
  }
  place.used = place.live;
  place.table.store(larger, std::memory_order_release);
  epoch_retire(table, [](void* old) { delete static_cast<Table*>(old); });
}

uint64_t HotMap::stamp(uint64_t key_hash) const {
  return shard(key_hash).stamp.load(std::memory_order_acquire);
}

void HotMap::touch(uint64_t key_hash) {
  Shard& place = shard(key_hash);
  const std::lock_guard lock(place.mutex);
  place.stamp.fetch_add(1, std::memory_order_release);
}

ItemRef HotMap::remove_row(uint64_t key_hash, int64_t row) {
  Shard& place = shard(key_hash);
  const std::lock_guard lock(place.mutex);
  place.stamp.fetch_add(1, std::memory_order_release);
  Table* table = place.table.load(std::memory_order_relaxed);
  const auto same = [row](const Item& item) { return item.row() == row; };
  const auto [at, item] = table->find(key_hash, same);
  if (item == nullptr) return {};
  table->slots[at].store(kRemoved, std::memory_order_release);
  --place.live;
  count_in(*item, -1);
  return ItemRef::adopt(item);
}

void HotMap::clear() {
  for (Shard& place : shards_) {
    auto* const fresh = new Table(kFirstSlots);
    const std::lock_guard lock(place.mutex);
    place.stamp.fetch_add(1, std::memory_order_release);
    Table* table = place.table.load(std::memory_order_relaxed);
    place.table.store(fresh, std::memory_order_release);
    place.used = place.live = 0;
    for (const auto& slot : table->slots) {
      const uint64_t value = slot.load(std::memory_order_relaxed);
      if (!is_item(value)) continue;
      count_in(*item_of(value), -1);
      item_of(value)->release();
    }
    epoch_retire(table, [](void* old) { delete static_cast<Table*>(old); });
  }
}

void HotMap::count_in(const Item& item, int64_t sign) {
  count_.fetch_add(sign, std::memory_order_relaxed);
  bytes_.fetch_add(sign * static_cast<int64_t>(item.memory_bytes()), std::memory_order_relaxed);
}

void HotMap::visit(const std::function<void(const Item&)>& show) const {
  for (const Shard& place : shards_) {
    const std::lock_guard lock(place.mutex);
    const Table* table = place.table.load(std::memory_order_relaxed);
    for (const auto& slot : table->slots) {
      const uint64_t value = slot.load(std::memory_order_relaxed);
      if (is_item(value)) show(*item_of(value));
    }
  }
}

std::vector<ItemRef> HotMap::sample(uint64_t seed, size_t wanted) const {
  std::vector<ItemRef> items;
  for (size_t step = 0; step < kShards && items.size() < wanted; ++step) {
    const Shard& place = shards_[(seed + step) % kShards];
    const std::lock_guard lock(place.mutex);
    const Table* table = place.table.load(std::memory_order_relaxed);
    const size_t first = (seed >> 8) & table->mask;
    for (size_t i = 0; i <= table->mask && items.size() < wanted; ++i) {
      const uint64_t slot = table->slots[(first + i) & table->mask].load(std::memory_order_relaxed);
      if (is_item(slot)) items.emplace_back(item_of(slot));
    }
  }
  return items;
}

}  // namespace memtier
