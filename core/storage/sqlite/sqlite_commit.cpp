// The writing half of SqliteStorage: appending operations to the journal, and keeping up with other
// processes; sqlite_resolve.cpp says what the operations do. Everything here runs under write_mutex_.
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/patience.h"
#include "storage/sqlite/journal_format.h"
#include "storage/sqlite/staged.h"

namespace memtier {
namespace {

// A frame larger than this part of the journal goes straight into the tables.
constexpr uint64_t kLargePart = 4;
constexpr size_t kBufferBytes = 256 << 10;  // relaxed frames are written at the latest at this size

bool try_lock(std::unique_lock<std::timed_mutex>& lock, int64_t timeout_us) {
  if (lock.try_lock()) return true;
  const std::chrono::microseconds timeout(Patience::left_us(timeout_us));
#ifdef __SANITIZE_THREAD__
  // GCC 12's ThreadSanitizer does not know pthread_mutex_clocklock, which try_lock_for calls.
  return lock.try_lock_until(std::chrono::system_clock::now() + timeout);
#else
  return timeout.count() > 0 && lock.try_lock_for(timeout);
#endif
}

uint64_t frame_bound(std::span<const WriteOp> operations) {
  uint64_t size = sizeof(FrameHeader);
  for (const WriteOp& operation : operations) {
    size += sizeof(OpHeader);
    if (operation.kind == WriteOp::Kind::kPut) size += operation.item->image().size();
    if (operation.vector) size += padded_to_8(operation.vector->size());
  }
  return size;
}

// Where the operations that belong together with this one end.
size_t group_end(std::span<const WriteOp> operations, size_t begin) {
  const int32_t group = operations[begin].group;
  size_t end = begin + 1;
  while (group != 0 && end < operations.size() && operations[end].group == group) ++end;
  return end;
}

// About the middle, but between two groups; 0 if all are one group.
size_t middle(std::span<const WriteOp> operations) {
  size_t at = 0;
  size_t end = group_end(operations, 0);
  while (end < operations.size() && (at == 0 || end <= operations.size() / 2)) {
    at = end;
    end = group_end(operations, at);
  }
  return at;
}

// What has no failure of its own has this one.
void fail_all(std::span<WriteOp> operations, const Status& status) {
  for (WriteOp& operation : operations) {
    if (operation.status.ok()) operation.status = status.clone();
  }
}

}  // namespace

Status SqliteStorage::commit(std::span<WriteOp> operations, Durability durability, int64_t now_us,
                             bool wait) {
  if (operations.empty()) return {};
  const uint64_t most = journal_->capacity() / kLargePart;
  if (operations.size() > 1 && frame_bound(operations) > most) {
    // Half and half, until it fits or a single large item is left.
    const size_t half = middle(operations);
    if (half == 0) {
      Status status(Code::kLimit, "the change is too large to be made as a whole: it takes " +
                                      std::to_string(frame_bound(operations)) + " bytes, and at " +
                                      "most " + std::to_string(most) + " are possible (a quarter " +
                                      "of JOURNAL_BYTES)");
      fail_all(operations, status);
      return status;
    }
    Status status = commit(operations.subspan(0, half), durability, now_us, wait);
    if (status.ok()) return commit(operations.subspan(half), durability, now_us, wait);
    fail_all(operations.subspan(half), status);
    return status;
  }
  Status status = commit_frame(operations, durability, now_us, wait);
  if (!status.ok()) fail_all(operations, status);
  return status;
}

size_t SqliteStorage::commit_bytes() const {
  constexpr size_t kHeaders = 1024;
  return journal_->capacity() / kLargePart - kHeaders;
}

Status SqliteStorage::commit_frame(std::span<WriteOp> operations, Durability durability,
                                   int64_t now_us, bool wait) {
  const bool relaxed = durability == Durability::kRelaxed && settings_.relaxed_interval_us > 0;
  uint64_t end = 0;
  {
    std::unique_lock lock(write_mutex_, std::defer_lock);
    const uint64_t bound = frame_bound(operations);
    const bool large = bound > journal_->capacity() / kLargePart;
    if (!large && wait && durability == Durability::kFull) {
      CommitGroup::Member member(operations, bound, now_us);
      return commit_together(member);
    }
    const uint64_t needed = large ? sizeof(FrameHeader) + sizeof(OpHeader) : bound;
    RETURN_IF_ERROR(lock_for_append(needed, wait, lock));
    if (!lost_.ok()) {
      drop_lease();
      return std::exchange(lost_, Status());
    }
    Status status = large ? append_large(operations[0], now_us, &end)
                          : append(operations, relaxed, now_us, &end);
    if (buffer_.empty()) drop_lease();
    RETURN_IF_ERROR(std::move(status));
  }
  return durability == Durability::kFull ? journal_->sync(end) : Status();
}

// With full durability: whoever leads appends for all who wait, and syncs once for them. Not under
// write_mutex_, so that other commits go on meanwhile.
Status SqliteStorage::commit_together(CommitGroup::Member& member) {
  const CommitGroup::Role role =
      full_.join(member, monotonic_us() + Patience::left_us(settings_.busy_timeout_ms * 1000));
  if (role == CommitGroup::Role::kTimedOut) {
    return {Code::kBusy, "store: other threads wrote for the whole busy timeout; try again"};
  }
  if (role == CommitGroup::Role::kLead) {
    uint64_t end = 0;
    const auto append_for = [this, &end](CommitGroup::Member& one) {
      try {
        one.status = append(one.operations, false, one.now_us, &one.end);
      } catch (...) {
        one.failure = std::current_exception();
      }
      end = std::max(end, one.end);
    };
    bool synced = false;
    const std::unique_ptr<CommitGroup, std::function<void(CommitGroup*)>> finish(
        &full_, [&synced](CommitGroup* group) { group->finish(synced); });
    {
      std::unique_lock lock(write_mutex_, std::defer_lock);
      RETURN_IF_ERROR(lock_for_append(member.bytes, true, lock));
      if (!lost_.ok()) {
        drop_lease();
        return std::exchange(lost_, Status());
      }
      const auto fits = [this](const CommitGroup::Member& next) {
        return leased_ && journal_->fits(buffer_.size() + next.bytes);
      };
      CommitGroup::Member* one = &member;
      for (; one != nullptr; one = full_.take(fits)) append_for(*one);
      if (buffer_.empty()) drop_lease();
    }
    Status status = journal_->sync(end);
    member.synced = synced = status.ok();
    if (!synced && member.status.ok()) return status;
  }
  if (member.failure) std::rethrow_exception(member.failure);
  RETURN_IF_ERROR(std::move(member.status));
  return member.synced ? Status() : journal_->sync(member.end);
}

// Takes the mutex and the append lock, with room for `needed` bytes, everything known up to the tail.
Status SqliteStorage::lock_for_append(uint64_t needed, bool wait,
                                      std::unique_lock<std::timed_mutex>& lock) {
  const int64_t timeout_us = wait ? settings_.busy_timeout_ms * 1000 : 0;
  int64_t deadline_us = 0;
  while (true) {
    if (!try_lock(lock, timeout_us)) {
      return {Code::kBusy, "store: other threads wrote for the whole busy timeout; try again"};
    }
    RETURN_IF_ERROR(take_lease(wait));
    Status status = refresh_locked();
    if (status.ok() && journal_->fits(buffer_.size() + needed)) return {};
    if (status.ok()) status = publish_buffer();
    drop_lease();
    lock.unlock();
    RETURN_IF_ERROR(std::move(status));
    if (deadline_us == 0) deadline_us = monotonic_us() + Patience::left_us(timeout_us);
    if (!wait || monotonic_us() > deadline_us) {
      return {Code::kBusy, "store: the journal stayed full for the whole busy timeout; try again"};
    }
    RETURN_IF_ERROR(make_room(needed));
  }
}

// The journal is full: what is in it must go into the file first, safely. Somebody who folds already makes room
// by that: he then folds the next while more is put here, where else each would wait for the other.
Status SqliteStorage::make_room(uint64_t needed) {
  { const auto folding = lock_patiently(fold_mutex_); }
  return journal_->fits(needed) ? Status() : fold_some(true, true);
}

Status SqliteStorage::take_lease(bool wait) {
  if (leased_) return {};
  bool interrupted = false;
  RETURN_IF_ERROR(journal_->lock(wait, &interrupted));
  leased_ = true;
  if (interrupted) {
    Status status = finish_interrupted_append();
    if (!status.ok()) {
      journal_->unlock(true);
      leased_ = false;
      return status;
    }
  }
  next_sequence_ = journal_->next_sequence();
  next_row_ = journal_->next_row();
  return {};
}

void SqliteStorage::drop_lease() {
  if (!leased_ || !buffer_.empty()) return;
  journal_->unlock();
  leased_ = false;
}

// A process was killed while it held the append lock. An ordinary frame of its own was either
// published or never counted; a large item may be in the tables already, without the tail moved.
Status SqliteStorage::finish_interrupted_append() {
  if (in_memory_) return {};
  ASSIGN_OR_RETURN(const FoldState state, read_fold_state(*resolver_));
  const bool unpublished = state.position > journal_->tail();
  if (unpublished) {
    journal_->publish(state.position, std::max(journal_->next_sequence(), state.sequence + 1),
                      std::max(journal_->next_row(), state.next_row));
  }
  journal_->set_folded(state.position);
  if (unpublished) journal_->set_head(state.position);
  return {};
}

// Reads what others have appended.
Status SqliteStorage::refresh_locked() {
  if (must_reset_) RETURN_IF_ERROR(reset_locked());
  while (true) {
    const uint64_t at = applied_.load(std::memory_order_relaxed);
    if (at >= journal_->tail()) {
      pending_.forget(std::min(journal_->folded(), at));
      return {};
    }
    FrameHeader header;
    RETURN_IF_ERROR(journal_->read(at, reinterpret_cast<char*>(&header), sizeof header));
    std::string body;
    bool whole = at >= journal_->head() && is_plausible(header, at, journal_->capacity());
    if (whole) {
      body.resize(header.size - sizeof header);
      RETURN_IF_ERROR(journal_->read(at + sizeof header, body.data(), body.size()));
      whole = at >= journal_->head() && checksum_holds(header, body);
    }
    if (!whole) {
      // Others have written once around the ring since we looked.
      const bool outrun = at < journal_->head();
      if (!outrun) return {Code::kCorrupt, "journal: damaged at position " + std::to_string(at)};
      RETURN_IF_ERROR(reset_locked());
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<Change> changes, parse_operations(body));
    apply(changes, at + header.size);
  }
}

// Forgets everything and starts from what the tables say. In this order: whoever looks at the tables
// after the pending changes have gone sees them at least as new as `applied_`, and whoever looks for
// something to make resident after the sink has been reset sees both.
Status SqliteStorage::reset_locked() {
  FoldState state;
  int64_t has_items = 1;
  const auto read = [&](Connection& connection) -> Status {
    const ReadTransaction one_state(connection);
    ASSIGN_OR_RETURN(has_items, connection.query_integer("SELECT EXISTS(SELECT 1 FROM ix_id)"));
    ASSIGN_OR_RETURN(state, read_fold_state(connection));
    ASSIGN_OR_RETURN(std::vector<TierTotals> totals, reads(connection).tier_totals());
    const std::lock_guard lock(totals_mutex_);
    totals_ = std::move(totals);
    return {};
  };
  if (in_memory_) {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    RETURN_IF_ERROR(read(*loan));
  } else {
    RETURN_IF_ERROR(read(*resolver_));
  }
  known_ids_.forget();
  if (has_items == 0) {
    (void)known_ids_.begin(0);
    known_ids_.complete();
  }
  pending_.clear();
  applied_.store(state.position, std::memory_order_release);
  sink_->on_reset();
  must_reset_ = false;
  return {};
}

// Makes a frame known in RAM, as a whole.
void SqliteStorage::apply(std::span<const Change> frame, uint64_t end) {
  {
    const std::lock_guard lock(totals_mutex_);
    const auto count = [this](int32_t tier, int64_t sign, int64_t bytes) {
      if (tier < 0 || static_cast<size_t>(tier) >= totals_.size()) return;
      totals_[static_cast<size_t>(tier)].count += sign;
      totals_[static_cast<size_t>(tier)].bytes += sign * bytes;
    };
    for (const Change& change : frame) {
      if (change.from == change.to && change.bytes_before == change.bytes_after) continue;
      if (change.existed) count(change.from, -1, change.bytes_before);
      count(change.to, 1, change.bytes_after);
    }
  }
  // First here, then in RAM: a reader who sees the map without the old item must find the new one.
  pending_.add(frame, end);
  for (const Change& change : frame) {
    if (change.kind == WriteOp::Kind::kPut && change.item) {
      known_ids_.add(id_hash(change.item->id()));
    } else if (change.kind == WriteOp::Kind::kPut) {
      // A large item stands in the tables already: kept snapshots show what was there before. Which
      // id it has is not said here.
      pending_.touch();
      known_ids_.forget();
    }
    sink_->on_change(change);
  }
  applied_.store(end, std::memory_order_release);
}

Status SqliteStorage::publish_buffer() {
  if (buffer_.empty()) return {};
  const uint64_t tail = journal_->tail();
  Status status = journal_->write(tail, &buffer_);
  if (status.ok()) {
    journal_->publish(tail + buffer_.size(), next_sequence_, next_row_);
  }
  buffer_.clear();
  drop_lease();
  if (status.ok()) return {};
  // RAM is ahead of what could be written: go back to what is true, if not now then before anything else.
  pending_.clear();
  applied_.store(0, std::memory_order_release);
  must_reset_ = true;
  sink_->on_reset();
  RETURN_IF_ERROR(refresh_locked());
  lost_ = Status(status.code(), "relaxed writes were lost: " + status.message());
  return status;
}

// Puts one operation into the frame, or several that are done together or not at all.
void SqliteStorage::stage(std::span<WriteOp> group, int64_t now_us, FrameDraft& draft) {
  const size_t bytes = draft.bytes.size();
  const size_t changes = draft.changes.size();
  const int64_t first_sequence = next_sequence_;
  const int64_t first_row = next_row_;
  const bool together = group.size() > 1;
  if (together) draft.staged.begin_group();
  for (WriteOp& operation : group) {
    Change change;
    operation.status = resolve(operation, now_us, draft.staged, &change);
    if (!operation.status.ok() && together) {
      draft.staged.roll_back();
      draft.bytes.resize(bytes);
      draft.changes.resize(changes);
      next_sequence_ = first_sequence;
      next_row_ = first_row;
      for (WriteOp& other : group) {
        if (&other == &operation) continue;
        other.status = {Code::kCancelled, "it belongs to a change that could not be made"};
      }
      return;
    }
    if (!operation.status.ok() || change.row == 0) continue;
    append_operation(change, &draft.bytes);
    draft.changes.push_back(std::move(change));
  }
  draft.staged.in_group = false;
}

Status SqliteStorage::append(std::span<WriteOp> operations, bool relaxed, int64_t now_us,
                             uint64_t* out_end) {
  FrameDraft draft;
  std::string& frame = draft.bytes;
  frame.assign(sizeof(FrameHeader), '\0');
  std::vector<Change>& changes = draft.changes;
  changes.reserve(operations.size());
  const int64_t first_sequence = next_sequence_;
  const int64_t first_row = next_row_;
  for (size_t begin = 0, end = 0; begin < operations.size(); begin = end) {
    end = group_end(operations, begin);
    stage(operations.subspan(begin, end - begin), now_us, draft);
  }
  const uint64_t position = journal_->tail() + buffer_.size();
  *out_end = position;
  if (changes.empty()) return {};
  finish_frame(position, &frame);
  *out_end = position + frame.size();
  if (relaxed || !buffer_.empty()) {
    if (buffer_.empty()) buffer_due_us_ = monotonic_us() + settings_.relaxed_interval_us;
    buffer_ += frame;
  } else {
    Status status = journal_->write(position, &frame);
    if (!status.ok()) {
      next_sequence_ = first_sequence;
      next_row_ = first_row;
      return status;
    }
    journal_->publish(*out_end, next_sequence_, next_row_);
  }
  apply(changes, *out_end);
  const bool keep = relaxed && buffer_.size() < kBufferBytes;
  return keep ? Status() : publish_buffer();
}

// An item too large for the journal goes into the tables in a transaction of its own, after all that
// is pending; the journal gets a note without the image, so that other processes look again.
Status SqliteStorage::append_large(WriteOp& operation, int64_t now_us, uint64_t* out_end) {
  RETURN_IF_ERROR(publish_buffer());
  RETURN_IF_ERROR(take_lease(true));
  RETURN_IF_ERROR(refresh_locked());
  Staged staged;
  Change change;
  operation.status = resolve(operation, now_us, staged, &change);
  *out_end = journal_->tail();
  if (!operation.status.ok()) return {};
  const std::lock_guard fold_lock(fold_mutex_);
  const auto fold = [this](std::span<const PendingChange> changes) -> Status {
    const auto run = [&]() -> Result<uint64_t> {
      if (!in_memory_) return folder_->fold(changes, next_row_, true);
      ASSIGN_OR_RETURN(const ReaderPool::Loan loan, readers_.borrow());
      return folder_->fold(changes, next_row_, true);
    };
    Status status = run().take_status();
    journal_->note_table_change();
    return status;
  };
  RETURN_IF_ERROR(fold(pending_.oldest(SIZE_MAX, journal_->tail())));
  pending_.forget(journal_->tail());
  journal_->set_folded(journal_->tail());
  journal_->set_head(journal_->tail());

  Change note = change;
  note.item = {};
  note.vector = {};
  if (note.kind == WriteOp::Kind::kVector) note.bytes_before = note.bytes_after = 0;
  std::string frame(sizeof(FrameHeader), '\0');
  append_operation(note, &frame);
  const uint64_t position = journal_->tail();
  finish_frame(position, &frame);
  *out_end = position + frame.size();
  RETURN_IF_ERROR(journal_->write(position, &frame));
  const PendingChange pending{change, *out_end};
  RETURN_IF_ERROR(fold({&pending, 1}));
  journal_->publish(*out_end, next_sequence_, next_row_);
  journal_->set_folded(*out_end);
  journal_->set_head(*out_end);
  apply({&note, 1}, *out_end);
  return {};
}

}  // namespace memtier
