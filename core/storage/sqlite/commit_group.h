// CommitGroup: threads that commit with full durability do it together. The first in the queue leads: it
// appends its own operations and those of everybody who waits, syncs the journal once, and wakes them.
//
// So a thread sleeps once for a write, whoever has just been woken does not meet all others at the
// write mutex, and a sync serves as many as came during the one before.
//
// Each waits on a word of its own, in its own stack. Whoever is told the outcome may be gone at once:
// after the exchange that tells it nothing of a member is touched but the address of its word, which
// the kernel only compares.
//
// Thread safety: join() any thread; take() and finish() the one that leads.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>

#include "base/status.h"
#include "model/write.h"

namespace memtier {

class CommitGroup {
 public:
  struct Member {
    Member(std::span<WriteOp> operations_in, uint64_t bytes_in, int64_t now_us_in)
        : operations(operations_in), bytes(bytes_in), now_us(now_us_in) {}

    const std::span<WriteOp> operations;
    const uint64_t bytes;  // in the journal, at most
    const int64_t now_us;
    // --- filled in by who leads
    Status status;
    std::exception_ptr failure;
    uint64_t end = 0;  // position behind its frame
    bool synced = false;

   private:
    friend class CommitGroup;
    std::atomic<uint32_t> word{0};
    Member* next = nullptr;  // guarded by the group's mutex, as is taken
    bool taken = false;
  };

  enum class Role {
    kLead,      // take() the others, then finish()
    kDone,      // another one did it
    kTimedOut,  // nobody has begun with it
  };
  Role join(Member& member, int64_t deadline_us);

  // The next of those that wait, if it fits: from here on finish() is owed to it.
  template <typename Fits>
  Member* take(Fits fits) {
    const std::lock_guard lock(mutex_);
    Member* const next = first_->next;
    if (next == nullptr || !fits(*next)) return nullptr;
    unlink(next, first_);
    next->taken = true;
    next->next = nullptr;
    (last_taken_ == nullptr ? first_taken_ : last_taken_->next) = next;
    last_taken_ = next;
    return next;
  }
  // Tells all that were taken, and then lets the next one lead.
  void finish(bool synced);

 private:
  void unlink(Member* member, Member* before);
  static void tell(Member* member, uint32_t what);

  std::mutex mutex_;
  // Guarded by mutex_; the first one leads:
  Member* first_ = nullptr;
  Member* last_ = nullptr;
  Member* first_taken_ = nullptr;
  Member* last_taken_ = nullptr;
};

}  // namespace memtier
