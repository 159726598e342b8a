#include "index/text/string_table.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace memtier {

std::pair<uint32_t, bool> StringTable::add(std::string_view text) {
  if (strings_.size() * 2 >= slots_.size()) grow();
  const auto hash = static_cast<uint32_t>(hash64(text));
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.number_plus_one == 0) {
      strings_.push_back(keep(text));
      slot = {hash, size()};
      return {size() - 1, true};
    }
    if (slot.hash == hash && strings_[slot.number_plus_one - 1] == text) {
      return {slot.number_plus_one - 1, false};
    }
  }
}

std::optional<uint32_t> StringTable::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const auto hash = static_cast<uint32_t>(hash64(text));
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.number_plus_one == 0) return std::nullopt;
    if (slot.hash == hash && strings_[slot.number_plus_one - 1] == text) {
      return slot.number_plus_one - 1;
    }
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
