// The postings of a term in a segment: skip entries are searched, blocks are read when postings of
// theirs are asked for.
#pragma once

#include <cstdint>
#include <vector>

#include "index/text/segment.h"

namespace memtier {

class SegmentCursor final : public PostingCursor {
 public:
  SegmentCursor(const Segment& segment, ChunkReader& reader, const TermEntry& entry);

  Result<Run> next(uint32_t begin, uint32_t end) override;
  Result<uint32_t> not_before(uint32_t at) override;
  Result<Bound> bound(uint32_t begin, uint32_t end) override;
  Result<uint64_t> count(uint32_t begin, uint32_t end) override;
  Result<bool> probe(uint32_t document, Frequencies* out) override;
  Status probe_all(std::span<const uint32_t> documents, size_t stride, Frequencies* out) override;

 private:
  static constexpr size_t kSkipsAtOnce = 64;  // read together
  static constexpr size_t kNone = SIZE_MAX;

  Result<SkipEntry> skip(size_t block);
  // The first block that does not end before the document; blocks_ if there is none.
  Result<size_t> seek(uint32_t document, size_t from);
  // Documents; frequencies are unpacked when run() is asked for them, which who looks up few documents seldom does.
  Status load(size_t block);
  Run run();
  void unpack_frequencies();
  // How many postings lie before the document.
  Result<uint64_t> rank(uint32_t document);

  const Segment& segment_;
  ChunkReader& reader_;
  const TermEntry entry_;
  const size_t blocks_;
  const uint64_t data_begin_;  // of the blocks, in the body
  size_t at_ = 0;              // the block that the last request began in
  std::vector<SkipEntry> skips_;
  size_t skips_begin_ = kNone;
  // The block in documents_ and so on:
  size_t loaded_ = kNone;
  size_t loaded_size_ = 0;
  bool has_fields_ = false;
  static constexpr size_t kMaxBlockBytes = 3 + kBlockSize * (4 + 1 + 1 + 1);
  char packed_[kMaxBlockBytes + 8];
  const char* packed_frequencies_ = nullptr;  // in packed_; null: they are unpacked
  uint32_t content_bits_ = 0;
  uint32_t title_bits_ = 0;
  uint32_t speaker_bits_ = 0;
  uint32_t documents_[kBlockSize];
  uint8_t content_[kBlockSize];
  uint8_t title_[kBlockSize];
  uint8_t speaker_[kBlockSize];
};

}  // namespace memtier
