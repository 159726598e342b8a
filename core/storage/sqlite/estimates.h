// Estimates: about how many entries of index tables there are for one value, counted within a limit and
// kept while the store has not changed much. They only decide which way a read takes. Also the numbers
// of labels.
//
// Thread safety: any thread, each with its own connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/sql_text.h"

namespace memtier {

struct Estimate {
  int64_t entries = 0;
  bool at_least = false;  // there are more than were counted
};

class Estimates {
 public:
  static constexpr int64_t kLimit = 20'000;  // counting so many takes a millisecond

  // Counts "SELECT 1 FROM `from`" unless `key` was counted not long before change `sequence`.
  Result<Estimate> count(Connection& connection, int64_t sequence, const std::string& key,
                         const SqlText& from);
  // The same for what does not come again: only up to a few, and not kept.
  Result<Estimate> count_few(Connection& connection, const SqlText& from);
  // All items; exact within a few changes.
  Result<int64_t> all_items(Connection& connection, int64_t sequence);
  // What scope_condition() says. `sequence` is of the newest change that the connection's transaction shows.
  Result<ScopeCondition> scope_condition(Connection& connection, int64_t sequence,
                                         const Scope& pattern);
  // Once this is not 0, labels may have got other numbers, and are looked up each time. Borrowed.
  void set_removed(const std::atomic<uint64_t>* removed) { removed_ = removed; }
  // 0: there is no such label.
  Result<int64_t> label(Connection& connection, std::string_view text);

 private:
  static constexpr size_t kMaxKept = 1 << 15;
  static constexpr int64_t kMostChanges = 1000;  // and as many as there were entries
  struct Kept {
    Estimate estimate;
    int64_t sequence = 0;
  };

  static constexpr int64_t kFew = 200;

  static Result<Estimate> count_up_to(Connection& connection, const SqlText& from, int64_t limit);
  bool find(const std::string& key, int64_t sequence, Estimate* out);
  void keep(const std::string& key, int64_t sequence, const Estimate& estimate);

  const std::atomic<uint64_t>* removed_ = nullptr;
  std::mutex mutex_;
  std::unordered_map<std::string, Kept> kept_;       // guarded by mutex_
  std::unordered_map<std::string, int64_t> labels_;  // guarded by mutex_
  // At this change all items were of this collection. Exact: a later one may bring another.
  int64_t only_sequence_ = -1;   // guarded by mutex_
  std::string only_collection_;  // guarded by mutex_
};

}  // namespace memtier
