#include "index/text/string_table.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace memtier {

namespace {

template <typename Word>
Word load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

// Loads overlap, so that no size needs a loop.
StringTable::Key StringTable::key_of(std::string_view text) {
  const char* const data = text.data();
  const size_t size = std::min(text.size(), kInlineBytes);
  uint64_t low = 0;
  uint64_t high = 0;
  if (size > 8) {
    low = load<uint64_t>(data);
    high = load<uint64_t>(data + size - 8) >> 8 * (16 - size);
  } else if (size >= 4) {
    low = load<uint32_t>(data) | uint64_t{load<uint32_t>(data + size - 4)} << 8 * (size - 4);
  } else if (size > 0) {
    const auto byte = [data](size_t at) {
      return uint64_t{static_cast<unsigned char>(data[at])} << 8 * at;
    };
    low = byte(0) | byte(size / 2) | byte(size - 1);
  }
  high |= uint64_t{std::min<size_t>(text.size(), UINT8_MAX)} << 56;
  if (text.size() > kInlineBytes) return {{low, high}, static_cast<uint32_t>(hash64(text))};
  // For so few bytes: two multiplications (their constants are those of xxHash).
  uint64_t hash = (low ^ low >> 29) * 0x9e3779b185ebca87U + high * 0xc2b2ae3d27d4eb4fU;
  hash = (hash ^ hash >> 32) * 0x165667b19e3779f9U;
  return {{low, high}, static_cast<uint32_t>(hash >> 32)};
}

bool StringTable::matches(const Slot& slot, const Key& wanted, std::string_view text) const {
  const Key& key = slot.key;
  const bool same =
      key.hash == wanted.hash && key.begin[0] == wanted.begin[0] && key.begin[1] == wanted.begin[1];
  return same && (text.size() <= kInlineBytes || strings_[slot.number_plus_one - 1] == text);
}

std::pair<uint32_t, bool> StringTable::add(const Key& key, std::string_view text) {
  if (strings_.size() * 2 >= slots_.size()) grow();
  const size_t mask = slots_.size() - 1;
  for (size_t at = key.hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.number_plus_one == 0) {
      strings_.push_back(keep(text));
      slot = {key, size()};
      return {size() - 1, true};
    }
    if (matches(slot, key, text)) return {slot.number_plus_one - 1, false};
  }
}

std::optional<uint32_t> StringTable::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const Key wanted = key_of(text);
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
    size_t at = slot.key.hash & mask;
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
