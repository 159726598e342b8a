// The journal: where a write is acknowledged. A ring of bytes in a file of its own beside the store
// (NAME-log), shared by every process that has the store open; the folder carries what stands in it
// into SQLite's tables, in batches.
//
// Why: one transaction for each write costs SQLite 12 us for a bare row and 125 us with all indexes;
// appending 700 bytes here costs 2 us, and folding in batches 10 us, on another thread.
//
//   file:  | header, 4096 bytes, mapped by all | ring of `capacity` bytes                        |
//   ring:  positions are logical and only grow; a position's place is position % capacity
//
//          head                folded                              tail
//           |  in the tables,    |  in RAM of every process, and     |  free
//           |  room to be given  |  here: recovered after a crash    |
//           |  back after a sync |                                   |
//
//   frame: | magic 4 | size 4 | position 8 | checksum 8 | operations ... |   (see journal_format.h)
//
// Invariants: head <= folded <= tail <= head + capacity. Frames lie one behind the other from head to
// tail. A writer holds the append lock, writes its frame behind the tail with pwrite, then moves the
// tail: so whatever stands before the tail is whole, even if a writer was killed. Frames carry their
// position and a checksum, so after a loss of power the valid ones are found again from `folded` on.
//
// Locks are the kernel's (open file description locks on bytes of the file): they vanish with the
// process that held them, so a killed one locks nobody out. Waiting is by trying again, bounded.
//
// Thread safety: any thread, except where "append lock" is asked for: between lock() and unlock() one
// thread of the process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/sqlite/schema.h"

namespace memtier {

class Journal {
 public:
  // Opens or makes the journal. `path` is the store's; "" keeps it in memory. `read_fold_state` asks
  // the tables how far they are; it is called while nobody else has the journal open.
  static Result<std::unique_ptr<Journal>> open(
      const std::string& path, const StoreIdentity& identity, int64_t busy_timeout_ms,
      const std::function<Result<FoldState>()>& read_fold_state);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // --- positions; each may be old when it returns, and only grows
  uint64_t tail() const { return header_->tail.load(std::memory_order_acquire); }
  uint64_t folded() const { return header_->folded.load(std::memory_order_acquire); }
  uint64_t head() const { return header_->head.load(std::memory_order_acquire); }
  uint64_t capacity() const { return capacity_; }
  // Changes whenever anything was appended by anyone.
  const std::atomic<uint64_t>& tail_cell() const { return header_->tail; }

  // --- appending
  // Takes the append lock. kBusy after the timeout, or at once if not to wait. Sets *out_interrupted if whoever had it before
  // was killed inside: then the caller compares the tables with the tail (see set_tail).
  Status lock(bool wait, bool* out_interrupted);
  // `interrupted`: what the last holder left undone is still to be done by the next.
  void unlock(bool interrupted = false);
  // Under the append lock: the counters that go with the tail.
  int64_t next_sequence() const { return header_->next_sequence.load(); }
  int64_t next_row() const { return header_->next_row.load(); }
  // Under the append lock: whether frames of this size, and the zeros behind them, fit now.
  bool fits(uint64_t size) const;
  // Under the append lock: writes whole frames behind the tail, and zeros behind them, which bytes
  // gets appended; then publish() makes them count.
  Status write(uint64_t position, std::string* bytes);
  void publish(uint64_t new_tail, int64_t next_sequence, int64_t next_row);
  // Under the append lock, with the head at the tail: writes zeros over whatever was appended.
  Status wipe();

  // --- reading
  // Bytes of the ring; valid only if head() <= from still holds afterwards.
  Status read(uint64_t from, char* out, size_t size) const;

  // --- durability
  // Returns when everything before `position` is on the disk. Threads that wait share one sync.
  Status sync(uint64_t position);

  // --- folding
  void set_folded(uint64_t position);  // the tables have everything before it
  void set_head(uint64_t position);    // and safely so: the room may be used again

  // Changes whenever anybody has changed the tables; to be noted before anything else tells of the change.
  // Who has seen the tables since, and finds the same number, sees nothing new there.
  uint64_t table_changes() const { return header_->table_changes.load(std::memory_order_acquire); }
  void note_table_change() { header_->table_changes.fetch_add(1, std::memory_order_acq_rel); }

  // Whether names were ever taken out of the tables while this journal was open: then what is remembered
  // of their numbers is not to be trusted.
  const std::atomic<uint64_t>& names_removed() const { return header_->names_removed; }
  void note_names_removed() { header_->names_removed.fetch_add(1); }

  // Whether somebody waits for readers to let SQLite's log go, so that it can be started anew. In the
  // shared header, so that readers of other processes see it; only a hint.
  bool checkpoint_wanted() const {
    return header_->checkpoint_wanted.load(std::memory_order_relaxed) != 0;
  }
  void want_checkpoint(bool wanted) {
    header_->checkpoint_wanted.store(wanted ? 1 : 0, std::memory_order_relaxed);
  }

  // Counts as closed from here on. True if nobody else has it open; then nobody can open it before
  // this object ends.
  bool leave();
  // Whether nobody else has it open. Then nobody can open it before share() or the end of this object.
  bool be_alone();
  void share();
  // Removes the file; only after leave() was true, and with everything folded.
  void remove();

 private:
  struct Header {
    char magic[8];
    uint32_t format;
    uint32_t header_bytes;
    char uuid[16];
    uint64_t capacity;
    std::atomic<uint32_t> interrupted;  // 1 while somebody appends
    std::atomic<uint64_t> tail;
    std::atomic<uint64_t> folded;
    std::atomic<uint64_t> head;
    std::atomic<uint64_t> synced;
    std::atomic<int64_t> next_sequence;
    std::atomic<int64_t> next_row;
    std::atomic<uint32_t> checkpoint_wanted;
    std::atomic<uint64_t> first_lap_end;  // where the ring has been written once; 0: not known
    std::atomic<uint64_t> prepared;  // the ring has been written up to here, at least with zeros
    std::atomic<uint64_t> table_changes;
    std::atomic<uint64_t> names_removed;
  };
  static_assert(std::atomic<uint64_t>::is_always_lock_free, "shared between processes");

  Journal() = default;
  Status open_file(const std::string& path);
  Status attach(const StoreIdentity& identity, int64_t busy_timeout_ms,
                const std::function<Result<FoldState>()>& read_fold_state);
  Result<bool> is_current_file() const;
  Status map();
  Status initialise(const StoreIdentity& identity, const FoldState& state);
  Status recover(const StoreIdentity& identity, const FoldState& state);
  Status write_bytes(uint64_t position, std::string_view bytes);
  Status prepare(uint64_t from);
  Status scan(uint64_t* tail, int64_t* next_sequence, int64_t* next_row) const;

  int file_ = -1;
  std::string path_;  // empty in memory
  Header* header_ = nullptr;
  uint64_t capacity_ = 0;
  int64_t busy_timeout_us_ = 0;
  std::mutex sync_mutex_;
  std::condition_variable synced_;
  bool syncing_ = false;      // guarded by sync_mutex_
  bool sync_failed_ = false;  // likewise: what is on the disk is not known any more
};

}  // namespace memtier
