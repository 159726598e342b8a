#include "storage/sqlite/known_ids.h"

#include <algorithm>
#include <bit>

namespace memtier {
namespace {

// The bits of an id: where its block is, and four bits within.
size_t block_of(uint64_t hash, size_t blocks) {
  return (hash >> 36) & (blocks - 1);
}

template <typename Visit>
bool each_bit(uint64_t hash, const Visit& visit) {
  for (int i = 0; i < 4; ++i, hash >>= 9) {
    if (!visit((hash >> 6) & 7, uint64_t{1} << (hash & 63))) return false;
  }
  return true;
}

}  // namespace

bool KnownIds::may_contain(int64_t id_hash) const {
  if (!is_complete_) return true;
  const auto hash = static_cast<uint64_t>(id_hash);
  return std::any_of(layers_.begin(), layers_.end(), [hash](const Layer& layer) {
    const Block& block = layer.blocks[block_of(hash, layer.blocks.size())];
    return each_bit(hash, [&block](size_t word, uint64_t bit) { return (block[word] & bit) != 0; });
  });
}

void KnownIds::add(int64_t id_hash) {
  if (!collects_) return;
  if (layers_.back().left == 0) add_layer(layers_.back().blocks.size() * kIdsOfBlock * 2);
  if (!collects_) return;
  const auto hash = static_cast<uint64_t>(id_hash);
  Layer& layer = layers_.back();
  --layer.left;
  Block& block = layer.blocks[block_of(hash, layer.blocks.size())];
  each_bit(hash, [&block](size_t word, uint64_t bit) {
    block[word] |= bit;
    return true;
  });
}

uint64_t KnownIds::begin(uint64_t expected) {
  forget();
  collects_ = true;
  add_layer(std::max(expected, kLeast));
  return ++number_;
}

void KnownIds::add_layer(uint64_t ids) {
  const size_t blocks = std::bit_ceil(ids / kIdsOfBlock);
  const size_t bytes = blocks * sizeof(Block);
  if (bytes_ + bytes > max_bytes_) {
    forget();
    is_too_large_ = true;
    return;
  }
  Layer layer;
  layer.blocks.resize(blocks);
  layer.left = blocks * kIdsOfBlock;
  layers_.push_back(std::move(layer));
  bytes_ += bytes;
}

void KnownIds::forget() {
  layers_.clear();
  bytes_ = 0;
  collects_ = is_complete_ = false;
  misses_ = 0;
}

}  // namespace memtier
