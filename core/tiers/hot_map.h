// HotMap: the resident items, by key; many readers, who take no lock.
//
//   shard = hash >> 58 (of 64);  slots: | tag 16 | pointer 48 |, probed one after the other
//
// A reader, under an EpochGuard, walks the slots of one atomic array; a tag that fits leads to the
// item, whose key decides. Writers hold the shard's mutex, replace slots with single stores, and swap
// in a larger array when three quarters are used; what they take out is freed through the epoch. So a
// reader sees each key's old or new item, never a torn one, and waits for nobody.
//
// Measured (1 M items of 750 bytes, Zipf 0.99): see docs/benchmarks.md, get_hot. Against a
// shared_mutex around absl::flat_hash_map it saves the lock's cache line and one of the three misses:
// key and value lie in the one allocation that the slot points to.
//
// A stamp for each shard counts its changes: whoever read an item from the file puts it in only if
// the stamp is still the one of before the read, so a stale item never gets in.
//
// Thread safety: every function, any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "model/item.h"
#include "model/scope.h"

namespace memtier {

class HotMap {
 public:
  HotMap();
  ~HotMap();
  HotMap(const HotMap&) = delete;
  HotMap& operator=(const HotMap&) = delete;

  // The item of this key, or null. Only under an EpochGuard, and valid until its end.
  const Item* peek(const ItemKey& key) const;
  // The item with this hash and row, or null; as peek().
  const Item* peek_row(uint64_t key_hash, int64_t row) const;

  // Puts an item in, in place of another one of its key. Returns the one that it replaced.
  ItemRef put(ItemRef item);
  // Puts it in unless the shard has changed since the stamp was taken, or has the key already.
  bool put_if_unchanged(ItemRef item, uint64_t stamp);
  uint64_t stamp(uint64_t key_hash) const;
  // A change to the shard that is not a put or remove: invalidates stamps.
  void touch(uint64_t key_hash);
  // Takes an item out; null if it was not there.
  ItemRef remove_row(uint64_t key_hash, int64_t row);
  void clear();

  int64_t count() const { return count_.load(std::memory_order_relaxed); }
  int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // Up to `wanted` items from somewhere in the map; `seed` says where.
  std::vector<ItemRef> sample(uint64_t seed, size_t wanted) const;
  // Shows every item; a shard's writers wait meanwhile.
  void visit(const std::function<void(const Item&)>& show) const;

 private:
  static constexpr size_t kShards = 64;
  struct Table;
  struct alignas(128) Shard {
    std::atomic<Table*> table{nullptr};
    std::atomic<uint64_t> stamp{0};
    mutable std::mutex mutex;
    size_t used = 0;  // slots that are not empty, removed ones included; guarded by mutex
    size_t live = 0;  // guarded by mutex
  };

  Shard& shard(uint64_t hash) { return shards_[hash >> 58]; }
  const Shard& shard(uint64_t hash) const { return shards_[hash >> 58]; }
  void make_room(Shard& shard);
  ItemRef put_locked(Shard& shard, ItemRef item);
  void count_in(const Item& item, int64_t sign);

  std::array<Shard, kShards> shards_;
  std::atomic<int64_t> count_{0};
  std::atomic<int64_t> bytes_{0};
};

}  // namespace memtier
