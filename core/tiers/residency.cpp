#include "tiers/residency.h"

#include "base/epoch.h"

namespace memtier {
namespace {

// Of so many items looked at, the one read longest ago goes: close to least recently used without a
// list that every read would have to write to.
constexpr size_t kSampled = 16;

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
      if (!is_ram(change.to)) {
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
    put(change.item);
  }
}

void Residency::put(ItemRef item) {
  const ItemRef old = map_.put(std::move(item));
  // The new version took over the old one's count, so the old one has nothing left to write.
  if (old) old->access_written.store(old->access_count());
  enforce_limit();
}

bool Residency::admit(ItemRef item, uint64_t stamp) {
  return is_ram(item->tier()) && admit_guest(std::move(item), stamp);
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
