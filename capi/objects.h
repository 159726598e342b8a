// What the handles refer to.
#pragma once

#include <memtier.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/patience.h"
#include "capi/handles.h"
#include "model/draft.h"
#include "store.h"

namespace memtier::capi {

// One copy of each ladder's names for the life of the process: an item's handle may outlive its store,
// and still knows the name of its tier. There are as many as there are different ladders.
const TierNames* intern_names(const TierNames& names);

// A handle on an item.
Result<void*> make_item_handle(ItemRef item, const TierNames* tiers);

struct ErrorObject final : HandleObject {
  static constexpr Kind kKind = Kind::kError;
  explicit ErrorObject(Status status_in) : status(std::move(status_in)) {}
  const Status status;
};

struct BytesObject final : HandleObject {
  static constexpr Kind kKind = Kind::kBytes;
  explicit BytesObject(std::string bytes_in) : bytes(std::move(bytes_in)) {}
  const std::string bytes;
};

struct CancelObject final : HandleObject {
  static constexpr Kind kKind = Kind::kCancel;
  mutable std::atomic<bool> tripped{false};
};

struct OptionsObject final : HandleObject {
  static constexpr Kind kKind = Kind::kOptions;
  mutable StoreOptions options;
};

// A store with the calls that are under way in it. Cursors hold a reference: the store is let go with
// the last of them.
class StoreObject final : public HandleObject {
 public:
  static constexpr Kind kKind = Kind::kStore;
  explicit StoreObject(std::unique_ptr<Store> store);
  Store& store() const { return *store_; }
  const TierNames* tiers() const { return tiers_; }
  // Waits for calls under way, then closes, and lets go what the store was given: whoever has ended a
  // call may not have dropped its reference yet. Where a cursor still holds the store, everything is
  // written now, and the file is let go with the last of them.
  Status close() const;
  void add_child() const { children_.fetch_add(1); }
  void remove_child() const { children_.fetch_sub(1); }

 private:
  friend class StoreCall;
  void enter() const {
    calls_.fetch_add(1, std::memory_order_seq_cst);
    Patience::begin(busy_timeout_us_);
  }
  void leave() const;

  mutable std::unique_ptr<Store> store_;  // null once it is closed
  const TierNames* const tiers_;
  const int64_t busy_timeout_us_;
  mutable std::atomic<int64_t> calls_{0};
  mutable std::atomic<int64_t> children_{0};  // cursors
  mutable std::mutex mutex_;
  mutable std::condition_variable idle_;
};

// A text of the library's, in a handle.
Status give_text(std::string text, memtier_bytes** out_bytes);
Status give_text(Result<std::string> text, memtier_bytes** out_bytes);

// One call in a store: from its handle to its end.
class StoreCall {
 public:
  static Result<StoreCall> begin(const memtier_store* handle);
  StoreCall(StoreCall&& other) noexcept = default;
  StoreCall& operator=(StoreCall&&) = delete;
  ~StoreCall() {
    if (object_) object_->leave();
  }
  Store* operator->() const { return &object_->store(); }
  const Ref<const StoreObject>& object() const { return object_; }
  const TierNames* tiers() const { return object_->tiers(); }

 private:
  explicit StoreCall(Ref<const StoreObject> object) : object_(std::move(object)) {}
  Ref<const StoreObject> object_;
};

struct ScopeObject final : HandleObject {
  static constexpr Kind kKind = Kind::kScope;
  std::array<std::string, Scope::kNames> names;
  Scope scope;
};

struct ItemBuilderObject final : HandleObject {
  static constexpr Kind kKind = Kind::kItemBuilder;
  Draft draft;
};

struct ItemsObject final : HandleObject {
  static constexpr Kind kKind = Kind::kItems;
  std::vector<Outcome> outcomes;
  const TierNames* tiers = nullptr;  // see intern_names
};

// What a callback extracts; lent to it while it runs.
struct KeysObject final : HandleObject {
  static constexpr Kind kKind = Kind::kKeys;
  explicit KeysObject(size_t items) : keys(items) {}
  mutable std::vector<KeyTable::Keys> keys;
};

struct CursorObject final : HandleObject {
  static constexpr Kind kKind = Kind::kCursor;
  explicit CursorObject(Ref<const StoreObject> store_in) : store(std::move(store_in)) {
    store->add_child();
  }
  ~CursorObject() override { store->remove_child(); }
  const Ref<const StoreObject> store;
  Scope scope;
  mutable ListRequest request;
  mutable int64_t shown = 0;
  mutable bool at_end = false;
};

struct QueryObject final : HandleObject {
  static constexpr Kind kKind = Kind::kQuery;
  explicit QueryObject(QueryRef query) : query_(std::move(query)) {}
  QueryRef query() const {
    const std::lock_guard lock(mutex_);
    return query_;
  }
  void set_query(QueryRef query) const {
    const std::lock_guard lock(mutex_);
    query_ = std::move(query);
  }

 private:
  mutable std::mutex mutex_;
  mutable QueryRef query_;  // guarded by mutex_
};

struct HitsObject final : HandleObject {
  static constexpr Kind kKind = Kind::kHits;
  Hits hits;
  std::vector<int64_t> ends;  // of each query's hits
  std::vector<double> importances;
  const TierNames* tiers = nullptr;  // see intern_names
};

struct TransitionsObject final : HandleObject {
  static constexpr Kind kKind = Kind::kTransitions;
  std::vector<Transition> rows;
  std::vector<std::string> tier_names;
  std::vector<memtier_slice> ids;
  std::vector<memtier_slice> froms;
  std::vector<memtier_slice> tos;
  std::vector<memtier_slice> reasons;
  std::vector<int64_t> times;
};

}  // namespace memtier::capi
