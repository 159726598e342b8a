#include "base/epoch.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace memtier {
namespace epoch_detail {

struct Retired {
  void* object;
  void (*free)(void*);
  uint64_t epoch;
};

// One per thread that ever entered; never freed, taken over by a later thread. `state` is 0 outside
// every guard, else epoch * 2 + 1.
struct alignas(128) ThreadRecord {
  std::atomic<uint64_t> state{0};
  std::atomic<bool> owned{true};
  ThreadRecord* next = nullptr;  // constant after publication
  size_t number = 0;             // constant after publication
  uint32_t depth = 0;            // of the owning thread only, as is what follows
  std::vector<Retired> retired;
};

namespace {

std::atomic<uint64_t> global_epoch{2};
std::atomic<ThreadRecord*> records{nullptr};
std::atomic<size_t> record_count{0};

// Left behind by threads that ended; freed by whichever thread reclaims next.
std::mutex orphans_mutex;
std::vector<Retired>& orphans() {
  static auto* const list = new std::vector<Retired>();  // outlives every thread
  return *list;
}

constexpr size_t kReclaimAt = 64;  // retired objects a thread gathers before it tries to free them

ThreadRecord* take_record() {
  for (ThreadRecord* record = records.load(std::memory_order_acquire); record != nullptr;
       record = record->next) {
    bool expected = false;
    if (!record->owned.load(std::memory_order_relaxed) &&
        record->owned.compare_exchange_strong(expected, true, std::memory_order_acquire)) {
      return record;
    }
  }
  auto* record = new ThreadRecord();
  record->number = record_count.fetch_add(1);
  record->next = records.load(std::memory_order_relaxed);
  while (!records.compare_exchange_weak(record->next, record, std::memory_order_release,
                                        std::memory_order_relaxed)) {
  }
  return record;
}

// The calling thread's record, once it has one. With this model reading it is one instruction, where
// a library's thread-local variable with a destructor takes two calls.
__attribute__((tls_model("initial-exec"))) constinit thread_local ThreadRecord* own_record =
    nullptr;

class ThreadEntry {
 public:
  ThreadEntry() : record_(take_record()) { own_record = record_; }
  ~ThreadEntry() {
    own_record = nullptr;
    try {
      const std::lock_guard lock(orphans_mutex);
      auto& list = orphans();
      list.insert(list.end(), record_->retired.begin(), record_->retired.end());
      record_->retired.clear();
    } catch (const std::bad_alloc&) {
      // They stay in the record, for the thread that takes it over.
    }
    record_->owned.store(false, std::memory_order_release);
  }
  ThreadEntry(const ThreadEntry&) = delete;
  ThreadEntry& operator=(const ThreadEntry&) = delete;
  ThreadRecord* record() { return record_; }

 private:
  ThreadRecord* record_;
};

ThreadRecord* make_record() {
  thread_local ThreadEntry entry;
  return entry.record();
}

ThreadRecord* this_record() {
  ThreadRecord* const record = own_record;
  return record != nullptr ? record : make_record();
}

void try_advance() {
  const uint64_t epoch = global_epoch.load(std::memory_order_seq_cst);
  for (ThreadRecord* record = records.load(std::memory_order_acquire); record != nullptr;
       record = record->next) {
    const uint64_t state = record->state.load(std::memory_order_seq_cst);
    if (state != 0 && state >> 1 != epoch) return;
  }
  uint64_t expected = epoch;
  global_epoch.compare_exchange_strong(expected, epoch + 1, std::memory_order_seq_cst);
}

// Takes out of `list` what can be freed now.
void split_freeable(std::vector<Retired>& list, std::vector<Retired>& freeable) {
  const uint64_t epoch = global_epoch.load(std::memory_order_seq_cst);
  const auto middle = std::partition(list.begin(), list.end(), [epoch](const Retired& retired) {
    return retired.epoch + 2 > epoch;
  });
  freeable.insert(freeable.end(), middle, list.end());
  list.erase(middle, list.end());
}

void reclaim(ThreadRecord* record) {
  try_advance();
  std::vector<Retired> freeable;
  try {
    split_freeable(record->retired, freeable);
    const std::lock_guard lock(orphans_mutex);
    split_freeable(orphans(), freeable);
  } catch (const std::bad_alloc&) {
    // What is not in `freeable` stays where it was, for the next time.
  }
  for (const Retired& retired : freeable) retired.free(retired.object);
}

}  // namespace

void enter() {
  ThreadRecord* record = this_record();
  if (record->depth++ > 0) return;
  const uint64_t epoch = global_epoch.load(std::memory_order_relaxed);
  // The exchange is the full fence between publishing the epoch and the first look at shared memory.
  record->state.exchange(epoch << 1 | 1, std::memory_order_seq_cst);
}

// Frees an object that there is no memory to remember: waits until no reader can see it. Under a guard
// of its own the thread would wait for itself; then the object is given up.
void retire_now(const ThreadRecord* record, void* object, void (*free)(void*)) {
  if (record->depth > 0) return;
  const uint64_t epoch = global_epoch.load(std::memory_order_seq_cst);
  while (global_epoch.load(std::memory_order_seq_cst) < epoch + 2) {
    try_advance();
    std::this_thread::yield();
  }
  free(object);
}

void leave() {
  ThreadRecord* record = this_record();
  if (--record->depth > 0) return;
  record->state.store(0, std::memory_order_release);
}

}  // namespace epoch_detail

using epoch_detail::global_epoch;
using epoch_detail::ThreadRecord;

void epoch_retire(void* object, void (*free)(void*)) {
  ThreadRecord* record = epoch_detail::this_record();
  try {
    record->retired.push_back({object, free, global_epoch.load(std::memory_order_seq_cst)});
  } catch (const std::bad_alloc&) {
    return epoch_detail::retire_now(record, object, free);
  }
  if (record->retired.size() >= epoch_detail::kReclaimAt) epoch_detail::reclaim(record);
}

void epoch_drain() {
  ThreadRecord* record = epoch_detail::this_record();
  while (!record->retired.empty()) {
    epoch_detail::reclaim(record);
    if (!record->retired.empty()) std::this_thread::yield();
  }
}

size_t thread_number() {
  return epoch_detail::this_record()->number;
}

}  // namespace memtier
