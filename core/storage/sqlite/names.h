// Names that the tables keep as numbers: scopes, and labels (types and tags). What was seen is
// remembered, within a limit; a number never comes to mean another name.
//
// Thread safety: ScopeTable any thread, each with its own connection. LabelTable is the folder's.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "model/scope.h"
#include "storage/sqlite/connection.h"

namespace memtier {

class ScopeTable {
 public:
  using ScopeRef = std::shared_ptr<const Scope>;

  // The number of exactly this scope; nullopt: nothing was ever filed under it.
  Result<std::optional<int64_t>> find(Connection& connection, const Scope& scope);
  // The same, making one where there is none; in a transaction.
  Result<int64_t> find_or_add(Connection& connection, const Scope& scope);
  Result<ScopeRef> scope(Connection& connection, int64_t number);
  // Once this is not 0, names may have been taken out of the table, and have got other numbers: from then
  // on their numbers are looked up each time. Borrowed.
  void set_removed(const std::atomic<uint64_t>* removed) { removed_ = removed; }
  // Forgets what was learned in a transaction that was rolled back.
  void clear();

 private:
  static constexpr size_t kMaxRemembered = 1 << 16;
  void remember(int64_t number, const Scope& scope);

  const std::atomic<uint64_t>* removed_ = nullptr;
  std::mutex mutex_;
  std::unordered_map<std::string, int64_t> numbers_;  // by all names; guarded by mutex_
  std::unordered_map<int64_t, ScopeRef> scopes_;      // guarded by mutex_
};

class LabelTable {
 public:
  Result<int64_t> find_or_add(Connection& connection, std::string_view text);
  void clear() { numbers_.clear(); }
  // As ScopeTable.
  void set_removed(const std::atomic<uint64_t>* removed) { removed_ = removed; }

 private:
  static constexpr size_t kMaxRemembered = 1 << 15;
  const std::atomic<uint64_t>* removed_ = nullptr;
  std::unordered_map<std::string, int64_t> numbers_;
};

}  // namespace memtier
