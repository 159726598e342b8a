// QueryCache: what searches found, for as long as a search would find it again. Nothing in it is ever out of
// date, because whatever can change an answer makes it unusable before anybody can ask for it:
//
//   an item is put     counters of its names: an answer depends on those that its scope sees
//   one is removed     a counter that every answer depends on (which names it had is not known any more)
//   one moves, is validated, or lives longer; or is read out of the tables
//                      the answers that show it go; those whose filter asks for such fields have a counter
//   time passes        an answer holds until the next item of the store expires
//
// Changes of other processes come the same way, when the storage reads them from the journal.
//
// Thread safety: everything, any thread. on_change() is quick, as it runs under the order of commits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "model/query.h"
#include "model/scope.h"
#include "model/write.h"
#include "retrieval/search.h"

namespace memtier {

struct QueryCacheStatistics {
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t entries = 0;
  int64_t bytes = 0;
};

class QueryCache {
 public:
  explicit QueryCache(int64_t capacity_bytes) : capacity_(capacity_bytes) {}

  // Whether the answer of this query depends on nothing but items.
  static bool can_keep(const Query& query);

  // What an answer depends on, as it is before the search.
  struct Stamp {
    uint64_t names = 0;
    uint64_t removals = 0;
    uint64_t moves = 0;
    uint64_t rows = 0;  // of forget_row(): none may come between the search and its keeping
  };
  Stamp stamp(const Scope& scope, const Query& query) const;

  std::optional<Hits> find(const Scope& scope, const Query& query, int64_t now_us);
  // `until_us`: when the next item expires; 0: none does.
  void put(const Scope& scope, const Query& query, const Stamp& stamp, int64_t now_us,
           int64_t until_us, const Hits& hits);

  // The soonest expiry of what was written since forget_expiry(); INT64_MAX: none.
  int64_t next_expiry() const { return expiry_.load(std::memory_order_acquire); }
  void forget_expiry() { expiry_.store(INT64_MAX, std::memory_order_seq_cst); }

  void on_change(const Change& change);
  void on_reset();
  // What the item of this row shows beside its version has changed.
  void forget_row(int64_t row);

  QueryCacheStatistics statistics() const;

 private:
  struct Entry {
    Scope scope;
    std::string query;
    uint64_t key = 0;
    Stamp stamp;
    int64_t made_us = 0;
    int64_t until_us = 0;
    Hits hits;
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  static constexpr size_t kCounters = 1024;
  static constexpr size_t kEverything = 0;  // the counter of every change

  static size_t counter_of(size_t which, std::string_view name);
  // The counter that stands for what this scope can see.
  static size_t counter_for(const Scope& scope, const Query& query);
  static uint64_t key_of(const Scope& scope, const Query& query);
  void erase(Entries::iterator entry);
  void note_expiry(int64_t expires_us);

  const int64_t capacity_;
  std::array<std::atomic<uint64_t>, kCounters> puts_{};
  std::atomic<uint64_t> removals_{0};
  std::atomic<uint64_t> moves_{0};
  std::atomic<uint64_t> rows_{0};
  std::atomic<int64_t> expiry_{0};  // not known at first: what is pending was not seen
  std::atomic<int64_t> hits_{0};
  std::atomic<int64_t> misses_{0};
  std::atomic<bool> empty_{true};  // no entry: forget_row() need not wait

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Entries entries_;  // the one used last first
  std::unordered_map<uint64_t, Entries::iterator> by_key_;
  std::unordered_multimap<int64_t, uint64_t> by_row_;  // the keys of those that show it
  int64_t bytes_ = 0;
};

}  // namespace memtier
