#include "storage/sqlite/commit_group.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

#include "base/clock.h"

namespace memtier {
namespace {

// What a member's word says.
constexpr uint32_t kAwake = 0;
constexpr uint32_t kAsleep = 1;
constexpr uint32_t kLeads = 2;
constexpr uint32_t kIsDone = 3;

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is a plain word");

void futex_wait(std::atomic<uint32_t>* word, uint32_t value, int64_t timeout_us) {
  const timespec timeout{timeout_us / 1'000'000, timeout_us % 1'000'000 * 1000};
  (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &timeout, nullptr, 0);
}

void futex_wake(std::atomic<uint32_t>* word) {
  (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace

CommitGroup::Role CommitGroup::join(Member& member, int64_t deadline_us) {
  {
    const std::lock_guard lock(mutex_);
    const bool alone = first_ == nullptr;
    (alone ? first_ : last_->next) = &member;
    last_ = &member;
    if (alone) return Role::kLead;
  }
  bool may_leave = true;
  while (true) {
    uint32_t word = kAwake;
    member.word.compare_exchange_strong(word, kAsleep, std::memory_order_acquire);
    if (word == kLeads) return Role::kLead;
    if (word == kIsDone) return Role::kDone;
    constexpr int64_t kForeverUs = 1'000'000;  // then it looks again
    const int64_t left_us = may_leave ? deadline_us - monotonic_us() : kForeverUs;
    if (left_us > 0) {
      futex_wait(&member.word, kAsleep, left_us);
      continue;
    }
    const std::lock_guard lock(mutex_);
    may_leave = !member.taken && first_ != &member;
    if (!may_leave) continue;  // it is being done, or its turn: it will be told
    Member* before = first_;
    while (before->next != &member) before = before->next;
    unlink(&member, before);
    return Role::kTimedOut;
  }
}

void CommitGroup::finish(bool synced) {
  Member* taken = nullptr;
  Member* heir = nullptr;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(first_taken_, nullptr);
    last_taken_ = nullptr;
    heir = first_ = first_->next;
    if (first_ == nullptr) last_ = nullptr;
  }
  while (taken != nullptr) {
    Member* const next = taken->next;
    taken->synced = synced;
    tell(taken, kIsDone);
    taken = next;
  }
  // Last, so that it finds some of the others waiting again.
  if (heir != nullptr) tell(heir, kLeads);
}

void CommitGroup::unlink(Member* member, Member* before) {
  before->next = member->next;
  if (last_ == member) last_ = before;
}

void CommitGroup::tell(Member* member, uint32_t what) {
  if (member->word.exchange(what, std::memory_order_acq_rel) == kAsleep) futex_wake(&member->word);
}

}  // namespace memtier
