#include "tiers/residency.h"

#include "base/epoch.h"

namespace memtier {
namespace {

// Of so many items looked at, the one read longest ago goes: close to least recently used without a
// list that every read would have to write to.
constexpr size_t kSampled = 16;

constexpr size_t kLongContent = 4 << 10;
constexpr int64_t kGuestsOfLimit = 16;  // one part in so many is for guests

bool may_be_guest(const Item& item, int64_t limit) {
  return item.text(Text::kContent).size() >= kLongContent &&
         static_cast<int64_t>(item.memory_bytes()) <= limit / kGuestsOfLimit;
}

}  // namespace

bool Residency::is_ram(int32_t tier) const {
  const auto number = static_cast<size_t>(tier);
  return tier >= 0 && number < ladder_.tiers.size() && ladder_.tiers[number].medium == Medium::kRam;
}

void Residency::apply(const Change& change) {
  switch (change.kind) {
    case WriteOp::Kind::kPut:
      if (change.item && is_ram(change.to)) {
        put(change.item);
      } else {
        (void)map_.remove_row(change.key_hash, change.row);
      }
      return;
    case WriteOp::Kind::kRemove:
      (void)map_.remove_row(change.key_hash, change.row);
      return;
    case WriteOp::Kind::kMove:
      if (!is_ram(change.to) && !stays_as_guest(change)) {
        const ItemRef item = map_.remove_row(change.key_hash, change.row);
        if (item) item->set_tier(change.to);
        if (change.item) change.item->set_tier(change.to);
        return;
      }
      break;
    case WriteOp::Kind::kVector:
      return;  // not of the item itself
    default:
      break;
  }
  map_.touch(change.key_hash);
  bool resident = false;
  {
    const EpochGuard guard;
    if (const Item* item = map_.peek_row(change.key_hash, change.row); item != nullptr) {
      resident = true;
      if (change.kind == WriteOp::Kind::kMove) item->set_tier(change.to);
      if (change.kind == WriteOp::Kind::kValidate) item->set_validation_count(change.value);
      if (change.kind == WriteOp::Kind::kRefresh) item->set_expires_us(change.value);
    }
  }
  if (!resident && change.kind == WriteOp::Kind::kMove && change.item) {
    change.item->set_tier(change.to);
    if (is_ram(change.to)) put(change.item);
  }
}

ItemRef Residency::find_row(uint64_t key_hash, int64_t row) const {
  const EpochGuard guard;
  const Item* item = map_.peek_row(key_hash, row);
  return item != nullptr && item->try_ref() ? ItemRef::adopt(item) : ItemRef();
}

bool Residency::stays_as_guest(const Change& change) {
  const ItemRef item = find_row(change.key_hash, change.row);
  if (!item || !may_be_guest(*item, limit_)) return false;
  const bool is_new = is_ram(item->tier());  // else it is one already
  item->set_tier(change.to);                 // before others may find it among the guests
  if (is_new) note_guest(*item);
  return true;
}

void Residency::note_guest(const Item& item) {
  const std::lock_guard lock(guests_mutex_);
  const auto bytes = static_cast<int64_t>(item.memory_bytes());
  guests_.push_back({item.key_hash(), item.row(), bytes});
  guest_bytes_ += bytes;
  while (guest_bytes_ > limit_ / kGuestsOfLimit) {
    const Guest first = guests_.front();
    guests_.pop_front();
    guest_bytes_ -= first.bytes;
    const ItemRef there = find_row(first.key_hash, first.row);
    if (there && !is_ram(there->tier())) (void)map_.remove_row(first.key_hash, first.row);
  }
}

void Residency::put(ItemRef item) {
  const ItemRef old = map_.put(std::move(item));
  // The new version took over the old one's count, so the old one has nothing left to write.
  if (old) old->access_written.store(old->access_count());
  enforce_limit();
}

bool Residency::admit(ItemRef item, uint64_t stamp) {
  if (is_ram(item->tier())) return admit_guest(std::move(item), stamp);
  if (!may_be_guest(*item, limit_)) return false;
  const ItemRef guest = item;
  if (!admit_guest(std::move(item), stamp)) return false;
  note_guest(*guest);
  return true;
}

bool Residency::admit_guest(ItemRef item, uint64_t stamp) {
  if (static_cast<int64_t>(item->memory_bytes()) > limit_) return false;
  if (!map_.put_if_unchanged(std::move(item), stamp)) return false;
  enforce_limit();
  return true;
}

int64_t Residency::count_in_tier(int32_t tier) const {
  int64_t count = 0;
  map_.visit([&count, tier](const Item& item) { count += item.tier() == tier ? 1 : 0; });
  return count;
}

void Residency::enforce_limit() {
  while (map_.bytes() > limit_ && map_.count() > 0) {
    const uint64_t seed = sample_seed_.fetch_add(0x9e3779b97f4a7c15ULL);
    const std::vector<ItemRef> sampled = map_.sample(seed >> 20, kSampled);
    if (sampled.empty()) return;
    const ItemRef* oldest = &sampled[0];
    for (const ItemRef& item : sampled) {
      if (item->accessed_us() < (*oldest)->accessed_us()) oldest = &item;
    }
    (void)map_.remove_row((*oldest)->key_hash(), (*oldest)->row());
  }
}

}  // namespace memtier
