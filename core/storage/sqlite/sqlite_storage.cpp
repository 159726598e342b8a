#include "storage/sqlite/sqlite_storage.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/patience.h"
#include "storage/sqlite/journal_format.h"
#include "storage/sqlite/sql_functions.h"
#include "storage/sqlite/store_path.h"

namespace memtier {
namespace {

std::string random_uuid() {
  std::random_device device;
  std::string uuid;
  for (int i = 0; i < 4; ++i) {
    const uint32_t word = device();
    uuid.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return uuid;
}

int64_t file_size(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<int64_t>(info.st_size) : 0;
}

// Where several open a new file at once, one of them changes its mode and the others are told at once
// that it is locked: here SQLite's own busy timeout does not apply, so ours has to.
Status enter_wal_mode(Connection& connection, int64_t busy_timeout_ms) {
  const int64_t deadline_us = monotonic_us() + Patience::left_us(busy_timeout_ms * 1000);
  while (true) {
    Status status = connection.execute("PRAGMA journal_mode = WAL");
    if (status.code() != Code::kBusy || monotonic_us() > deadline_us) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

SqliteStorage::SqliteStorage(const SqliteSettings& settings)
    : settings_(settings),
      in_memory_(settings.path == ":memory:"),
      readers_(
          in_memory_ ? 1 : static_cast<size_t>(settings.reader_count),
          settings.busy_timeout_ms * 1000,
          [this] { return open_connection(false, next_reader_cache_kib()); },
          [this] { return settings_.keep_snapshots && !journal_->checkpoint_wanted(); },
          [this] {
            return ReaderPool::State{pending_.generation(), journal_->table_changes()};
          }),
      known_ids_(static_cast<size_t>(settings.cache_bytes / 8)) {}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(SqliteSettings settings) {
  if (settings.path != ":memory:" && settings.path.find("://") == std::string::npos) {
    ASSIGN_OR_RETURN(settings.path, resolve_store_path(settings.path));
  }
  auto storage = std::unique_ptr<SqliteStorage>(new SqliteStorage(settings));
  storage->closed_ = true;  // nothing to close until all is there
  if (!storage->in_memory_) RETURN_IF_ERROR(check_store_path(settings.path, settings.create));
  RETURN_IF_ERROR(storage->open_tables());
  const auto read_state = [&]() { return read_fold_state(*storage->writer_); };
  ASSIGN_OR_RETURN(storage->journal_,
                   Journal::open(storage->in_memory_ ? "" : settings.path, storage->identity_,
                                 settings.busy_timeout_ms, read_state));
  RETURN_IF_ERROR(storage->settle_ladder());
  storage->scopes_.set_removed(&storage->journal_->names_removed());
  storage->estimates_.set_removed(&storage->journal_->names_removed());
  storage->folder_ =
      std::make_unique<Folder>(*storage->writer_, storage->scopes_, storage->ladder_,
                               settings.transition_limit, settings.compress_threshold_bytes);
  storage->folder_->set_names_removed(&storage->journal_->names_removed());
  if (storage->in_memory_) {
    storage->readers_.add(std::move(storage->writer_));
  } else {
    ASSIGN_OR_RETURN(storage->resolver_,
                     storage->open_connection(false, storage->page_cache_kib()));
  }
  storage->closed_ = false;
  return storage;
}

Result<std::unique_ptr<Connection>> SqliteStorage::open_connection(bool create,
                                                                   int64_t page_cache_kib) {
  const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  ASSIGN_OR_RETURN(auto connection, Connection::open(settings_.path, flags,
                                                     static_cast<int>(settings_.busy_timeout_ms)));
  const std::string pragmas = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
                              std::to_string(page_cache_kib) + "; PRAGMA wal_autocheckpoint = 2000";
  RETURN_IF_ERROR(connection->execute(pragmas.c_str()));
  RETURN_IF_ERROR(register_functions(*connection));
  connection->set_archive_target(archive_target_);
  return connection;
}

// The writer has half of the cache, and the readers share the rest; none has less than 1 MiB.
int64_t SqliteStorage::page_cache_kib() const {
  const int64_t kib = settings_.cache_bytes / 1024;
  if (in_memory_) return kib;
  const int64_t share = writer_ == nullptr ? kib / 2 : kib / 2 / (settings_.reader_count + 1);
  return std::max<int64_t>(share, 1024);
}

// The reader that was opened first goes out first, so few threads use the first readers alone: half of what the
// readers have is shared evenly, of the other half the first has half, the next a quarter, and so on.
int64_t SqliteStorage::next_reader_cache_kib() {
  if (in_memory_) return page_cache_kib();
  const int64_t number = readers_opened_.fetch_add(1, std::memory_order_relaxed);
  const int64_t even = page_cache_kib() / 2;
  const int64_t more =
      even * settings_.reader_count >> std::min<int64_t>(number % settings_.reader_count + 1, 62);
  return std::max<int64_t>(even + more, 1024);
}

// Opens the file and sees to it that it is ours before anything in it is changed.
Status SqliteStorage::open_file() {
  auto connection = open_connection(settings_.create, page_cache_kib());
  Status status = connection.ok() ? check_owner(**connection, settings_.create || in_memory_)
                                  : connection.take_status();
  if (status.ok()) {
    writer_ = std::move(connection).value();
    // SQLite falls back to reading alone where it may not write.
    if (sqlite3_db_readonly(writer_->handle(), "main") == 1) {
      return {Code::kReadOnly, "path: \"" + settings_.path + "\" cannot be written"};
    }
    // 8 KiB pages: as quick to read as 4 KiB, and a tenth quicker to fold (docs/architecture.md).
    status = writer_->execute("PRAGMA page_size = 8192");
    if (status.ok()) status = enter_wal_mode(*writer_, settings_.busy_timeout_ms);
  }
  if (status.ok()) return {};
  return {status.code(), "path: \"" + settings_.path + "\": " + status.message()};
}

Status SqliteStorage::open_tables() {
  RETURN_IF_ERROR(open_file());
  StoreSettings store;
  RETURN_IF_ERROR(choose_ladder(&store));
  store.journal_bytes = settings_.journal_bytes;
  store.tokenizer = settings_.tokenizer.empty() ? "english" : settings_.tokenizer;
  ASSIGN_OR_RETURN(identity_, prepare_schema(*writer_, store, random_uuid()));
  const bool asked = !settings_.ladder.empty();
  wants_other_ladder_ =
      asked && identity_.ladder != store.ladder && identity_.ladder_json != store.ladder_json;
  if (wants_other_ladder_ && !settings_.change_ladder) {
    return {Code::kMismatch, "ladder: the store was made with another one (" + identity_.ladder +
                                 "); leave the option out to use it, or set CHANGE_LADDER"};
  }
  if (!settings_.tokenizer.empty() && identity_.tokenizer != settings_.tokenizer) {
    return {Code::kMismatch, "tokenizer: the store was made with another one (" +
                                 identity_.tokenizer + "); leave the option out to use it"};
  }
  return use_ladder();
}

Status SqliteStorage::attach(ChangeSink* sink, FoldObserver* observer) {
  sink_ = sink;
  folder_->set_observer(observer);
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(reset_locked());
  return refresh_locked();
}

SqliteStorage::~SqliteStorage() {
  if (!closed_) (void)close();
}

Status SqliteStorage::close(Status* left_in_journal) {
  closed_ = true;
  Status status = publish_relaxed(true).take_status();
  // Without a sink nothing was ever read or written here: opening failed on the way.
  if (!in_memory_ && sink_ == nullptr) (void)journal_->leave();
  if (!in_memory_ && sink_ != nullptr) {
    Status folded = fold_some(true, true);
    const bool is_safe = folded.code() == Code::kBusy || folded.code() == Code::kFull;
    if (is_safe && left_in_journal != nullptr) {
      *left_in_journal = std::move(folded);
    } else if (status.ok()) {
      status = std::move(folded);
    }
    const bool alone = journal_->leave();
    // Somebody may have written and gone since we folded; then the next to open finds it.
    const bool empty = journal_->folded() == journal_->tail();
    if (status.ok() && alone && empty) journal_->remove();
    // Nobody reads an older state any more. What stays is found again.
    if (alone && !orphans_.empty()) (void)sweep_archive(0);
  }
  const std::lock_guard write_lock(write_mutex_);
  const std::lock_guard fold_lock(fold_mutex_);
  folder_.reset();
  resolver_.reset();
  readers_.clear();
  writer_.reset();  // the last connection brings SQLite's log into the file and removes it
  journal_.reset();
  return status;
}

Status SqliteStorage::refresh() {
  const std::lock_guard lock(write_mutex_);
  return refresh_locked();
}

Result<ItemRef> SqliteStorage::find(const ItemKey& key) {
  if (ItemRef item = pending_.find(key)) return item;
  uint64_t generation = pending_.generation();
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow_at(generation));
  while (true) {
    ASSIGN_OR_RETURN(ItemRef stored, look_up(*loan, key));
    const uint64_t now = pending_.generation();
    if (now == generation) return stored;
    generation = now;
    RETURN_IF_ERROR(loan.keep_up_with(generation));
  }
}

// On a connection that keeps no snapshot.
Result<ItemRef> SqliteStorage::find_stored(Connection& connection, const ItemKey& key) {
  while (true) {
    const uint64_t generation = pending_.generation();
    ASSIGN_OR_RETURN(ItemRef stored, look_up(connection, key));
    if (pending_.generation() == generation) return stored;
  }
}

Result<ItemRef> SqliteStorage::find_stored_row(Connection& connection, int64_t row) {
  while (true) {
    const uint64_t generation = pending_.generation();
    ASSIGN_OR_RETURN(ItemRef stored, look_up_row(connection, row));
    if (pending_.generation() == generation) return stored;
  }
}

// What the tables and the pending changes say together. Right only
// if nothing pending was forgotten meanwhile.
Result<ItemRef> SqliteStorage::look_up(Connection& connection, const ItemKey& key) {
  ASSIGN_OR_RETURN(ItemRef stored, reads(connection).find(key));
  if (stored) stored = overlay(std::move(stored));
  // What was put since the first look is found now.
  if (!stored) stored = pending_.find(key);
  return stored;
}

Result<ItemRef> SqliteStorage::look_up_row(Connection& connection, int64_t row) {
  ASSIGN_OR_RETURN(ItemRef stored, reads(connection).find_row(row));
  if (stored) stored = overlay(std::move(stored));
  return stored;
}

// What the tables have, brought up to date with what is pending for its row; null if it is gone.
ItemRef SqliteStorage::overlay(ItemRef stored) {
  const auto pending = pending_.row(stored->row());
  if (!pending) return stored;
  if (pending->removed) return {};
  if (pending->item) return pending->item;
  if (pending->tier >= 0) stored->set_tier(pending->tier);
  if (pending->validation_count >= 0) stored->set_validation_count(pending->validation_count);
  if (pending->expires_us >= 0) stored->set_expires_us(pending->expires_us);
  return stored;
}

Result<std::vector<ItemRef>> SqliteStorage::find_by_id(const ReadScope& read, std::string_view id,
                                                       size_t limit) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  while (true) {
    const uint64_t generation = pending_.generation();
    std::vector<ItemRef> found;
    const auto add = [&](ItemRef item) {
      const auto same_row = [&item](const ItemRef& other) { return other->row() == item->row(); };
      const bool known = std::any_of(found.begin(), found.end(), same_row);
      if (!item->is_expired(read.now_us) && !known) found.push_back(std::move(item));
      return found.size() < limit;
    };
    for (ItemRef& item : pending_.find_by_id(*read.scope, id)) {
      if (!add(std::move(item))) break;
    }
    if (found.size() < limit) {
      RETURN_IF_ERROR(reads(*loan).find_by_id(*read.scope, id, [&](ItemRef stored) {
        ItemRef now = overlay(std::move(stored));
        return !now || add(std::move(now));
      }));
    }
    if (pending_.generation() == generation) return found;
  }
}

Result<std::vector<ItemRef>> SqliteStorage::find_rows(std::span<const int64_t> rows) {
  // What this process still has as pending may be older than what another one has folded since.
  if (behind()) RETURN_IF_ERROR(refresh());
  std::vector<ItemRef> items;
  items.reserve(rows.size());
  uint64_t generation = pending_.generation();
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow_at(generation));
  while (items.size() < rows.size()) {
    ASSIGN_OR_RETURN(ItemRef item, look_up_row(*loan, rows[items.size()]));
    const uint64_t now = pending_.generation();
    if (now == generation) {
      items.push_back(std::move(item));
      continue;
    }
    generation = now;
    RETURN_IF_ERROR(loan.keep_up_with(generation));
  }
  return items;
}

// With all that is acknowledged. With a callback's index both are told of one state, none that is kept.
Result<ReaderPool::Loan> SqliteStorage::borrow_tables(const Filter& filter) {
  RETURN_IF_ERROR(drain());
  return asks_index(filter) ? readers_.borrow() : readers_.borrow_tables();
}

Result<int64_t> SqliteStorage::count(const ReadScope& read, const FilterRef& filter,
                                     const StopCheck& stop, Json* explain) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, borrow_tables(*filter));
  return reads(*loan).count(read, *filter, stop, explain);
}

Status SqliteStorage::check_list(const ListRequest& request) const {
  return check_list_token(request);
}

Result<Page> SqliteStorage::list(const ReadScope& read, const ListRequest& request,
                                 int64_t max_items, const StopCheck& stop, Json* explain) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, borrow_tables(*request.filter));
  return reads(*loan).list(read, request, max_items, stop, explain);
}

Result<std::vector<ItemRef>> SqliteStorage::scan(const ReadScope& read, const FilterRef& filter,
                                                 int64_t after_row, int64_t max_items,
                                                 const StopCheck& stop) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).scan(read, *filter, after_row, max_items, stop);
}

Status SqliteStorage::visit_tier(int32_t tier, int64_t accessed_before_us, bool with_texts,
                                 const std::function<void(ItemHead&&)>& visit) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).visit_tier(tier, accessed_before_us, with_texts, visit);
}

Result<std::vector<ItemHead>> SqliteStorage::expired(int64_t now_us, size_t limit) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).expired(now_us, limit);
}

std::vector<TierTotals> SqliteStorage::tier_totals() {
  const std::lock_guard lock(totals_mutex_);
  return totals_;
}

Result<std::vector<TierSummary>> SqliteStorage::tier_summaries(int64_t now_us) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).tier_summaries(now_us);
}

Result<std::vector<Transition>> SqliteStorage::transitions(const ReadScope& read,
                                                           std::string_view id, int64_t since_us,
                                                           size_t limit) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).transitions(read, id, since_us, limit);
}

Result<std::pair<int64_t, int64_t>> SqliteStorage::transition_counts(int64_t since_us) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(Statement select,
                   loan->prepare("SELECT ifnull(sum(to_tier < from_tier), 0), "
                                 "ifnull(sum(to_tier > from_tier), 0) FROM transitions "
                                 "WHERE time_us > ? AND from_tier >= 0 AND to_tier >= 0"));
  StatementUse use(select.bind(1, since_us));
  RETURN_IF_ERROR(use->step().take_status());
  return std::make_pair(use->integer(0), use->integer(1));
}

Status SqliteStorage::write_access(std::span<const AccessDelta> deltas) {
  if (deltas.empty()) return {};
  // A row that is still pending has no place to write to yet.
  RETURN_IF_ERROR(drain());
  const std::lock_guard lock(fold_mutex_);
  if (in_memory_) {
    ASSIGN_OR_RETURN(const ReaderPool::Loan loan, readers_.borrow());
    return folder_->write_access(deltas);
  }
  RETURN_IF_ERROR(folder_->write_access(deltas));
  journal_->note_table_change();
  pending_.touch();  // a kept snapshot would show the counts of before
  checkpoint_if_due();
  return {};
}

Status SqliteStorage::drain() {
  const bool buffered = pending_.end() > journal_->tail();
  if (!buffered && journal_->folded() >= journal_->tail()) return {};
  return fold_some(true, false);
}

Status SqliteStorage::fold(bool everything) {
  return fold_some(everything, false);
}

Status SqliteStorage::fold_some(bool everything, bool sync) {
  uint64_t goal = 0;
  {
    const auto lock = lock_patiently(write_mutex_);
    if (everything) RETURN_IF_ERROR(publish_buffer());
    RETURN_IF_ERROR(refresh_locked());
    goal = journal_->tail();
  }
  const auto lock = lock_patiently(fold_mutex_);
  while (true) {
    const std::vector<PendingChange> changes = pending_.oldest(settings_.fold_batch, goal);
    if (changes.empty() && !sync) return {};
    // Room in the journal is given back only for what is safely in the file.
    const bool fills = journal_->tail() - journal_->head() > journal_->capacity() / 4;
    const bool sync_now = sync || fills;
    const auto fold_batch = [&]() -> Result<uint64_t> {
      if (!in_memory_) return folder_->fold(changes, journal_->next_row(), sync_now);
      ASSIGN_OR_RETURN(const ReaderPool::Loan loan, readers_.borrow());
      return folder_->fold(changes, journal_->next_row(), sync_now);
    };
    ASSIGN_OR_RETURN(const uint64_t position, fold_batch());
    journal_->note_table_change();
    journal_->set_folded(position);
    if (sync_now) journal_->set_head(position);
    pending_.forget(position);
    checkpoint_if_due();
    const bool done = position >= goal || !everything || changes.empty();
    if (done) return {};
  }
}

// Under fold_mutex_. Readers stop keeping snapshots until all of SQLite's log is in the file; then
// the next commit writes the log from its start.
void SqliteStorage::checkpoint_if_due() {
  if (in_memory_ || !folder_->checkpoint_is_due()) return;
  journal_->want_checkpoint(true);
  readers_.end_idle_snapshots();
  auto complete = folder_->checkpoint();
  if (complete.ok() && *complete) journal_->want_checkpoint(false);
  if (!complete.ok() && settings_.log != nullptr) {
    settings_.log->write(LogLevel::kWarning, complete.take_status().message());
  }
}

Result<bool> SqliteStorage::publish_relaxed(bool even_if_not_due) {
  const std::lock_guard lock(write_mutex_);
  if (!lost_.ok()) return std::exchange(lost_, Status());
  if (buffer_.empty()) return false;
  if (!even_if_not_due && monotonic_us() < buffer_due_us_) return true;
  RETURN_IF_ERROR(publish_buffer());
  return false;
}

Status SqliteStorage::flush() {
  return fold_some(true, true);
}

Result<StorageStatistics> SqliteStorage::statistics() {
  StorageStatistics statistics;
  statistics.pending_bytes = static_cast<int64_t>(journal_->tail() - journal_->folded());
  statistics.sequence = journal_->next_sequence() - 1;
  // SQLite counts for the whole process.
  statistics.memory_bytes = static_cast<int64_t>(pending_.memory_bytes()) + sqlite3_memory_used();
  {
    const std::lock_guard lock(write_mutex_);
    statistics.memory_bytes += static_cast<int64_t>(known_ids_.memory_bytes());
  }
  if (in_memory_) return statistics;
  statistics.file_bytes = file_size(settings_.path) + file_size(settings_.path + "-wal");
  return statistics;
}

}  // namespace memtier
