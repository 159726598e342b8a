// KnownIds: which ids may be in the tables. Most puts bring a new id; "surely not there" spares them a
// statement and two locks of the file, a tenth of what a put costs. (A Bloom filter, all bits of an id in
// one cache line; 16 bits an id leave one of 300 unknown ids to be looked up all the same.)
//
// It knows nothing before it was complete()d: at once for an empty store, else when the ids of the
// tables have been read beside the writes that go on, which is done where many look-ups found nothing.
// From begin() on every id that is stored by anybody has to be added.
//
// Thread safety: none of its own; the storage's write mutex.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace memtier {

class KnownIds {
 public:
  // Where it would take more than this it knows nothing.
  explicit KnownIds(size_t max_bytes) : max_bytes_(max_bytes) {}

  // By id_hash().
  bool may_contain(int64_t id_hash) const;
  void add(int64_t id_hash);

  // Starts anew with no id, for about so many. Gives a number for is_current().
  uint64_t begin(uint64_t expected);
  bool is_current(uint64_t number) const { return collects_ && number == number_; }
  void complete() { is_complete_ = collects_; }
  // Ids may have been missed.
  void forget();

  // A look-up found nothing that this could have told.
  void count_miss() { misses_ += is_complete_ ? 0 : 1; }
  bool is_worth_beginning() const { return !collects_ && !is_too_large_ && misses_ >= kMisses; }
  size_t memory_bytes() const { return bytes_; }

 private:
  static constexpr uint64_t kMisses = 1000;
  static constexpr uint64_t kLeast = 16 << 10;  // ids
  static constexpr size_t kIdsOfBlock = 32;     // at 16 bits each

  using Block = std::array<uint64_t, 8>;  // a cache line
  struct Layer {
    std::vector<Block> blocks;  // a power of two
    uint64_t left = 0;          // ids that there is room for
  };
  void add_layer(uint64_t ids);

  const size_t max_bytes_;
  std::vector<Layer> layers_;  // each twice as large as the one before
  size_t bytes_ = 0;
  bool collects_ = false;
  bool is_complete_ = false;
  bool is_too_large_ = false;
  uint64_t number_ = 0;
  uint64_t misses_ = 0;
};

}  // namespace memtier
