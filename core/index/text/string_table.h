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
  // The number of this string, and whether it is new.
  std::pair<uint32_t, bool> add(std::string_view text);
  std::optional<uint32_t> find(std::string_view text) const;
  std::string_view at(uint32_t number) const { return strings_[number]; }
  uint32_t size() const { return static_cast<uint32_t>(strings_.size()); }
  size_t memory_bytes() const;

 private:
  static constexpr size_t kArenaBytes = 64 << 10;
  // What a word says of itself without being looked up: most are shorter, and then the slot alone
  // decides. Looking where the string lies cost two thirds of counting a text's words.
  static constexpr size_t kInlineBytes = 15;
  struct Slot {
    uint32_t hash = 0;
    uint32_t number_plus_one = 0;
    uint8_t size = 0;  // at most 255: longer ones are compared as a whole
    char begin[kInlineBytes] = {};
  };
  static_assert(sizeof(Slot) == 24);

  static Slot slot_of(std::string_view text);
  bool matches(const Slot& slot, const Slot& wanted, std::string_view text) const;
  void grow();
  std::string_view keep(std::string_view text);

  std::vector<Slot> slots_;
  std::vector<std::string_view> strings_;
  std::vector<std::unique_ptr<char[]>> arenas_;
  size_t arena_left_ = 0;
  size_t arena_bytes_ = 0;
};

}  // namespace memtier
