// Pending: the changes that stand in the journal and not yet in the tables, as every process keeps
// them in RAM. Reads by id look here first; the folder takes its work from here.
//
// Bounded by the journal's capacity. Thread safety: any thread (one mutex, held for a few hash
// lookups; a resident item is never looked up here).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/write.h"
#include "storage/storage.h"

namespace memtier {

struct PendingChange {
  Change change;
  uint64_t end = 0;  // position behind the frame that holds it
};

// What is pending for one row, on top of what the tables say.
struct RowOverlay {
  ItemRef item;  // the newest pending version, if there is one
  bool removed = false;
  int32_t tier = -1;              // -1: as in the table
  int64_t validation_count = -1;  // -1: as in the table
  int64_t expires_us = -1;        // -1: as in the table
  uint64_t end = 0;               // of its newest change
};

class Pending {
 public:
  // Adds a frame's changes, all at once: who folds meanwhile must not take some of them for the frame.
  void add(std::span<const Change> frame, uint64_t end);
  // Position behind the newest change; 0: there is none.
  uint64_t end() const;

  // The row of this key among pending puts, with its item.
  ItemRef find(const ItemKey& key) const;
  // Pending items of this id that the pattern allows.
  std::vector<ItemRef> find_by_id(const Scope& pattern, std::string_view id) const;
  std::optional<RowOverlay> row(int64_t row) const;
  // Of the ids of pending puts.
  std::vector<int64_t> id_hashes() const;

  // The oldest changes, at most `limit`, whole frames only, of frames that end at or before `until`.
  std::vector<PendingChange> oldest(size_t limit, uint64_t until) const;
  // Forgets changes of frames that end at or before `position`.
  void forget(uint64_t position);
  void clear();
  // For changes to the tables that do not pass through here.
  void touch() { generation_.fetch_add(1, std::memory_order_release); }
  // Changes when something was forgotten. Who reads a row from the tables and then looks here what is
  // pending for it compares: if it changed, what was pending may be in newer tables than it read.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  size_t size() const;
  size_t memory_bytes() const;

 private:
  static constexpr size_t kOverheadBytes = 256;  // of an entry, beside its item

  void add_locked(Change change, uint64_t end);
  void add_id(int64_t hash, int64_t row);
  void remove_id(int64_t hash, int64_t row);
  void forget_row(int64_t row);

  std::atomic<uint64_t> generation_{0};
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::deque<PendingChange> changes_;
  std::unordered_map<int64_t, RowOverlay> rows_;
  std::unordered_multimap<uint64_t, int64_t> rows_by_key_;  // key hash -> row, of pending puts
  // id hash -> row, of pending puts; further rows of an id that many scopes use are ordered beside it.
  std::unordered_map<int64_t, int64_t> row_by_id_;
  std::set<std::pair<int64_t, int64_t>> more_by_id_;
  size_t item_bytes_ = 0;
};

}  // namespace memtier
