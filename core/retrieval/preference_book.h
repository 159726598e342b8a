// PreferenceBook: whose preferences are what, as the file has them. They belong to the app, user and agent
// that a scope names, whatever its session and collection.
//
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "model/preferences.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

class PreferenceBook {
 public:
  explicit PreferenceBook(SqliteStorage& storage) : storage_(storage) {}

  // Notes what is said of these items, all or nothing; also what others have noted meanwhile counts.
  Status add(const Scope& scope, std::span<const std::pair<ItemRef, double>> said, int64_t now_us);
  // Null: nothing was ever said.
  Result<std::shared_ptr<const Preferences>> find(const Scope& scope);
  // Where there are none, nothing happens.
  Status forget(const Scope& scope);
  // All that the scope's names allow, whoever else they belong to.
  Status forget_all_of(const Scope& pattern);

 private:
  static std::string key_of(const Scope& scope);
  static std::string owner_of(const Scope& scope);

  SqliteStorage& storage_;
  std::mutex mutex_;
  // SqliteStorage::table_changes() at which nobody had any preferences: mostly that is all there is to know.
  std::atomic<uint64_t> none_at_{UINT64_MAX};
  struct Known {
    uint64_t changes = 0;  // up to where the tables are known
    std::string text;
    std::shared_ptr<const Preferences> preferences;
  };
  std::map<std::string, Known> known_;  // guarded by mutex_
};

}  // namespace memtier
