// How long the call under way may still wait for others. A call may have to wait at several places (for
// a writer, a reading connection, another process's lock); each has the same limit, and all of them
// together have it once, from the first wait on.
//
// Of the calling thread: a call does not change threads. Outside of a call (a background thread) each
// wait has its own limit.
#pragma once

#include <cstdint>
#include <mutex>

namespace memtier {

class Patience {
 public:
  // A call that may wait for `limit_us` in all. Inside of another it takes the smaller of both.
  explicit Patience(int64_t limit_us);
  ~Patience();
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  // The same without a block of its own; each begin() has its end().
  static void begin(int64_t limit_us);
  static void end();

  // To be called when a wait begins: what is left of the call's limit, at most `limit_us`. Not below 0.
  static int64_t left_us(int64_t limit_us);
  // A long call has come on: what it waited so far is forgotten.
  static void renew();

 private:
  struct Limits {
    int calls = 0;  // under way, one inside the other
    int64_t limit_us = 0;
    int64_t deadline_us = 0;  // monotonic; 0: nothing was waited for yet
  };
  static thread_local constinit Limits limits;
  const Limits outer_;
};

// Locks; where that has to be waited for, the call's limit begins to run.
template <typename Mutex>
std::unique_lock<Mutex> lock_patiently(Mutex& mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  if (lock) return lock;
  (void)Patience::left_us(0);
  lock.lock();
  return lock;
}

}  // namespace memtier
