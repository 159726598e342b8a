#include "index/text/segment_cursor.h"

#include <algorithm>
#include <cstring>

#include "index/text/bit_packing.h"

namespace memtier {
namespace {

Status damaged_list() {
  return {Code::kCorrupt, "store: a list of the text index is damaged"};
}

void narrow(const uint32_t* values, size_t count, uint8_t* out) {
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<uint8_t>(values[i]);
}

}  // namespace

SegmentCursor::SegmentCursor(const Segment& segment, ChunkReader& reader, const TermEntry& entry)
    : segment_(segment),
      reader_(reader),
      entry_(entry),
      blocks_((entry.documents + kBlockSize - 1) / kBlockSize),
      data_begin_(entry.list_begin + (blocks_ > 1 ? blocks_ * sizeof(SkipEntry) : 0)) {}

Result<SkipEntry> SegmentCursor::skip(size_t block) {
  if (blocks_ == 1) {
    const auto bytes = static_cast<uint32_t>(entry_.list_bytes);
    return SkipEntry{segment_.documents() - 1, bytes, UINT8_MAX, UINT8_MAX, UINT8_MAX, 0};
  }
  if (skips_begin_ == kNone || block < skips_begin_ || block >= skips_begin_ + skips_.size()) {
    const size_t begin = block / kSkipsAtOnce * kSkipsAtOnce;
    skips_begin_ = kNone;
    skips_.resize(std::min(kSkipsAtOnce, blocks_ - begin));
    RETURN_IF_ERROR(reader_.read(segment_.number(), entry_.list_begin + begin * sizeof(SkipEntry),
                                 skips_.size() * sizeof(SkipEntry),
                                 reinterpret_cast<char*>(skips_.data())));
    skips_begin_ = begin;
  }
  return skips_[block - skips_begin_];
}

// By doubling steps: what is looked for is mostly near.
Result<size_t> SegmentCursor::seek(uint32_t document, size_t from) {
  size_t low = from;
  size_t step = 1;
  while (low < blocks_) {
    const size_t probe = std::min(low + step, blocks_) - 1;
    ASSIGN_OR_RETURN(const SkipEntry entry, skip(probe));
    if (entry.last_document >= document) {
      size_t high = probe;
      while (low < high) {
        const size_t middle = low + (high - low) / 2;
        ASSIGN_OR_RETURN(const SkipEntry between, skip(middle));
        if (between.last_document < document) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
    low = probe + 1;
    step *= 2;
  }
  return blocks_;
}

Status SegmentCursor::load(size_t block) {
  if (block == loaded_) return {};
  ASSIGN_OR_RETURN(const SkipEntry here, skip(block));
  uint32_t begin = 0;
  uint32_t before = 0;
  if (block > 0) {
    ASSIGN_OR_RETURN(const SkipEntry last, skip(block - 1));
    begin = last.end;
    before = last.last_document;
  }
  loaded_ = kNone;
  if (here.end <= begin || here.end - begin > kMaxBlockBytes || here.end - begin < 2) {
    return damaged_list();
  }
  const size_t size = here.end - begin;
  RETURN_IF_ERROR(reader_.read(segment_.number(), data_begin_ + begin, size, packed_));
  std::memset(packed_ + size, 0, 8);
  const size_t count = block + 1 < blocks_ ? kBlockSize : entry_.documents - block * kBlockSize;
  const auto packed = static_cast<uint32_t>(get_fixed(packed_, 2));
  const uint32_t gap_bits = packed & 31;
  content_bits_ = packed >> 5 & 15;
  has_fields_ = (packed >> 9 & 1) != 0;
  const uint32_t field_bits = has_fields_ ? static_cast<unsigned char>(packed_[2]) : 0;
  title_bits_ = field_bits & 15;
  speaker_bits_ = field_bits >> 4;
  const size_t expected = (has_fields_ ? 3 : 2) + packed_bytes(count, gap_bits) +
                          packed_bytes(count, content_bits_) + packed_bytes(count, title_bits_) +
                          packed_bytes(count, speaker_bits_);
  if (content_bits_ > 8 || title_bits_ > 8 || speaker_bits_ > 8 || expected != size)
    return damaged_list();
  const char* at = packed_ + (has_fields_ ? 3 : 2);
  unpack_bits(at, count, gap_bits, documents_);
  packed_frequencies_ = at + packed_bytes(count, gap_bits);
  uint32_t document = before;
  for (size_t i = 0; i < count; ++i) documents_[i] = document += documents_[i];
  if (document >= segment_.documents()) return damaged_list();
  loaded_ = block;
  loaded_size_ = count;
  return {};
}

void SegmentCursor::unpack_frequencies() {
  const char* at = packed_frequencies_;
  packed_frequencies_ = nullptr;
  uint32_t values[kBlockSize];
  const auto bytes_of = [&](uint32_t bits, uint8_t* out) {
    if (bits == 0) {
      std::memset(out, 0, loaded_size_);
      return;
    }
    unpack_bits(at, loaded_size_, bits, values);
    at += packed_bytes(loaded_size_, bits);
    narrow(values, loaded_size_, out);
  };
  bytes_of(content_bits_, content_);
  if (has_fields_) {
    bytes_of(title_bits_, title_);
    bytes_of(speaker_bits_, speaker_);
  }
}

Run SegmentCursor::run() {
  if (packed_frequencies_ != nullptr) unpack_frequencies();
  return {documents_, content_, has_fields_ ? title_ : nullptr, has_fields_ ? speaker_ : nullptr,
          loaded_size_};
}

Result<Run> SegmentCursor::next(uint32_t begin, uint32_t end) {
  ASSIGN_OR_RETURN(at_, seek(begin, at_));
  for (; at_ < blocks_; ++at_) {
    if (at_ > 0) {
      ASSIGN_OR_RETURN(const SkipEntry last, skip(at_ - 1));
      if (last.last_document + 1 >= end) break;
    }
    RETURN_IF_ERROR(load(at_));
    const Run found = run().within(begin, end);
    if (found.size > 0) return found;
    if (documents_[loaded_size_ - 1] >= end) break;
  }
  return Run();
}

Result<uint32_t> SegmentCursor::not_before(uint32_t at) {
  ASSIGN_OR_RETURN(const size_t block, seek(at, at_));
  if (block == blocks_) return kNoDocument;
  if (block == loaded_) {
    const uint32_t* first = documents_;
    const uint32_t* last = first + loaded_size_;
    const uint32_t* found = std::lower_bound(first, last, at);
    return found == last ? kNoDocument : *found;
  }
  if (block == 0) return at;
  ASSIGN_OR_RETURN(const SkipEntry before, skip(block - 1));
  return std::max(at, before.last_document + 1);
}

Result<Bound> SegmentCursor::bound(uint32_t begin, uint32_t end) {
  Bound bound;
  ASSIGN_OR_RETURN(size_t block, seek(begin, at_));
  for (; block < blocks_; ++block) {
    if (block > 0) {
      ASSIGN_OR_RETURN(const SkipEntry before, skip(block - 1));
      if (before.last_document + 1 >= end) break;
    }
    ASSIGN_OR_RETURN(const SkipEntry entry, skip(block));
    if (blocks_ == 1) {
      // A list of one block has no skip entry; its postings say it exactly.
      RETURN_IF_ERROR(load(0));
      const Run found = run().within(begin, end);
      for (size_t i = 0; i < found.size; ++i) {
        bound.include(found.at(i), segment_.norms()[found.documents[i]]);
      }
      break;
    }
    bound.include({entry.content, entry.title, entry.speaker}, entry.shortest);
    if (entry.last_document + 1 >= end) break;
  }
  return bound;
}

Result<uint64_t> SegmentCursor::rank(uint32_t document) {
  if (document == 0) return uint64_t{0};
  if (document >= segment_.documents()) return uint64_t{entry_.documents};
  ASSIGN_OR_RETURN(const size_t block, seek(document, 0));
  if (block == blocks_) return uint64_t{entry_.documents};
  RETURN_IF_ERROR(load(block));
  const auto before = std::lower_bound(documents_, documents_ + loaded_size_, document);
  return block * kBlockSize + static_cast<uint64_t>(before - documents_);
}

Result<uint64_t> SegmentCursor::count(uint32_t begin, uint32_t end) {
  ASSIGN_OR_RETURN(const uint64_t first, rank(begin));
  ASSIGN_OR_RETURN(const uint64_t last, rank(end));
  return last - first;
}

Result<bool> SegmentCursor::probe(uint32_t document, Frequencies* out) {
  size_t from = at_;
  if (from > 0) {
    ASSIGN_OR_RETURN(const SkipEntry before, skip(from - 1));
    if (before.last_document >= document) from = 0;
  }
  ASSIGN_OR_RETURN(const size_t block, seek(document, from));
  if (block == blocks_) return false;
  at_ = block;
  RETURN_IF_ERROR(load(block));
  const uint32_t* first = documents_;
  const uint32_t* last = first + loaded_size_;
  const uint32_t* found = std::lower_bound(first, last, document);
  if (found == last || *found != document) return false;
  *out = run().at(static_cast<size_t>(found - documents_));
  return true;
}

Status SegmentCursor::probe_all(std::span<const uint32_t> documents, size_t stride,
                                Frequencies* out) {
  size_t block = at_;
  if (block > 0 && !documents.empty()) {
    ASSIGN_OR_RETURN(const SkipEntry before, skip(block - 1));
    if (before.last_document >= documents[0]) block = 0;
  }
  for (size_t i = 0; i < documents.size();) {
    ASSIGN_OR_RETURN(block, seek(documents[i], block));
    if (block == blocks_) break;
    at_ = block;
    RETURN_IF_ERROR(load(block));
    const uint32_t* const last = documents_ + loaded_size_;
    const uint32_t* at = documents_;
    // A list of one block has no skip entry, and may end before the document.
    if (documents[i] > last[-1]) break;
    for (; i < documents.size() && documents[i] <= last[-1]; ++i) {
      at = first_from(at, last, documents[i]);
      if (*at == documents[i]) out[i * stride] = run().at(static_cast<size_t>(at - documents_));
    }
  }
  return {};
}

}  // namespace memtier
