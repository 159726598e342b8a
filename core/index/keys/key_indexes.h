// KeyIndexes: the indexes of one store handle whose keys a callback extracts. Each follows the items
// through the table `changes`: before it is asked it reads what has changed since, in the transaction of
// who asks, and has the keys of these items extracted, on that thread and without a lock. So it sees what
// the transaction shows, no more and no less, whoever wrote it.
//
// Thread safety: any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/control.h"
#include "index/keys/key_table.h"
#include "storage/sqlite/filter_binder.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

// The keys of each of these items, in their order.
using KeyExtractor =
    std::function<Status(std::span<const ItemRef> items, std::vector<KeyTable::Keys>* out_keys)>;

class KeyIndexes final : public FilterBinder {
 public:
  struct Info {
    std::string name;
    int64_t entries = 0;
  };

  // `limit_bytes` of RAM for all of them.
  KeyIndexes(SqliteStorage& storage, int64_t limit_bytes)
      : storage_(storage), limit_bytes_(limit_bytes) {}

  // Registers an index and fills it; stopped or failed, it is not there. kExists, kLimit.
  Status create(const std::string& name, KeyExtractor extractor, Control& control);
  // False: there is none of this name.
  bool drop(std::string_view name);
  std::vector<Info> list() const;
  bool contains(std::string_view name) const;
  int64_t memory_bytes() const;

  Result<FilterRef> bind(Connection& connection, const Filter& filter) override;
  // For who reads in a transaction of its own afterwards.
  Result<FilterRef> bind_now(const FilterRef& filter);

 private:
  struct Index {
    int64_t memory_bytes() {
      const std::lock_guard lock(mutex);
      return table.memory_bytes();
    }

    std::string name;
    KeyExtractor extractor;
    std::mutex mutex;
    KeyTable table;        // guarded by mutex
    int64_t sequence = 0;  // what it has seen of the changes; guarded by mutex
  };
  struct Extracted {
    std::vector<std::pair<int64_t, KeyTable::Keys>> rows;
    int64_t until = 0;
  };

  std::shared_ptr<Index> find(std::string_view name) const;
  Result<bool> catch_up(Connection& connection, Index& index, int64_t limit);
  Result<Extracted> extract(Connection& connection, const Index& index, int64_t from,
                            int64_t until);
  Status check_room(Index& index, const Extracted& extracted) const;
  Status bind_tests(Connection& connection, Filter* filter, bool* again);

  SqliteStorage& storage_;
  const int64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Index>, std::less<>> indexes_;  // guarded by mutex_
};

}  // namespace memtier
