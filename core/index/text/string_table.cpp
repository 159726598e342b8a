#include "index/text/string_table.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace memtier {

StringTable::Slot StringTable::slot_of(std::string_view text) {
  Slot slot;
  slot.hash = static_cast<uint32_t>(hash64(text));
  slot.size = static_cast<uint8_t>(std::min<size_t>(text.size(), UINT8_MAX));
  std::memcpy(slot.begin, text.data(), std::min(text.size(), kInlineBytes));
  return slot;
}

bool StringTable::matches(const Slot& slot, const Slot& wanted, std::string_view text) const {
  if (slot.hash != wanted.hash || slot.size != wanted.size) return false;
  if (std::memcmp(slot.begin, wanted.begin, kInlineBytes) != 0) return false;
  return text.size() <= kInlineBytes || strings_[slot.number_plus_one - 1] == text;
}

std::pair<uint32_t, bool> StringTable::add(std::string_view text) {
  if (strings_.size() * 2 >= slots_.size()) grow();
  Slot wanted = slot_of(text);
  const size_t mask = slots_.size() - 1;
  for (size_t at = wanted.hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.number_plus_one == 0) {
      strings_.push_back(keep(text));
      wanted.number_plus_one = size();
      slot = wanted;
      return {size() - 1, true};
    }
    if (matches(slot, wanted, text)) return {slot.number_plus_one - 1, false};
  }
}

std::optional<uint32_t> StringTable::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const Slot wanted = slot_of(text);
  const size_t mask = slots_.size() - 1;
  for (size_t at = wanted.hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.number_plus_one == 0) return std::nullopt;
    if (matches(slot, wanted, text)) return slot.number_plus_one - 1;
  }
}

void StringTable::grow() {
  std::vector<Slot> before(std::max<size_t>(64, slots_.size() * 2));
  before.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.number_plus_one == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].number_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::string_view StringTable::keep(std::string_view text) {
  if (text.size() > arena_left_) {
    const size_t size = std::max(kArenaBytes, text.size());
    arenas_.push_back(std::make_unique_for_overwrite<char[]>(size));
    arena_left_ = size;
    arena_bytes_ += size;
  }
  if (text.empty()) return {};
  // From the end of the newest arena downwards.
  char* place = arenas_.back().get() + (arena_left_ - text.size());
  arena_left_ -= text.size();
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

size_t StringTable::memory_bytes() const {
  return slots_.capacity() * sizeof(Slot) + strings_.capacity() * sizeof(std::string_view) +
         arena_bytes_;
}

}  // namespace memtier
