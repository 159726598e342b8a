// SqliteStorage: a store in one SQLite file, with the journal beside it while it is open.
//
//   commit   resolve against what is there -> one frame in the journal -> Pending and the sink
//   find     Pending, then one statement on a reading connection
//   list …   fold what is pending, then SQL
//   fold     Pending -> the tables, in batches (Folder)
//
// Locks, in the order in which they are taken; none is held while user code runs:
//   full_          whoever leads it commits for others, too, and syncs the journal
//   write_mutex_   the order of commits within the process; with it the journal's append lock
//   fold_mutex_    the writing connection
//   a connection of the pool
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "model/ladder.h"
#include "storage/sqlite/archive_files.h"
#include "storage/sqlite/commit_group.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/folder.h"
#include "storage/sqlite/item_reads.h"
#include "storage/sqlite/journal.h"
#include "storage/sqlite/known_ids.h"
#include "storage/sqlite/names.h"
#include "storage/sqlite/pending.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/vector_tables.h"
#include "storage/storage.h"

namespace memtier {

struct SqliteSettings {
  std::string path;  // ":memory:" for none
  bool create = true;
  std::string ladder;          // empty: the store's own, or "default" for a new one
  bool change_ladder = false;  // a store that has another one gets it
  int64_t now_us = 0;          // when, for the log
  std::string tokenizer;       // empty: the store's own, or "english" for a new one
  int64_t journal_bytes = 16 << 20;
  int64_t cache_bytes = 64 << 20;  // of all connections together
  // Changes that are folded in one transaction: more gains nothing measurable. Folding one takes up to 4 kB.
  size_t fold_batch = 20'000;
  int64_t busy_timeout_ms = 10'000;
  int64_t reader_count = 4;
  int64_t transition_limit = 10'000;
  int64_t archive_grace_us = 60'000'000;  // how long files of dropped blocks stay for older readers
  int64_t compress_threshold_bytes = 1024;
  int64_t relaxed_interval_us = 0;  // 0: relaxed writes are treated as normal ones
  bool keep_snapshots = false;      // the owner calls end_snapshots() every few seconds
  const Log* log = nullptr;         // borrowed, outlives the storage
};

// What was taken away of a scope beside its items.
struct ForgetCounts {
  bool written_meanwhile = false;  // then nothing was
  int64_t concepts = 0;
  int64_t transitions = 0;
  int64_t tombstones = 0;
  int64_t scopes = 0;          // names of
  int64_t labels = 0;          // types and tags that nothing has any more
  int64_t blocks = 0;          // of the archive, that were made anew
  int64_t damaged_blocks = 0;  // that could not be read, and stay
};

struct SpaceInfo {
  Space space;
  int64_t vectors = 0;
};

class SqliteStorage final : public Storage {
 public:
  static Result<std::unique_ptr<SqliteStorage>> open(SqliteSettings settings);
  ~SqliteStorage() override;

  // Called once, before anything else: from here on the sink receives every change. `observer` may be
  // null. Both are borrowed and outlive the storage.
  Status attach(ChangeSink* sink, FoldObserver* observer);
  // Before attach(), too. Borrowed, outlives the storage.
  void set_filter_binder(FilterBinder* binder) { binder_ = binder; }
  // Folds everything and, if nobody else has the store open, removes the companions of the file.
  // No other call may follow or be under way.
  // *left_in_journal: why what was acknowledged could not go into the tables now (others held them, or
  // there was no room). It stands in the journal, which stays beside the file for the next to open.
  Status close(Status* left_in_journal = nullptr);

  const Ladder& ladder() const { return ladder_; }
  const std::string& ladder_json() const { return identity_.ladder_json; }
  const std::string& tokenizer() const { return identity_.tokenizer; }
  ReaderPool& readers() { return readers_; }
  ItemReads reads(Connection& connection) {
    return {connection, scopes_, tier_names_, estimates_, binder_};
  }
  ScopeTable& scopes() { return scopes_; }
  const std::vector<std::string>& tier_names() const { return tier_names_; }

  Status commit(std::span<WriteOp> operations, Durability durability, int64_t now_us,
                bool wait) override;
  size_t commit_bytes() const override;
  bool behind() const override {
    return journal_->tail() > applied_.load(std::memory_order_acquire);
  }
  Status refresh() override;
  Result<ItemRef> find(const ItemKey& key) override;
  Result<std::vector<ItemRef>> find_by_id(const ReadScope& read, std::string_view id,
                                          size_t limit) override;
  Result<std::vector<ItemRef>> find_rows(std::span<const int64_t> rows) override;
  using Storage::count;
  using Storage::list;
  Result<int64_t> count(const ReadScope& read, const FilterRef& filter, const StopCheck& stop,
                        Json* explain) override;
  Status check_list(const ListRequest& request) const override;
  Result<Page> list(const ReadScope& read, const ListRequest& request, int64_t max_items,
                    const StopCheck& stop, Json* explain) override;
  Result<std::vector<ItemRef>> scan(const ReadScope& read, const FilterRef& filter,
                                    int64_t after_row, int64_t max_items,
                                    const StopCheck& stop) override;
  Result<std::vector<ItemHead>> heads(const ReadScope& read, const FilterRef& filter,
                                      int64_t after_row, int64_t max_items,
                                      const StopCheck& stop) override;
  // Changes whenever anybody has changed the tables; one load. What was read after it was asked holds for as
  // long as it stays the same.
  uint64_t table_changes() const { return journal_->table_changes(); }
  Result<bool> has_documents(DocumentKind kind);
  // One document; nullopt: there is none of this name.
  Result<std::optional<std::string>> find_document(DocumentKind kind, std::string_view name);
  // Puts what `change` makes of it in its place, in one transaction.
  using ChangeDocument =
      std::function<Result<std::string>(const std::optional<std::string>& before)>;
  Status edit_document(DocumentKind kind, std::string_view name, const ChangeDocument& change);
  Status put_document(DocumentKind kind, std::string_view name, std::string_view text,
                      int64_t limit) override;
  Result<std::vector<std::string>> documents(DocumentKind kind) override;
  Result<std::vector<std::string>> document_names(DocumentKind kind);
  Status delete_document(DocumentKind kind, std::string_view name) override;
  Status pack_archive(int level, bool force, Control& control, int64_t* out_items) override;
  Status repack_archive(Control& control, RepackResult* result) override;
  Result<ArchiveStatistics> archive_statistics() override;
  Status visit_tier(int32_t tier, int64_t accessed_before_us, bool with_texts,
                    const std::function<void(ItemHead&&)>& visit) override;
  Result<std::vector<ItemHead>> expired(int64_t now_us, size_t limit) override;
  Result<int64_t> next_expiry(int64_t now_us) override;
  std::vector<TierTotals> tier_totals() override;
  Result<std::vector<TierSummary>> tier_summaries(int64_t now_us) override;
  Result<std::vector<Transition>> transitions(const ReadScope& read, std::string_view id,
                                              int64_t since_us, size_t limit) override;
  Result<std::pair<int64_t, int64_t>> transition_counts(int64_t since_us) override;
  Status create_index(const IndexSpec& spec, Control& control) override;
  Result<std::vector<IndexInfo>> indexes(bool count_entries, const StopCheck& stop) override;
  Status drop_index(std::string_view name, Control& control) override;
  Status create_collection(const CollectionSpec& spec, int64_t now_us) override;
  Result<std::vector<CollectionInfo>> collections(const Scope& scope) override;
  Result<bool> forget_collection(std::string_view name) override;
  Result<std::vector<ScopeTotals>> scope_totals(const ReadScope& read, std::string_view type,
                                                size_t limit, const StopCheck& stop) override;
  Status write_access(std::span<const AccessDelta> deltas) override;
  Status fold(bool everything) override;
  Result<bool> publish_relaxed(bool even_if_not_due) override;
  void end_snapshots() override { readers_.end_idle_snapshots(); }
  size_t pending_changes() const override { return pending_.size(); }
  Status flush() override;
  Result<StorageStatistics> statistics() override;

  // --- vector spaces (sqlite_vectors.cpp)
  // kExists: another kind of space has this name. kLimit: there are too many.
  Status create_space(const SpaceSpec& spec);
  // In order of their names; vectors counted where they are asked for.
  Result<std::vector<SpaceInfo>> spaces(bool count, const StopCheck& stop);
  Result<Space> space(std::string_view name);                  // kNotFound
  Status drop_space(std::string_view name, Control& control);  // kNotFound
  // The bytes of a row's vector; nullopt: it has none.
  Result<std::optional<std::string>> find_vector(int64_t space, int64_t row);

  // Reads which ids there are, where that spares puts a look-up (KnownIds). To be called now and then on
  // a thread that has time.
  Status learn_ids(const StopCheck& stop);

  // Takes everything that is left of a scope out of the files, once its items have been removed. kBusy:
  // to be done again.
  Status forget_scope(const Scope& scope, Control& control, ForgetCounts* counts);

  // Writes the file anew if a quarter of it is room that nothing needs any more, as packing leaves it, and it
  // is not larger than so much. *out_saved_bytes: what that saved.
  Status compact_if_wasteful(int64_t most_bytes, int64_t* out_saved_bytes);

  // Whether opening gave the store another ladder than it had.
  bool ladder_changed() const { return ladder_changed_; }

  // Compresses longer contents of these rows where they stand, in one transaction, if that saves a fifth
  // of each. Adds to *result what was done.
  Status compress_contents(std::span<const int64_t> rows, int64_t above_bytes,
                           CompressResult* result);

  // Folds what is not yet in the tables; readers of tables call it first.
  Status drain();
  // Runs a function on the writing connection, in a transaction; for what derives from items. `sync`: it
  // survives loss of power when this returns.
  Status write(const std::function<Status(Connection&)>& change, bool sync = false);

 private:
  struct Staged;  // what the operations of one commit have done so far
  struct FrameDraft;

  explicit SqliteStorage(const SqliteSettings& settings);
  Result<std::unique_ptr<Connection>> open_connection(bool create, int64_t page_cache_kib);
  Status open_file();
  Status open_tables();
  Status choose_ladder(StoreSettings* store);
  Status use_ladder();
  Result<std::shared_ptr<ArchiveTarget>> open_target(const Ladder& ladder);
  Status sweep_archive(int64_t grace_us);
  // What is to be known, or done, about the ladder once others see that this store is open.
  Status settle_ladder();
  Status change_ladder_alone();
  int64_t page_cache_kib() const;
  int64_t next_reader_cache_kib();

  // Operations that fit into one frame, or a single large one.
  Status commit_frame(std::span<WriteOp> operations, Durability durability, int64_t now_us,
                      bool wait);
  Status commit_together(CommitGroup::Member& member);

  // --- under write_mutex_
  Status lock_for_append(uint64_t needed, bool wait, std::unique_lock<std::timed_mutex>& lock);
  Status take_lease(bool wait);
  void drop_lease();
  Status finish_interrupted_append();
  Status refresh_locked();
  Status reset_locked();
  void apply(std::span<const Change> frame, uint64_t end);
  Status publish_buffer();
  Status append(std::span<WriteOp> operations, bool relaxed, int64_t now_us, uint64_t* out_end);
  void stage(std::span<WriteOp> group, int64_t now_us, FrameDraft& draft);
  Status append_large(WriteOp& operation, int64_t now_us, uint64_t* out_end);
  Status resolve(WriteOp& operation, int64_t now_us, Staged& staged, Change* change);
  Status resolve_put(WriteOp& operation, int64_t now_us, Staged& staged, Change* change);
  Status resolve_current(WriteOp& operation, Staged& staged, Change* change);
  static void resolve_vector(const WriteOp& operation, Change* change);
  Status resolve_row(WriteOp& operation, int64_t now_us, Staged& staged, Change* change);
  Result<ItemRef> current(const ItemKey& key, const Staged& staged);

  Result<ReaderPool::Loan> borrow_tables(const Filter& filter);
  Result<ItemRef> find_stored(Connection& connection, const ItemKey& key);
  Result<ItemRef> find_stored_row(Connection& connection, int64_t row);
  Result<ItemRef> look_up(Connection& connection, const ItemKey& key);
  Result<ItemRef> look_up_row(Connection& connection, int64_t row);
  ItemRef overlay(ItemRef stored);
  Status fold_some(bool everything, bool sync);
  Status make_room(uint64_t needed);
  void checkpoint_if_due();
  Status fill_index(int64_t number, Control& control);
  Status clear_dropped(Control& control);
  Status renew_archive(Control& control, ForgetCounts* counts);
  Status wipe_journal();
  Status rewrite_file();
  Status shrink_vectors();
  Status clear_dropped_spaces(Control& control);

  const SqliteSettings settings_;
  const bool in_memory_;
  bool wants_other_ladder_ = false;
  bool ladder_changed_ = false;
  StoreIdentity identity_;  // constant after open, as are ladder_ and tier_names_
  Ladder ladder_;
  std::vector<std::string> tier_names_;
  std::shared_ptr<ArchiveTarget> archive_target_;  // null: blocks are in the file; constant, too
  std::unique_ptr<Journal> journal_;
  std::atomic<int64_t> readers_opened_{0};
  ReaderPool readers_;
  ScopeTable scopes_;
  Estimates estimates_;
  Pending pending_;
  ChangeSink* sink_ = nullptr;
  FilterBinder* binder_ = nullptr;
  bool closed_ = false;

  CommitGroup full_;  // of commits with full durability
  std::timed_mutex write_mutex_;
  std::atomic<uint64_t> applied_{0};  // frames before it are in Pending and the sink
  // Guarded by write_mutex_:
  std::unique_ptr<Connection> resolver_;
  bool must_reset_ = false;    // what is in RAM is not what was written
  bool leased_ = false;        // the append lock is ours
  std::string buffer_;         // relaxed frames that follow the tail and are not written yet
  int64_t buffer_due_us_ = 0;  // monotonic
  int64_t next_sequence_ = 0;  // valid while leased, buffer included
  int64_t next_row_ = 0;
  KnownIds known_ids_;
  std::vector<TierTotals> totals_;
  Status lost_;                      // relaxed writes that could not be written; told once
  mutable std::mutex totals_mutex_;  // for readers of totals_

  std::mutex fold_mutex_;
  // Guarded by fold_mutex_; in memory it is the pool's only connection, borrowed as well:
  std::unique_ptr<Connection> writer_;
  std::unique_ptr<Folder> folder_;
  Orphans orphans_;
};

}  // namespace memtier
