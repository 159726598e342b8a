// StringTable: numbers strings in the order in which they come, from 0.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace memtier {

class StringTable {
 public:
  // What a string says of itself without being looked up: its first bytes, its size, a hash. Most words are
  // no longer; looking where the string lies cost two thirds of counting a text's words.
  struct Key {
    uint64_t begin[2] =
        {};  // 15 bytes, and the size: at most 255, longer ones are compared as a whole
    uint32_t hash = 0;
  };
  static Key key_of(std::string_view text);
  // Brings the place of a string near that is to be added soon: most of adding is waiting for it.
  void prefetch(const Key& key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[key.hash & (slots_.size() - 1)]);
  }

  // The number of this string, and whether it is new.
  std::pair<uint32_t, bool> add(std::string_view text) { return add(key_of(text), text); }
  std::pair<uint32_t, bool> add(const Key& key, std::string_view text);
  std::optional<uint32_t> find(std::string_view text) const;
  std::string_view at(uint32_t number) const { return strings_[number]; }
  uint32_t size() const { return static_cast<uint32_t>(strings_.size()); }
  size_t memory_bytes() const;

 private:
  static constexpr size_t kArenaBytes = 64 << 10;
  static constexpr size_t kInlineBytes = 15;
  struct Slot {  // half a cache line
    Key key;
    uint32_t number_plus_one = 0;
  };
  static_assert(sizeof(Slot) == 32);

  bool matches(const Slot& slot, const Key& wanted, std::string_view text) const;
  void grow();
  std::string_view keep(std::string_view text);

  std::vector<Slot> slots_;
  std::vector<std::string_view> strings_;
  std::vector<std::unique_ptr<char[]>> arenas_;
  size_t arena_left_ = 0;
  size_t arena_bytes_ = 0;
};

}  // namespace memtier
