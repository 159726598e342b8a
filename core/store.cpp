#include "store.h"

#include <ctime>

#include <algorithm>

#include "base/epoch.h"
#include "base/patience.h"

namespace memtier {
namespace {

constexpr int64_t kFoldSoonCommits = 8192;    // then the background thread is woken to fold
constexpr int64_t kFoldInlineCommits = 8192;  // without one, the writer itself folds
constexpr int64_t kBusyDelayUs = 200'000;     // between folds while writes come in
constexpr int64_t kIdleDelayUs = 5'000'000;
constexpr int64_t kMinResidentBytes = 4 << 20;

// Of the memory limit a quarter is the database's cache; the journal's changes take up to one and a
// half times its size in RAM; a sixteenth is what the allocator loses; the rest is for resident items.
int64_t cache_bytes(const StoreOptions& options) {
  return options.memory_limit_bytes / 4;
}

// Another quarter is the word index's: what it read last, what is recent, and what it merges.
TextIndexSettings index_settings(const StoreOptions& options) {
  constexpr uint64_t kBytesPerDocument = 768;  // of what is recent, lists included
  constexpr uint64_t kMiB = 1 << 20;
  const auto part = static_cast<uint64_t>(options.memory_limit_bytes) / 16;
  TextIndexSettings settings;
  settings.cache_bytes = part;
  settings.recent_item_bytes = part / 2;
  settings.segment_bytes = part;
  settings.segment_documents = std::min(settings.segment_documents, part / kBytesPerDocument);
  // A merge has what it makes in RAM, for a moment twice.
  settings.max_segment_bytes = std::clamp<uint64_t>(part, kMiB, 64 * kMiB);
  return settings;
}

// An eighth is for the links of items, and as long as these are not asked for, for nobody.
int64_t link_bytes(const StoreOptions& options) {
  return options.memory_limit_bytes / 8;
}

// A quarter is for what folding takes. With smaller batches pages are written more often.
size_t fold_batch(const StoreOptions& options) {
  constexpr int64_t kLimitOfOne = 16 << 10;
  return static_cast<size_t>(
      std::clamp<int64_t>(options.memory_limit_bytes / kLimitOfOne, 1024, 20'000));
}

int64_t resident_limit(const StoreOptions& options) {
  const int64_t pending = options.journal_bytes + options.journal_bytes / 2;
  return std::max(kMinResidentBytes, options.memory_limit_bytes - cache_bytes(options) * 2 -
                                         options.memory_limit_bytes / 16 - pending);
}

}  // namespace

Store::Store(StoreOptions options)
    : options_(std::move(options)),
      ids_(static_cast<uint64_t>(options_.random_seed)),
      maintenance_(maintenance_jobs()) {}

Result<std::unique_ptr<Store>> Store::open(const std::string& path, StoreOptions options) {
  if (options.eviction_order == EvictionOrder::kCallback && !options.eviction_callback) {
    return invalid("options: the eviction order is CALLBACK, but no eviction callback is set");
  }
  const Patience call(options.busy_timeout_ms * 1000);
  auto store = std::unique_ptr<Store>(new Store(std::move(options)));
  store->closed_ = true;
  RETURN_IF_ERROR(store->start(path));
  store->closed_ = false;
  return store;
}

Status Store::start(const std::string& path) {
  RETURN_IF_ERROR(open_embedder());  // before a file is made
  SqliteSettings settings;
  settings.path = path;
  settings.create = options_.create;
  settings.ladder = options_.ladder;
  settings.change_ladder = options_.change_ladder;
  if (settings.change_ladder) {
    ASSIGN_OR_RETURN(settings.now_us, read_clock());
  }
  settings.tokenizer = options_.tokenizer;
  settings.journal_bytes = options_.journal_bytes;
  settings.cache_bytes = cache_bytes(options_);
  settings.fold_batch = fold_batch(options_);
  settings.busy_timeout_ms = options_.busy_timeout_ms;
  settings.reader_count = options_.reader_count;
  settings.transition_limit = options_.transition_limit;
  settings.archive_grace_us = options_.archive_grace_us;
  settings.compress_threshold_bytes = options_.compress_threshold_bytes;
  // Without a background thread nobody would commit what waits.
  settings.relaxed_interval_us = options_.background ? options_.relaxed_interval_ms * 1000 : 0;
  settings.keep_snapshots = options_.background;
  auto opened = SqliteStorage::open(settings);
  if (opened.code() == Code::kConflict && settings.change_ladder) {
    RETURN_IF_ERROR(fold_leftovers(path));
    opened = SqliteStorage::open(settings);
  }
  if (!opened.ok()) return opened.take_status();
  storage_ = std::move(opened).value();
  residency_ = std::make_unique<Residency>(storage_->ladder(), resident_limit(options_));
  engine_ = std::make_unique<LadderEngine>(storage_->ladder(), *residency_, options_.eviction_order,
                                           options_.eviction_callback);
  engine_->set_storage(storage_.get());
  const auto tokenizer = tokenizer_by_name(storage_->tokenizer());
  if (!tokenizer) {
    return {Code::kNewerFormat, "store: its tokenizer \"" + storage_->tokenizer() +
                                    "\" is not known to this version; update memtier"};
  }
  text_index_ =
      std::make_unique<InvertedTextIndex>(*storage_, *tokenizer, index_settings(options_));
  vector_index_ = std::make_unique<VectorIndex>(
      *storage_, VectorIndexSettings{static_cast<size_t>(options_.memory_limit_bytes) / 4});
  key_indexes_ = std::make_unique<KeyIndexes>(*storage_, options_.memory_limit_bytes / 8);
  links_ = std::make_unique<LinkGraph>(*storage_, link_bytes(options_),
                                       options_.link_half_life_seconds * kSecondUs);
  preferences_ = std::make_unique<PreferenceBook>(*storage_);
  co_access_ = std::make_unique<CoAccess>(options_.learn_links);
  prefetcher_ = std::make_unique<Prefetcher>(options_.prefetch);
  storage_->set_filter_binder(key_indexes_.get());
  if (options_.query_cache_bytes > 0) {
    query_cache_ = std::make_unique<QueryCache>(options_.query_cache_bytes);
  }
  followers_.add(text_index_.get());
  RETURN_IF_ERROR(open_derived());
  RETURN_IF_ERROR(storage_->attach(this, &followers_));
  if (storage_->ladder_changed()) RETURN_IF_ERROR(fit_into_ladder());
  counting_ = true;
  if (options_.background) {
    worker_.start([this] { return background_step(); });
    index_worker_.start([this] { return index_step(); });
    if (derived_) embed_worker_.start([this] { return embed_step(); });
    if (options_.maintenance_interval_ms > 0) {
      maintenance_worker_.start([this] { return maintenance_step(); });
    }
  }
  return {};
}

// What a process that is gone left in the journal goes into the tables, by the ladder that it knew.
Status Store::fold_leftovers(const std::string& path) {
  StoreOptions options;
  options.background = false;
  options.embedder = EmbedderKind::kNone;
  options.busy_timeout_ms = options_.busy_timeout_ms;
  options.transition_limit = options_.transition_limit;
  options.compress_threshold_bytes = options_.compress_threshold_bytes;
  options.clock = options_.clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::open(path, std::move(options)));
  return store->close();
}

// Tiers of another ladder may be smaller.
Status Store::fit_into_ladder() {
  ASSIGN_OR_RETURN(const int64_t now, read_clock());
  // The ladder has changed by now: what stays over a tier's capacity goes down after the next write.
  Status relieved = engine_->relieve(Durability::kNormal, now, true);
  if (!relieved.ok()) {
    options_.log.write(LogLevel::kWarning, "making room in a tier: " + relieved.message());
  }
  options_.log.write(LogLevel::kInfo, "the store has another ladder now: " + ladder_json());
  return storage_->fold(true);
}

Store::~Store() {
  if (!closed_) (void)close();
  if (closing_.load() || !storage_) return;
  // Opening failed half-way: what the storage folds at its end goes through what is let go before it.
  maintenance_worker_.stop();
  worker_.stop();
  index_worker_.stop();
  embed_worker_.stop();
  (void)storage_->close(nullptr);
}

Status Store::close() {
  const Patience call(options_.busy_timeout_ms * 1000);
  closed_ = true;
  closing_ = true;
  let_go_policies();
  maintenance_worker_.stop();
  worker_.stop();
  index_worker_.stop();
  if (has_deferred_.load()) write_deferred();
  embed_worker_.stop();
  Status access = flush_access();
  if (!access.ok())
    options_.log.write(LogLevel::kWarning, "access statistics: " + access.message());
  Status left;
  Status status = storage_->close(&left);
  if (!left.ok()) {
    options_.log.write(LogLevel::kWarning,
                       "close: what was written last stands in the journal, which stays beside the "
                       "file for the next to open: " +
                           left.message());
  }
  return status;
}

Status Store::flush_for_close() {
  let_go_policies();
  const Patience call(options_.busy_timeout_ms * 1000);
  RETURN_IF_ERROR(flush_access());
  return storage_->flush();
}

Status Store::flush(Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  RETURN_IF_ERROR(flush_access());
  return storage_->flush();
}

// What reads have taught, with the access statistics.
Status Store::flush_learned() {
  if (!co_access_->is_on()) return {};
  const std::vector<LearnedPair> pairs = co_access_->take();
  if (pairs.empty()) return {};
  // It is not worth failing for: where the clock or the file fails, nothing was learned.
  auto now = now_us();
  Status status = now.ok() ? links_->learn(pairs, *now) : now.take_status();
  if (!status.ok()) options_.log.write(LogLevel::kWarning, "learned links: " + status.message());
  return {};
}

Status Store::flush_access() {
  RETURN_IF_ERROR(flush_learned());
  if (!access_.has_pending()) return {};
  RETURN_IF_ERROR(storage_->drain());
  const std::vector<AccessDelta> deltas = access_.take();
  Status status = storage_->write_access(deltas);
  if (!status.ok()) access_.count_dropped(static_cast<int64_t>(deltas.size()));
  return status;
}

int64_t Store::background_step() {
  const auto tell = [this](const char* what, const Status& status) {
    if (status.ok() || status.code() == Code::kBusy) return;
    options_.log.write(LogLevel::kError, std::string(what) + ": " + status.message());
  };
  if (has_deferred_.load()) write_deferred();
  auto waiting = storage_->publish_relaxed(false);
  const bool relaxed_waits = waiting.ok() && *waiting;
  tell("relaxed writes", waiting.take_status());
  if (unfolded_.exchange(0) > 0 || storage_->pending_changes() > 0) {
    tell("fold", storage_->fold(true));
    index_worker_.wake_if_sleeping_over(kBusyDelayUs);
    embed_worker_.wake_if_sleeping_over(kBusyDelayUs);
  }
  tell("known ids", storage_->learn_ids([this]() -> Status {
    return closing_.load() ? Status(Code::kBusy, "the store is being closed") : Status();
  }));
  const int64_t now_us = monotonic_us();
  if (access_.has_pending() && now_us >= access_due_us_) {
    tell("access statistics", flush_access());
    access_due_us_ = monotonic_us() + options_.access_interval_ms * 1000;
  }
  storage_->end_snapshots();
  if (relaxed_waits) return options_.relaxed_interval_ms * 1000;
  if (unfolded_.load() > 0) return kBusyDelayUs;
  return std::min(kIdleDelayUs, options_.access_interval_ms * 1000);
}

int64_t Store::index_step() {
  while (vector_index_->needs_maintenance() && !closing_.load() &&
         vector_index_->maintain([this] { return closing_.load(); })) {
  }
  if (links_->wants_warming()) {
    const auto stop = [this] {
      return closing_ ? Status(Code::kCancelled, "the store is being closed") : Status();
    };
    Status warmed = links_->warm(stop);
    if (!warmed.ok()) options_.log.write(LogLevel::kWarning, "links: " + warmed.message());
  }
  auto more = text_index_->maintain(false);
  if (more.ok()) return *more ? 0 : kIdleDelayUs;
  const Status status = more.take_status();
  if (status.code() != Code::kBusy) {
    options_.log.write(LogLevel::kError, "text index: " + status.message());
  }
  return kIdleDelayUs;
}

Status Store::settle(Durability durability, int64_t now_us, bool wait) {
  // A tier may stay over its capacity for a while; the write itself is done.
  const Durability quick = durability == Durability::kRelaxed ? durability : Durability::kNormal;
  Status relieved = engine_->relieve(quick, now_us, wait);
  if (!relieved.ok() && relieved.code() != Code::kBusy) {
    options_.log.write(LogLevel::kWarning, "making room in a tier: " + relieved.message());
  }
  const int64_t unfolded = unfolded_.fetch_add(1) + 1;
  if (options_.background) {
    // Writers wait for the index rather than leave all of it to the next search.
    if (wait && text_index_->needs_help()) {
      Status helped = text_index_->maintain(true).take_status();
      if (!helped.ok()) options_.log.write(LogLevel::kWarning, "text index: " + helped.message());
    }
    if (unfolded % kFoldSoonCommits == 0) {
      worker_.wake();
    } else {
      const bool relaxed = durability == Durability::kRelaxed;
      worker_.wake_if_sleeping_over(relaxed ? options_.relaxed_interval_ms * 1000 : kBusyDelayUs);
    }
    return {};
  }
  if (unfolded < kFoldInlineCommits || !wait) return {};
  unfolded_ = 0;
  Status folded = storage_->fold(true);
  if (!folded.ok()) options_.log.write(LogLevel::kWarning, "fold: " + folded.message());
  auto more = text_index_->maintain(true);
  while (more.ok() && *more) more = text_index_->maintain(true);
  if (!more.ok()) {
    options_.log.write(LogLevel::kWarning, "text index: " + more.take_status().message());
  }
  return {};
}

Result<int64_t> Store::now_us() {
  if (has_deferred_.load(std::memory_order_relaxed)) write_deferred();
  return read_clock();
}

Result<int64_t> Store::read_clock() {
  int64_t now = 0;
  Clock& clock = options_.clock ? *options_.clock : system_clock_;
  RETURN_IF_ERROR(clock.read(&now));
  return now;
}

int64_t Store::system_now_us(bool exact) {
  timespec now{};
  clock_gettime(exact ? CLOCK_REALTIME : CLOCK_REALTIME_COARSE, &now);
  return static_cast<int64_t>(now.tv_sec) * kSecondUs + now.tv_nsec / 1000;
}

Durability Store::effective(Durability durability) const {
  return durability == Durability::kDefault ? options_.durability : durability;
}

Control Store::guarded(Control& control) {
  const auto check = [this, &control]() -> Status {
    Patience::renew();  // it has come on since the last time
    if (closing_.load(std::memory_order_relaxed)) {
      return {Code::kCancelled, "the store is being closed"};
    }
    return control.check();
  };
  return Control(check,
                 [&control](int64_t done, int64_t total) { return control.finish(done, total); });
}

void Store::on_change(const Change& change) {
  if (query_cache_) query_cache_->on_change(change);
  residency_->apply(change);
  engine_->apply(change);
  if (!counting_.load(std::memory_order_relaxed)) return;
  if (change.kind == WriteOp::Kind::kMove) {
    counters_.add(change.to < change.from ? kPromotions : kDemotions);
  } else if (change.kind == WriteOp::Kind::kRemove) {
    if (change.reason == Reason::kEvicted) counters_.add(kEvictions);
    if (change.reason == Reason::kExpired) counters_.add(kExpirations);
  }
}

void Store::on_reset() {
  ends_.clear();
  if (query_cache_) query_cache_->on_reset();
  residency_->clear();
  engine_->reset();
}

ItemRef Store::resident(const ItemKey& key) {
  const EpochGuard guard;
  const Item* item = residency_->map().peek(key);
  return item != nullptr && item->try_ref() ? ItemRef::adopt(item) : ItemRef();
}

std::optional<ItemHead> Store::member(int32_t tier, int64_t row) {
  return engine_->member(tier, row);
}

Result<StoreStatistics> Store::statistics() {
  StoreStatistics statistics;
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(statistics.storage, storage_->statistics());  // before the next line folds
  ASSIGN_OR_RETURN(const std::vector<TierSummary> summaries, storage_->tier_summaries(now));
  for (const TierSummary& summary : summaries) {
    statistics.item_count += summary.count;
    statistics.item_bytes += summary.bytes;
    statistics.expired_count += summary.expired;
  }
  ASSIGN_OR_RETURN(const TextIndexStatistics words, text_index_->statistics());
  statistics.storage.memory_bytes += words.memory_bytes + key_indexes_->memory_bytes() +
                                     links_->memory_bytes() +
                                     static_cast<int64_t>(vector_index_->memory_bytes());
  statistics.resident_count = residency_->map().count();
  statistics.resident_bytes = residency_->map().bytes();
  for (size_t tier = 0; tier < kMaxTiers; ++tier) {
    statistics.gets_resident += counters_.sum(kResidentHits + tier);
    statistics.gets_stored += counters_.sum(kStoredHits + tier);
  }
  statistics.gets_missed = counters_.sum(kMisses);
  statistics.puts = counters_.sum(kPuts);
  statistics.deletes = counters_.sum(kDeletes);
  statistics.searches = counters_.sum(kSearches);
  statistics.promotions = counters_.sum(kPromotions);
  statistics.demotions = counters_.sum(kDemotions);
  statistics.evictions = counters_.sum(kEvictions);
  statistics.expirations = counters_.sum(kExpirations);
  statistics.access_dropped = access_.dropped();
  statistics.prefetched = prefetcher_->fetched();
  statistics.prefetch_hits = prefetcher_->hits();
  if (query_cache_) {
    statistics.query_cache = query_cache_->statistics();
    statistics.storage.memory_bytes += statistics.query_cache.bytes;
  }
  ASSIGN_OR_RETURN(const auto rates, storage_->transition_counts(now - kHourUs));
  statistics.promotions_per_hour = static_cast<double>(rates.first);
  statistics.demotions_per_hour = static_cast<double>(rates.second);
  return statistics;
}

Result<TierStatistics> Store::tier_statistics(size_t tier) {
  TierStatistics statistics;
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const std::vector<TierSummary> summaries, storage_->tier_summaries(now));
  const Tier& rules = ladder().tiers[tier];
  statistics.summary = summaries[tier];
  if (residency_->is_ram(static_cast<int32_t>(tier))) {
    statistics.resident_count = residency_->count_in_tier(static_cast<int32_t>(tier));
  }
  statistics.hits = counters_.sum(kResidentHits + tier) + counters_.sum(kStoredHits + tier);
  for (size_t i = 0; i < kMaxTiers; ++i) {
    statistics.all_hits += counters_.sum(kResidentHits + i) + counters_.sum(kStoredHits + i);
  }
  if (statistics.summary.count > 0) {
    statistics.average_age_seconds =
        (static_cast<double>(now) - statistics.summary.average_created_us) / kSecondUs;
  }
  const auto share = [](int64_t used, int64_t capacity) {
    return capacity == 0 ? 0.0 : static_cast<double>(used) / static_cast<double>(capacity);
  };
  statistics.utilization = std::max(share(statistics.summary.count, rules.capacity_items),
                                    share(statistics.summary.bytes, rules.capacity_bytes));
  return statistics;
}

}  // namespace memtier
