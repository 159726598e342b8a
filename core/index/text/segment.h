// Segment: an immutable part of the index in the database, opened for reading (segment_format.h). Its
// header and norms are in RAM; documents, lists and terms are read when they are needed.
//
// Thread safety: any thread; each brings its own ChunkReader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/chunk_cache.h"
#include "index/text/postings.h"
#include "index/text/segment_format.h"

namespace memtier {

struct TermEntry {
  uint32_t documents = 0;
  uint32_t only_document = 0;  // if it has one
  Frequencies only_frequencies;
  uint64_t list_begin = 0;  // if it has more, in the body
  uint64_t list_bytes = 0;
};

class Segment {
 public:
  // Reads what belongs in RAM. kCorrupt where the header is not what it should be.
  static Result<std::shared_ptr<const Segment>> open(ChunkReader& reader, int64_t number,
                                                     int64_t last_sequence,
                                                     std::string_view header);

  int64_t number() const { return number_; }
  // The changes that it covers end with this one.
  int64_t last_sequence() const { return last_sequence_; }
  const SegmentHeader& header() const { return header_; }
  uint32_t documents() const { return header_.documents; }
  const uint8_t* norms() const { return norms_.data(); }
  size_t memory_bytes() const;

  // Null: it has nothing of this scope.
  const ScopeSpan* scope(int64_t scope) const;
  bool is_negative(uint32_t document) const;
  Result<SegmentDocument> document(ChunkReader& reader, uint32_t number) const;
  // What document() says of its session, quicker.
  Result<uint32_t> session(ChunkReader& reader, uint32_t number) const;
  // The document of this change; negative ones are not looked for.
  Result<std::optional<uint32_t>> find(ChunkReader& reader, int64_t scope, int64_t sequence) const;
  // The document of this row. It is not always found: rows mostly rise as changes do, but a replaced item has its
  // old row.
  Result<std::optional<uint32_t>> guess(ChunkReader& reader, int64_t scope, int64_t row) const;

  Result<std::optional<TermEntry>> term(ChunkReader& reader, std::string_view term) const;
  // The reader is borrowed, and this segment, by the cursor.
  std::unique_ptr<PostingCursor> cursor(ChunkReader& reader, const TermEntry& entry) const;

 private:
  friend class TermIterator;
  Result<int64_t> sequence_of(ChunkReader& reader, uint32_t document) const;
  Result<int64_t> row_of(ChunkReader& reader, uint32_t document) const;
  Status read_block(ChunkReader& reader, size_t block, std::string* out) const;

  int64_t number_ = 0;
  int64_t last_sequence_ = 0;
  SegmentHeader header_;
  std::vector<uint8_t> norms_;
};

// The terms of a segment in order, from the first that is not less than `from`.
class TermIterator {
 public:
  TermIterator(const Segment& segment, ChunkReader& reader, std::string_view from = {});

  // False at the end.
  Result<bool> next();
  const std::string& term() const { return term_; }
  const TermEntry& entry() const { return entry_; }

 private:
  const Segment& segment_;
  ChunkReader& reader_;
  std::string from_;
  size_t block_;
  std::string bytes_;
  ByteReader in_{{}};
  uint64_t lists_ = 0;
  std::string term_;
  TermEntry entry_;
};

}  // namespace memtier
