// Where conversations end, as far as this process knows: so that to append a turn is one write and no read.
// What it says can be out of date; whoever writes by it asks the storage to refuse what is there already.
//
// Thread safety: everything, any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "model/item.h"
#include "model/scope.h"

namespace memtier {

struct ConversationEnd {
  int64_t sequence = 0;    // the highest number ever given; 0: none
  int64_t created_us = 0;  // of the turn that has it
};

// The item that a conversation has once something of it was replaced.
struct ConversationHead {
  ItemRef item;               // null: nothing ever was
  int64_t last_sequence = 0;  // the highest number given when it was written
  // Of the conversation that ends so.
  int64_t version(const ConversationEnd& end) const;
};

class ConversationEnds {
 public:
  std::optional<ConversationEnd> find(const Scope& scope) const {
    const std::lock_guard lock(mutex_);
    const auto found = ends_.find(scope.hash());
    if (found == ends_.end() || !(found->second.first == scope)) return std::nullopt;
    return found->second.second;
  }
  // Of two threads that come with different news the later turn wins.
  void raise(const Scope& scope, const ConversationEnd& end) {
    const std::lock_guard lock(mutex_);
    if (ends_.size() >= kMostRemembered) ends_.clear();
    auto& entry = ends_[scope.hash()];
    if (entry.first == scope && entry.second.sequence >= end.sequence) return;
    entry = {scope, end};
  }
  void forget(const Scope& scope) {
    const std::lock_guard lock(mutex_);
    ends_.erase(scope.hash());
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    ends_.clear();
  }

 private:
  static constexpr size_t kMostRemembered = 4096;
  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, std::pair<Scope, ConversationEnd>> ends_;
};

}  // namespace memtier
