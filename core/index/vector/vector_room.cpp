#include "index/vector/vector_room.h"

#include <sys/mman.h>

#include <new>

namespace memtier {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kLine = 64;  // of a cache

}  // namespace

void VectorRoom::Free::operator()(char* bytes) const {
  ::operator delete[](bytes, std::align_val_t(alignment));
}

void VectorRoom::add() {
  if (blocks_.size() == room_) {
    const size_t count = room_ < kSingle ? 1 : kTogether;
    Piece piece;
    piece.size = count * block_bytes_;
    const size_t alignment = piece.size < kHugePage ? kLine : kHugePage;
    piece.bytes = std::unique_ptr<char[], Free>(
        static_cast<char*>(::operator new[](piece.size, std::align_val_t(alignment))),
        Free{alignment});
#if defined(MADV_HUGEPAGE)
    if (alignment == kHugePage) (void)madvise(piece.bytes.get(), piece.size, MADV_HUGEPAGE);
#endif
    piece.end = room_ + count;
    bytes_ += piece.size;
    room_ += count;
    pieces_.push_back(std::move(piece));
  }
  const Piece& last = pieces_.back();
  const size_t behind = last.end - blocks_.size();
  blocks_.push_back(last.bytes.get() + last.size - behind * block_bytes_);
}

void VectorRoom::clear() {
  blocks_.clear();
  pieces_.clear();
  room_ = bytes_ = 0;
}

void VectorRoom::let_go(size_t blocks) {
  for (Piece& piece : pieces_) {
    if (piece.end > blocks) break;
    if (piece.bytes) bytes_ -= piece.size;
    piece.bytes.reset();
  }
}

}  // namespace memtier
