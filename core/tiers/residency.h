// Residency: which items this process has in RAM. An item is resident if its tier's medium is RAM and
// there is room: past the memory limit the ones read longest ago leave RAM (not their tier; the next
// read brings them back).
//
// Long contents are compressed below, and cost most to bring back. So what is long and was in RAM, or was
// read, stays for a while as a guest, whatever its tier: the last ones, in a sixteenth of the limit.
//
// It follows the storage's changes in their order, so what is resident is always current.
//
// Thread safety: every function, any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

#include "model/ladder.h"
#include "model/write.h"
#include "tiers/hot_map.h"

namespace memtier {

class Residency {
 public:
  Residency(const Ladder& ladder, int64_t limit_bytes) : ladder_(ladder), limit_(limit_bytes) {}

  // Keeps in step with a committed change.
  void apply(const Change& change);
  void clear() { map_.clear(); }

  const HotMap& map() const { return map_; }
  uint64_t stamp(uint64_t key_hash) const { return map_.stamp(key_hash); }
  // Takes in an item that was read from the storage after the stamp was taken, if its tier is in RAM or its
  // content is long. Returns whether it is resident now.
  bool admit(ItemRef item, uint64_t stamp);
  // The same whatever its tier: it is likely to be read soon.
  bool admit_guest(ItemRef item, uint64_t stamp);

  bool is_ram(int32_t tier) const;
  // By looking at every resident item.
  int64_t count_in_tier(int32_t tier) const;
  int64_t limit_bytes() const { return limit_; }

 private:
  struct Guest {
    uint64_t key_hash = 0;
    int64_t row = 0;
    int64_t bytes = 0;
  };

  void put(ItemRef item);
  ItemRef find_row(uint64_t key_hash, int64_t row) const;
  bool stays_as_guest(const Change& change);
  void note_guest(const Item& item);
  void enforce_limit();

  const Ladder& ladder_;
  const int64_t limit_;
  HotMap map_;
  std::mutex guests_mutex_;
  std::deque<Guest>
      guests_;  // the first came first; some may have gone, or be in a RAM tier, by now
  int64_t guest_bytes_ = 0;  // of those in guests_
  std::atomic<uint64_t> sample_seed_{0x9e3779b97f4a7c15ULL};
};

}  // namespace memtier
