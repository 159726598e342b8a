#include "tiers/access_tracker.h"

#include <algorithm>

#include "base/epoch.h"

namespace memtier {

void AccessTracker::count_resident(const Item& item, int64_t now_us) {
  item.count_access(now_us);
  if (item.access_pending.load(std::memory_order_relaxed)) return;
  Stripe& stripe = stripes_[thread_number() % kStripes];
  // Its count stays in the item, and is written if it is read again when there is room. Looked at
  // before anything is locked: who reads more items than are written behind comes here each time.
  if (stripe.is_full.load(std::memory_order_relaxed)) {
    count_dropped(1);
    return;
  }
  if (item.access_pending.exchange(true, std::memory_order_acq_rel)) return;
  const std::lock_guard lock(stripe.mutex);
  if (stripe.listed.size() >= kMaxListed / kStripes) {
    item.access_pending.store(false, std::memory_order_release);
    count_dropped(1);
    return;
  }
  stripe.listed.emplace_back(&item);
  if (stripe.listed.size() >= kMaxListed / kStripes) stripe.is_full.store(true);
  pending_.fetch_add(1, std::memory_order_relaxed);
}

int64_t AccessTracker::count_cold(const Item& item, int64_t now_us, int64_t reads) {
  Stripe& stripe = stripes_[static_cast<uint64_t>(item.row()) % kStripes];
  const std::lock_guard lock(stripe.mutex);
  auto found = stripe.cold.find(item.row());
  if (found == stripe.cold.end()) {
    if (stripe.no_cold_room || (stripe.cold.size() >= kMaxCold / kStripes && !make_room(stripe))) {
      stripe.no_cold_room = true;  // until the next take(): looking for room again finds none
      count_dropped(1);
      return reads <= 1 ? now_us : 0;
    }
    found = stripe.cold.try_emplace(item.row()).first;
  }
  ColdReads& entry = found->second;
  if (entry.unwritten++ == 0) pending_.fetch_add(1, std::memory_order_relaxed);
  const int64_t second = entry.last_us;
  const int64_t third = entry.earlier_us[0];
  entry.earlier_us = {second, third};
  entry.last_us = now_us;
  // The object that was read shows the reads that the table does not know yet. They are this entry's
  // to write, not the object's, should it become resident.
  // While counts are being written the table may show them or not, but they are not unwritten any
  // more: a count that was shown is never taken back, as long as the version is the same.
  int64_t count = item.header().access_count + entry.unwritten;
  if (entry.sequence == item.header().sequence) count = std::max(count, entry.shown + 1);
  entry.sequence = item.header().sequence;
  entry.shown = count;
  item.show_access(count, now_us);
  if (reads <= 1) return now_us;
  return reads == 2 ? second : third;
}

// Forgets some rows that have nothing to write.
bool AccessTracker::make_room(Stripe& stripe) {
  size_t looked_at = 0;
  for (auto it = stripe.cold.begin(); it != stripe.cold.end() && looked_at < 64; ++looked_at) {
    it = it->second.unwritten == 0 ? stripe.cold.erase(it) : std::next(it);
  }
  return stripe.cold.size() < kMaxCold / kStripes;
}

std::vector<AccessDelta> AccessTracker::take() {
  std::vector<AccessDelta> deltas;
  for (Stripe& stripe : stripes_) {
    std::vector<ItemRef> listed;
    {
      const std::lock_guard lock(stripe.mutex);
      listed.swap(stripe.listed);
      stripe.is_full.store(false);
      for (auto& [row, entry] : stripe.cold) {
        if (entry.unwritten == 0) continue;
        deltas.push_back({row, entry.unwritten, entry.last_us});
        entry.unwritten = 0;
      }
      stripe.no_cold_room = false;
    }
    for (const ItemRef& item : listed) {
      item->access_pending.store(false, std::memory_order_release);
      const int64_t count = item->access_count();
      const int64_t written = item->access_written.exchange(count);
      if (count > written) deltas.push_back({item->row(), count - written, item->accessed_us()});
    }
  }
  pending_.store(0, std::memory_order_relaxed);
  std::sort(deltas.begin(), deltas.end(),
            [](const AccessDelta& a, const AccessDelta& b) { return a.row < b.row; });
  return deltas;
}

}  // namespace memtier
