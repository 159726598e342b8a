// VectorRoom: where the vectors of a set lie, block by block. Many lie in huge pages: each is read at random, and
// would wait longer for the addresses of its pages than for its bytes.
//
// Thread safety: none of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace memtier {

class VectorRoom {
 public:
  VectorRoom() = default;
  explicit VectorRoom(size_t block_bytes) : block_bytes_(block_bytes) {}

  // One more block; its bytes say nothing yet.
  void add();
  char* at(size_t block) const { return blocks_[block]; }
  size_t blocks() const { return blocks_.size(); }
  size_t memory_bytes() const { return bytes_; }
  void clear();
  // The first so many blocks are not read any more.
  void let_go(size_t blocks);

 private:
  // The first blocks have pages of their own; those behind them lie side by side, so many together.
  static constexpr size_t kSingle = 16;
  static constexpr size_t kTogether = 16;

  struct Free {
    size_t alignment;
    void operator()(char* bytes) const;
  };
  struct Piece {
    std::unique_ptr<char[], Free> bytes;
    size_t size = 0;
    size_t end = 0;  // its blocks are those before this
  };

  size_t block_bytes_ = 0;
  std::vector<char*> blocks_;
  std::vector<Piece> pieces_;
  size_t room_ = 0;  // blocks that there are pieces for
  size_t bytes_ = 0;
};

}  // namespace memtier
