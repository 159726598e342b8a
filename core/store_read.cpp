#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/epoch.h"
#include "base/patience.h"
#include "store.h"

namespace memtier {
namespace {

constexpr int64_t kMaxPageItems = 100'000;
constexpr size_t kFewCandidates = 2;  // enough to know that an id is ambiguous

// A refresh is worth a write only if it moves the end of life by a sixteenth of the TTL.
constexpr int64_t kRefreshPart = 16;

constexpr size_t kPromotionBatch = 256;      // items that a callback is asked about at once
constexpr size_t kMaxDeferred = 1024;        // writes that reads asked for
constexpr int64_t kDeferredWaitUs = 50'000;  // of the call that makes up for them

bool is_exact(const Scope& scope) {
  return scope.name(Scope::kCollection) != kAllCollections;
}

// Whether the scope leaves any name open, so that other items may be meant.
bool is_open(const Scope& scope) {
  for (size_t i = 0; i < Scope::kNames; ++i) {
    if (!scope.constrains(i)) return true;
  }
  return false;
}

Status no_such_item(std::string_view id) {
  return not_found("item \"" + std::string(id) + "\" does not exist in this scope");
}

}  // namespace

const Item* Store::peek_hot(const Scope& scope, std::string_view id, int64_t* out_now_us) {
  // A clock of the user's own must not be called under the epoch guard that the caller holds.
  if (options_.clock || storage_->behind() || co_access_->is_on() || prefetcher_->is_on())
    return nullptr;
  const Item* item = residency_->map().peek(ItemKey(scope, id));
  // What a read may move or prolong goes the longer way.
  if (item == nullptr || item->tier() != 0 || item->header().ttl_us != kNoTtl) return nullptr;
  const int64_t now = system_now_us(item->expires_us() != 0);
  if (item->is_expired(now)) return nullptr;
  *out_now_us = now;
  return item;
}

ItemRef Store::get_hot(const Scope& scope, std::string_view id) {
  int64_t now = 0;
  const Item* item = peek_hot(scope, id, &now);
  if (item == nullptr || !item->try_ref()) return {};
  ItemRef ref = ItemRef::adopt(item);
  access_.count_resident(*ref, now);
  counters_.add(kResidentHits);
  return ref;
}

Code Store::copy_hot(const Scope& scope, std::string_view id, char* buffer, size_t size,
                     size_t* out_size) {
  int64_t now = 0;
  const Item* item = peek_hot(scope, id, &now);
  if (item == nullptr) return Code::kNotFound;
  *out_size = item->image().size();
  if (*out_size > size) return Code::kTooSmall;
  access_.count_resident(*item, now);
  counters_.add(kResidentHits);
  item->copy_image(buffer);
  return Code::kOk;
}

Result<ItemRef> Store::get(const Scope& scope, std::string_view id) {
  size_t size = 0;
  return get_if_fits(scope, id, SIZE_MAX, &size);
}

Result<ItemRef> Store::get_if_fits(const Scope& scope, std::string_view id, size_t size,
                                   size_t* out_size) {
  std::vector<ItemRef> read;
  ASSIGN_OR_RETURN(ItemRef item, get_item(scope, id, size, out_size, &read));
  if (!read.empty()) RETURN_IF_ERROR(decide_promotions(&read));
  return item;
}

Result<ItemRef> Store::get_item(const Scope& scope, std::string_view id, size_t size,
                                size_t* out_size, std::vector<ItemRef>* out_read) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  if (storage_->behind()) RETURN_IF_ERROR(storage_->refresh());
  const ItemKey key(scope, id);
  const auto count = [&](const ItemRef& item, bool is_resident) {
    const bool rises = count_read(item, is_resident, now);
    if (options_.promotion_callback && !rises && engine_->can_rise(*item))
      out_read->push_back(item);
  };
  const auto fits = [&](const ItemRef& item) {
    *out_size = item->image().size();
    return *out_size <= size;
  };
  if (ItemRef item = resident(key); item && !item->is_expired(now)) {
    if (!fits(item)) return ItemRef();
    if (prefetcher_->is_on()) prefetcher_->note_hit(item->row());
    count(item, true);
    return item;
  }
  const uint64_t stamp = residency_->stamp(key.hash);
  auto found = resolve(scope, id, now);
  if (!found.ok()) {
    if (found.code() == Code::kNotFound) counters_.add(kMisses);
    return found.take_status();
  }
  ItemRef item = std::move(found).value();
  if (item->is_damaged()) return item->damage();
  if (query_cache_) query_cache_->forget_row(item->row());  // what it shows of reads changes
  if (!fits(item)) return ItemRef();
  bool is_resident = false;
  if (item->key_hash() == key.hash) {
    is_resident = residency_->admit(item, stamp);
  } else if (ItemRef other = resident(ItemKey(item->scope(), item->id()))) {
    item = std::move(other);  // of a narrower scope than the one given
    is_resident = true;
  }
  count(item, is_resident);
  if (prefetcher_->is_on()) prefetch_behind(*item);
  return item;
}

// Brings into RAM what is likely to be read next. It is not worth failing for.
void Store::prefetch_behind(const Item& item) {
  for (const Prefetcher::Next& next : prefetcher_->after(item.row())) {
    // One by one: taking one in may change the stamp of another.
    const uint64_t stamp = residency_->stamp(next.key_hash);
    {
      const EpochGuard guard;
      if (residency_->map().peek_row(next.key_hash, next.row) != nullptr) continue;
    }
    auto found = storage_->find_rows({&next.row, 1});
    if (!found.ok()) return;
    const ItemRef& near = (*found)[0];
    if (!near || near->is_damaged()) continue;
    if (residency_->admit_guest(near, stamp)) prefetcher_->note_fetched(next.row);
  }
}

// The item that a call for one id means: exactly the scope's, else the only one that it allows.
Result<ItemRef> Store::resolve(const Scope& scope, std::string_view id, int64_t now_us) {
  if (storage_->behind()) RETURN_IF_ERROR(storage_->refresh());
  const ItemKey key(scope, id);
  if (is_exact(scope)) {
    if (ItemRef item = resident(key); item && !item->is_expired(now_us)) return item;
    ASSIGN_OR_RETURN(ItemRef item, storage_->find(key));
    if (item && !item->is_expired(now_us)) return item;
  }
  if (!is_open(scope)) return no_such_item(id);
  const ReadScope read{&scope, now_us};
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items,
                   storage_->find_by_id(read, id, kFewCandidates));
  if (items.empty()) return no_such_item(id);
  if (items.size() > 1) {
    return Status(Code::kAmbiguous, "item \"" + std::string(id) +
                                        "\" exists more than once in this scope; narrow it, for "
                                        "example with the session");
  }
  return items[0];
}

bool Store::count_read(const ItemRef& item, bool resident, int64_t now_us) {
  if (co_access_->is_on()) co_access_->note(*item, now_us);
  if (prefetcher_->is_on()) prefetcher_->note(*item, now_us);
  const int32_t tier = item->tier();
  const Counter first = resident ? kResidentHits : kStoredHits;
  counters_.add(first + static_cast<size_t>(tier));
  std::optional<std::pair<int32_t, Reason>> up;
  if (resident) {
    access_.count_resident(*item, now_us);
    up = engine_->promotion(*item, now_us,
                            [&](int64_t reads) { return item->note_read(now_us, reads); });
  } else {
    const int64_t reads = ladder().tiers[static_cast<size_t>(tier)].promote.reads.value_or(1);
    const int64_t since_us = access_.count_cold(*item, now_us, reads);
    up = engine_->promotion(*item, now_us, [since_us](int64_t) { return since_us; });
  }
  if (up) write_behind(WriteOp::move(item, up->first, up->second), now_us);
  const int64_t ttl_us = item->header().ttl_us;
  const int64_t anew_us = add_time_us(now_us, ttl_us);
  if (options_.ttl_refresh_on_read && ttl_us != kNoTtl && !item->pinned() &&
      anew_us > add_time_us(item->expires_us(), ttl_us / kRefreshPart)) {
    write_behind(WriteOp::refresh(item, anew_us), now_us);
  }
  return up.has_value();
}

Status Store::decide_promotions(std::vector<ItemRef>* read) {
  const std::vector<ItemRef> items = std::exchange(*read, {});
  if (items.empty()) return {};
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  std::vector<ItemHead> heads;
  heads.reserve(items.size());
  for (const ItemRef& item : items) heads.push_back(head_of(*item, item->tier(), true));
  std::vector<int32_t> chosen(items.size(), 0);
  for (size_t at = 0; at < items.size(); at += kPromotionBatch) {
    const size_t count = std::min(kPromotionBatch, items.size() - at);
    RETURN_IF_ERROR(options_.promotion_callback(std::span(heads).subspan(at, count), now,
                                                std::span(chosen).subspan(at, count)));
  }
  for (size_t i = 0; i < items.size(); ++i) {
    if (chosen[i] == 0) continue;
    WriteOp up = WriteOp::move(items[i], heads[i].tier - 1, Reason::kCallback);
    up.from = heads[i].tier;  // the same item may have been read twice
    write_behind(std::move(up), now);
  }
  return {};
}

void Store::write_behind(WriteOp operation, int64_t now_us) {
  const Status done = storage_->commit({&operation, 1}, Durability::kNormal, now_us, false);
  if (done.code() == Code::kBusy) {
    operation.status = Status();
    const std::lock_guard lock(deferred_mutex_);
    if (deferred_.size() >= kMaxDeferred) return;  // the next read of the item asks again
    deferred_.push_back(std::move(operation));
    has_deferred_.store(true);
    return;
  }
  if (!done.ok() || !operation.status.ok()) return;
  if (operation.kind == WriteOp::Kind::kRefresh) operation.current->set_expires_us(operation.value);
  if (operation.kind == WriteOp::Kind::kMove) (void)settle(Durability::kNormal, now_us, false);
}

void Store::write_deferred() {
  std::vector<WriteOp> operations;
  {
    const std::lock_guard lock(deferred_mutex_);
    operations.swap(deferred_);
    has_deferred_.store(false);
  }
  auto now = read_clock();
  if (operations.empty() || !now.ok()) return;
  const Patience briefly(kDeferredWaitUs);
  const Status done = storage_->commit(operations, Durability::kNormal, *now, true);
  bool moved = false;
  for (WriteOp& operation : operations) {
    if (operation.status.ok()) {
      moved |= operation.kind == WriteOp::Kind::kMove;
      const bool prolongs = operation.kind == WriteOp::Kind::kRefresh;
      if (prolongs) operation.current->set_expires_us(operation.value);
    } else if (operation.status.code() == Code::kBusy) {
      operation.status = Status();
      const std::lock_guard lock(deferred_mutex_);
      if (deferred_.size() < kMaxDeferred) deferred_.push_back(std::move(operation));
      has_deferred_.store(true);
    }
  }
  if (moved) (void)settle(Durability::kNormal, *now, false);
}

Result<bool> Store::exists(const Scope& scope, std::string_view id) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  auto found = resolve(scope, id, now);
  if (found.ok() || found.code() == Code::kAmbiguous) return true;
  if (found.code() == Code::kNotFound) return false;
  return found.take_status();
}

Result<std::vector<Outcome>> Store::get_many(const Scope& scope,
                                             std::span<const std::string_view> ids,
                                             Control& control) {
  constexpr size_t kCheckEvery = 256;
  Control guard = guarded(control);
  const auto total = static_cast<int64_t>(ids.size());
  std::vector<Outcome> outcomes(ids.size());
  std::vector<ItemRef> read;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i % kCheckEvery == 0) {
      RETURN_IF_ERROR(guard.report(static_cast<int64_t>(i), total));
    }
    size_t size = 0;
    auto item = get_item(scope, ids[i], SIZE_MAX, &size, &read);
    if (item.ok()) {
      outcomes[i].item = std::move(item).value();
      continue;
    }
    outcomes[i].status = item.take_status();
    // An answer about one id is its own; an accident is everybody's.
    const Code code = outcomes[i].status.code();
    const bool answer = code == Code::kNotFound || code == Code::kAmbiguous ||
                        code == Code::kCorrupt || code == Code::kInvalid;
    if (!answer) return std::move(outcomes[i].status);
  }
  RETURN_IF_ERROR(decide_promotions(&read));
  RETURN_IF_ERROR(guard.finish(total, total));
  return outcomes;
}

Result<int64_t> Store::count(const Scope& scope, const FilterRef& filter, Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  ASSIGN_OR_RETURN(const int64_t count, storage_->count({&scope, now}, filter, guard.stop_check()));
  RETURN_IF_ERROR(guard.finish(count, count));
  return count;
}

Result<Page> Store::list(const Scope& scope, const ListRequest& request, int64_t max_items,
                         const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return storage_->list({&scope, now}, request, max_items, control.stop_check());
}

Result<std::string> Store::explain_list(const Scope& scope, const ListRequest& request,
                                        Control& control) {
  constexpr int64_t kPageItems = 100;
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  const ReadScope read{&scope, now};
  const int64_t items = request.limit == 0 ? kPageItems : std::min(request.limit, kMaxPageItems);
  Json explanation = Json::object();
  const auto timed = [&](const char* name, const auto& run) -> Status {
    Json part;
    const int64_t begin_us = monotonic_us();
    RETURN_IF_ERROR(run(&part));
    part["elapsed_us"] = monotonic_us() - begin_us;
    explanation[name] = std::move(part);
    return {};
  };
  RETURN_IF_ERROR(timed("list", [&](Json* part) {
    return storage_->list(read, request, items, guard.stop_check(), part).take_status();
  }));
  RETURN_IF_ERROR(timed("count", [&](Json* part) {
    return storage_->count(read, request.filter, guard.stop_check(), part).take_status();
  }));
  RETURN_IF_ERROR(guard.finish(1, 1));
  return explanation.dump();
}

Result<Hits> Store::search(const Scope& scope, const Query& query, const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  counters_.add(kSearches);
  const ReadScope read{&scope, now};
  const StopCheck& stop = control.stop_check();
  if (!query_cache_ || !QueryCache::can_keep(query)) return search_anew(query, read, stop);
  if (query.ranking.weight(Signal::kPreference) > 0) {
    // Feedback does not come through the journal: where there is some, nothing is kept.
    ASSIGN_OR_RETURN(const auto preferences, preferences_->find(scope));
    if (preferences) return search_anew(query, read, stop);
  }
  // What others have written meanwhile is read first, so that nothing older is shown.
  if (storage_->behind()) RETURN_IF_ERROR(storage_->refresh());
  if (auto known = query_cache_->find(scope, query, now)) return std::move(*known);
  const QueryCache::Stamp stamp = query_cache_->stamp(scope, query);
  ASSIGN_OR_RETURN(const int64_t until, next_expiry(now));
  ASSIGN_OR_RETURN(Hits hits, search_anew(query, read, stop));
  // Those in RAM follow the store: their tier, and how often they were read.
  for (ItemRef& item : hits.items) {
    ItemRef live = resident(ItemKey(item->scope(), item->id()));
    if (live && live->header().sequence == item->header().sequence) item = std::move(live);
  }
  query_cache_->put(scope, query, stamp, now, until, hits);
  return hits;
}

// When the next item expires, or sooner; 0: none does. The tables know of those that were folded, the
// cache of those that it has seen written.
Result<int64_t> Store::next_expiry(int64_t now_us) {
  const std::lock_guard lock(expiry_mutex_);  // nobody looks between the next two calls of another
  int64_t written = query_cache_->next_expiry();
  if (written <= now_us) {
    query_cache_->forget_expiry();
    RETURN_IF_ERROR(storage_->drain());
    written = query_cache_->next_expiry();
  }
  ASSIGN_OR_RETURN(const int64_t folded, storage_->next_expiry(now_us));
  const int64_t next = folded == 0 ? written : std::min(folded, written);
  return next == INT64_MAX ? 0 : next;
}

Result<Hits> Store::search_anew(const Query& query, const ReadScope& read, const StopCheck& stop) {
  if (query.meaning) {
    ASSIGN_OR_RETURN(const Query asked, with_meaning(query, stop));
    return search_as(asked, read, stop);
  }
  if (derived_ && !query.vector.empty() &&
      (query.space.empty() || query.space == embedder_->name())) {
    // An embedder that fails is not what was asked for: what has a vector is found.
    Status status = bring_vectors_up(stop);
    if (status.code() == Code::kCancelled) return status;
    if (!status.ok()) options_.log.write(LogLevel::kWarning, "embedder: " + status.message());
  }
  return search_as(query, read, stop);
}

Result<Hits> Store::search_as(const Query& query, const ReadScope& read, const StopCheck& stop) {
  const auto run = [&](const Query& asked) {
    auto hits =
        run_search(*storage_, {*text_index_, *vector_index_, *links_, *preferences_, tier_names()},
                   asked, read, stop);
    if (!asked.vector.empty()) maintain_vectors();
    return hits;
  };
  if (!asks_index(*query.filter)) return run(query);
  // The text index reads under a lock of its own, so callbacks are asked before.
  Query bound = query;
  ASSIGN_OR_RETURN(bound.filter, key_indexes_->bind_now(query.filter));
  return run(bound);
}

Result<std::vector<Transition>> Store::transitions(const Scope& scope, std::string_view id,
                                                   int64_t since_us, size_t limit) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return storage_->transitions({&scope, now}, id, since_us, limit);
}

}  // namespace memtier
