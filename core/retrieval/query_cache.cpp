#include "retrieval/query_cache.h"

#include <algorithm>

#include "base/hash.h"

namespace memtier {
namespace {

constexpr int64_t kEntryBytes = 512;  // of an entry, beside what it holds
constexpr size_t kMostText = 512;     // longer ones can have more words than are looked for
constexpr int64_t kMostPart = 8;      // one answer takes at most this part of the room

template <typename Asks>
bool any_test(const Filter& filter, Asks asks) {
  if (filter.kind == Filter::Kind::kTest) return asks(filter.test);
  return std::any_of(filter.children.begin(), filter.children.end(),
                     [&](const Filter& child) { return any_test(child, asks); });
}

// Fields that are counted behind the items' back.
bool asks_access(const Filter& filter) {
  return any_test(filter, [](const Test& test) {
    return test.field == Field::kAccessedUs || test.field == Field::kAccessCount;
  });
}

// Fields that change without a new version.
bool asks_live(const Filter& filter) {
  return any_test(filter, [](const Test& test) {
    return test.field == Field::kTier || test.field == Field::kValidationCount ||
           test.field == Field::kExpiresUs;
  });
}

}  // namespace

bool QueryCache::can_keep(const Query& query) {
  return query.can_keep && query.text.size() <= kMostText && !asks_index(*query.filter) &&
         !asks_access(*query.filter);
}

size_t QueryCache::counter_of(size_t which, std::string_view name) {
  return 1 + static_cast<size_t>(hash64(name, which)) % (kCounters - 1);
}

size_t QueryCache::counter_for(const Scope& scope, const Query& query) {
  // A prefix stands for words of the whole store.
  if (query.text.find('*') != std::string::npos) return kEverything;
  // The narrowest name, more or less; any that is given is right.
  for (const size_t which :
       {Scope::kSession, Scope::kAgent, Scope::kUser, Scope::kApp, Scope::kCollection}) {
    if (scope.constrains(which)) return counter_of(which, scope.name(which));
  }
  return kEverything;
}

uint64_t QueryCache::key_of(const Scope& scope, const Query& query) {
  return hash64(query.source, scope.hash());
}

QueryCache::Stamp QueryCache::stamp(const Scope& scope, const Query& query) const {
  Stamp stamp;
  stamp.names = puts_[counter_for(scope, query)].load(std::memory_order_acquire);
  stamp.removals = removals_.load(std::memory_order_acquire);
  stamp.moves = asks_live(*query.filter) ? moves_.load(std::memory_order_acquire) : 0;
  stamp.rows = rows_.load(std::memory_order_acquire);
  return stamp;
}

std::optional<Hits> QueryCache::find(const Scope& scope, const Query& query, int64_t now_us) {
  const uint64_t key = key_of(scope, query);
  const Stamp now = stamp(scope, query);
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    const auto entry = found->second;
    const bool same = entry->scope == scope && entry->query == query.source;
    const bool fresh = entry->stamp.names == now.names && entry->stamp.removals == now.removals &&
                       entry->stamp.moves == now.moves && now_us >= entry->made_us &&
                       (entry->until_us == 0 || now_us < entry->until_us);
    if (same && fresh) {
      entries_.splice(entries_.begin(), entries_, entry);
      hits_.fetch_add(1, std::memory_order_relaxed);
      return entry->hits;
    }
    erase(entry);
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

void QueryCache::put(const Scope& scope, const Query& query, const Stamp& stamp, int64_t now_us,
                     int64_t until_us, const Hits& hits) {
  Entry entry{scope, query.source, key_of(scope, query), stamp, now_us, until_us, hits, 0};
  entry.bytes = kEntryBytes + static_cast<int64_t>(query.source.size() + hits.explain.size());
  for (const ItemRef& item : hits.items) {
    entry.bytes +=
        static_cast<int64_t>(item->memory_bytes() + 3 * sizeof(double) + sizeof(ItemRef));
  }
  for (const std::string& snippet : hits.snippets) {
    entry.bytes += static_cast<int64_t>(snippet.size() + sizeof(std::string));
  }
  if (entry.bytes > capacity_ / kMostPart) return;
  const std::lock_guard lock(mutex_);
  empty_.store(false, std::memory_order_seq_cst);  // from here on forget_row() waits for the lock
  if (rows_.load(std::memory_order_seq_cst) != stamp.rows) {
    empty_.store(entries_.empty(), std::memory_order_release);
    return;
  }
  const auto old = by_key_.find(entry.key);
  if (old != by_key_.end()) erase(old->second);
  while (bytes_ + entry.bytes > capacity_ && !entries_.empty()) erase(std::prev(entries_.end()));
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  const Entry& kept = entries_.front();
  by_key_[kept.key] = entries_.begin();
  for (const ItemRef& item : kept.hits.items) by_row_.emplace(item->row(), kept.key);
  empty_.store(false, std::memory_order_release);  // what was erased may have been the last
}

void QueryCache::erase(Entries::iterator entry) {
  for (const ItemRef& item : entry->hits.items) {
    const auto [begin, end] = by_row_.equal_range(item->row());
    for (auto at = begin; at != end; ++at) {
      if (at->second != entry->key) continue;
      by_row_.erase(at);
      break;
    }
  }
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
  empty_.store(entries_.empty(), std::memory_order_release);
}

void QueryCache::on_change(const Change& change) {
  switch (change.kind) {
    case WriteOp::Kind::kPut:
      if (!change.item) return on_reset();  // too large for the journal: nobody knows its names
      note_expiry(change.item->expires_us());
      for (size_t which = 0; which < Scope::kNames; ++which) {
        const std::string_view name =
            change.item->text(static_cast<Text>(static_cast<size_t>(Text::kCollection) + which));
        if (name.empty()) continue;
        puts_[counter_of(which, name)].fetch_add(1, std::memory_order_acq_rel);
      }
      puts_[kEverything].fetch_add(1, std::memory_order_acq_rel);
      return;
    case WriteOp::Kind::kVector:
      return;  // of words it says nothing
    case WriteOp::Kind::kRefresh:
      note_expiry(change.value);
      [[fallthrough]];
    case WriteOp::Kind::kMove:
    case WriteOp::Kind::kValidate:
      moves_.fetch_add(1, std::memory_order_acq_rel);
      return forget_row(change.row);
    case WriteOp::Kind::kRemove:
      removals_.fetch_add(1, std::memory_order_acq_rel);
  }
}

// Moves and validations leave an expiry, or begin a TTL anew, later than it ended before.
void QueryCache::note_expiry(int64_t expires_us) {
  if (expires_us == 0) return;
  int64_t soonest = expiry_.load(std::memory_order_acquire);
  while (expires_us < soonest && !expiry_.compare_exchange_weak(soonest, expires_us)) {
  }
}

void QueryCache::on_reset() {
  expiry_.store(0, std::memory_order_seq_cst);
  removals_.fetch_add(1, std::memory_order_acq_rel);
}

void QueryCache::forget_row(int64_t row) {
  rows_.fetch_add(1, std::memory_order_seq_cst);
  if (empty_.load(std::memory_order_seq_cst)) return;
  const std::lock_guard lock(mutex_);
  for (auto at = by_row_.find(row); at != by_row_.end(); at = by_row_.find(row)) {
    erase(by_key_.at(at->second));
  }
}

QueryCacheStatistics QueryCache::statistics() const {
  const std::lock_guard lock(mutex_);
  return {hits_.load(), misses_.load(), static_cast<int64_t>(entries_.size()), bytes_};
}

}  // namespace memtier
