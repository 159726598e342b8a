#include "index/text/segment.h"

#include <algorithm>

#include "index/text/segment_cursor.h"

namespace memtier {
namespace {

// An entry of a document is at most 25 bytes; its last number is read as eight.
constexpr size_t kEntryRoom = 40;

Status damaged() {
  return {Code::kCorrupt, "store: the text index is damaged"};
}

}  // namespace

Result<std::shared_ptr<const Segment>> Segment::open(ChunkReader& reader, int64_t number,
                                                     int64_t last_sequence,
                                                     std::string_view header) {
  const auto segment = std::make_shared<Segment>();
  segment->number_ = number;
  segment->last_sequence_ = last_sequence;
  if (!SegmentHeader::decode(header, &segment->header_)) return damaged();
  segment->norms_.resize(segment->header_.documents);
  RETURN_IF_ERROR(reader.read(number, 0, segment->norms_.size(),
                              reinterpret_cast<char*>(segment->norms_.data())));
  return std::shared_ptr<const Segment>(segment);
}

size_t Segment::memory_bytes() const {
  size_t bytes = sizeof *this + norms_.capacity() + header_.scopes.capacity() * sizeof(ScopeSpan);
  bytes += header_.negatives.capacity() * 4;
  for (const std::string& term : header_.block_terms)
    bytes += sizeof(std::string) + 12 + term.size();
  return bytes;
}

const ScopeSpan* Segment::scope(int64_t scope) const {
  const auto found =
      std::lower_bound(header_.scopes.begin(), header_.scopes.end(), scope,
                       [](const ScopeSpan& span, int64_t wanted) { return span.scope < wanted; });
  return found != header_.scopes.end() && found->scope == scope ? &*found : nullptr;
}

bool Segment::is_negative(uint32_t document) const {
  return std::binary_search(header_.negatives.begin(), header_.negatives.end(), document);
}

Result<SegmentDocument> Segment::document(ChunkReader& reader, uint32_t number) const {
  char bytes[kEntryRoom] = {};
  const size_t size = header_.entry_bytes();
  if (number >= header_.documents) return damaged();
  ASSIGN_OR_RETURN(const char* at, reader.view(number_, header_.documents + size * number, size,
                                               kEntryRoom, bytes));
  SegmentDocument document;
  document.sequence =
      header_.least_sequence + static_cast<int64_t>(get_fixed_of_eight(at, header_.sequence_bytes));
  at += header_.sequence_bytes;
  document.row =
      header_.least_row + static_cast<int64_t>(get_fixed_of_eight(at, header_.row_bytes));
  at += header_.row_bytes;
  const uint64_t length = get_fixed_of_eight(at, header_.length_bytes);
  document.length = static_cast<uint32_t>(length >> 1);
  document.may_expire = (length & 1) != 0;
  at += header_.length_bytes;
  document.session = static_cast<uint32_t>(get_fixed_of_eight(at, header_.session_bytes));
  document.negative = is_negative(number);
  const auto after =
      std::upper_bound(header_.scopes.begin(), header_.scopes.end(), number,
                       [](uint32_t wanted, const ScopeSpan& span) { return wanted < span.first; });
  document.scope = (after - 1)->scope;
  return document;
}

Result<uint32_t> Segment::session(ChunkReader& reader, uint32_t number) const {
  if (number >= header_.documents) return damaged();
  char bytes[kEntryRoom] = {};
  const uint64_t end = header_.documents + header_.entry_bytes() * (number + uint64_t{1});
  const size_t size = header_.session_bytes;
  ASSIGN_OR_RETURN(const char* at, reader.view(number_, end - size, size, kEntryRoom, bytes));
  return static_cast<uint32_t>(get_fixed_of_eight(at, header_.session_bytes));
}

Result<int64_t> Segment::sequence_of(ChunkReader& reader, uint32_t document) const {
  char bytes[kEntryRoom] = {};
  const uint64_t begin = header_.documents + header_.entry_bytes() * document;
  ASSIGN_OR_RETURN(const char* at,
                   reader.view(number_, begin, header_.sequence_bytes, kEntryRoom, bytes));
  return header_.least_sequence +
         static_cast<int64_t>(get_fixed_of_eight(at, header_.sequence_bytes));
}

Result<std::optional<uint32_t>> Segment::find(ChunkReader& reader, int64_t scope,
                                              int64_t sequence) const {
  const ScopeSpan* span = this->scope(scope);
  if (span == nullptr) return std::optional<uint32_t>();
  uint32_t begin = span->first;
  uint32_t end = begin + span->count;
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    ASSIGN_OR_RETURN(const int64_t here, sequence_of(reader, middle));
    if (here < sequence) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  if (begin == span->first + span->count) return std::optional<uint32_t>();
  ASSIGN_OR_RETURN(const int64_t here, sequence_of(reader, begin));
  if (here != sequence || is_negative(begin)) return std::optional<uint32_t>();
  return std::optional<uint32_t>(begin);
}

Result<int64_t> Segment::row_of(ChunkReader& reader, uint32_t document) const {
  char bytes[kEntryRoom] = {};
  const uint64_t begin =
      header_.documents + header_.entry_bytes() * document + header_.sequence_bytes;
  ASSIGN_OR_RETURN(const char* at,
                   reader.view(number_, begin, header_.row_bytes, kEntryRoom, bytes));
  return header_.least_row + static_cast<int64_t>(get_fixed_of_eight(at, header_.row_bytes));
}

Result<std::optional<uint32_t>> Segment::guess(ChunkReader& reader, int64_t scope,
                                               int64_t row) const {
  const ScopeSpan* span = this->scope(scope);
  if (span == nullptr) return std::optional<uint32_t>();
  uint32_t begin = span->first;
  uint32_t end = begin + span->count;
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    ASSIGN_OR_RETURN(const int64_t here, row_of(reader, middle));
    if (here == row) return std::optional<uint32_t>(middle);
    if (here < row) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return std::optional<uint32_t>();
}

Status Segment::read_block(ChunkReader& reader, size_t block, std::string* out) const {
  const uint64_t begin = header_.block_begins[block];
  const uint64_t end = block + 1 < header_.block_begins.size()
                           ? header_.block_begins[block + 1]
                           : header_.end - header_.dictionary_begin;
  if (end < begin) return damaged();
  out->resize(end - begin);
  return reader.read(number_, header_.dictionary_begin + begin, out->size(), out->data());
}

Result<std::optional<TermEntry>> Segment::term(ChunkReader& reader, std::string_view term) const {
  TermIterator iterator(*this, reader, term);
  ASSIGN_OR_RETURN(const bool any, iterator.next());
  if (!any || iterator.term() != term) return std::optional<TermEntry>();
  return std::optional<TermEntry>(iterator.entry());
}

std::unique_ptr<PostingCursor> Segment::cursor(ChunkReader& reader, const TermEntry& entry) const {
  if (entry.documents == 1) {
    auto list = std::make_shared<PostingList>();
    list->add(entry.only_document, entry.only_frequencies);
    return list_cursor(std::move(list), norms_.data());
  }
  return std::make_unique<SegmentCursor>(*this, reader, entry);
}

TermIterator::TermIterator(const Segment& segment, ChunkReader& reader, std::string_view from)
    : segment_(segment), reader_(reader), from_(from) {
  const auto& terms = segment.header().block_terms;
  const auto after = std::upper_bound(terms.begin(), terms.end(), from_);
  block_ = after == terms.begin() ? 0 : static_cast<size_t>(after - terms.begin() - 1);
}

Result<bool> TermIterator::next() {
  const SegmentHeader& header = segment_.header();
  while (true) {
    if (in_.left() == 0) {
      if (block_ >= header.block_terms.size()) return false;
      RETURN_IF_ERROR(segment_.read_block(reader_, block_, &bytes_));
      in_ = ByteReader(bytes_);
      lists_ = header.lists_begin + header.block_lists[block_];
      term_.clear();
      ++block_;
    }
    const uint64_t shared = in_.varint();
    const std::string_view rest = in_.text(in_.varint());
    if (shared > term_.size() || term_.size() + rest.size() > 4096) return damaged();
    term_.resize(shared);
    term_ += rest;
    const uint64_t documents = in_.varint();
    entry_ = TermEntry();
    entry_.documents = static_cast<uint32_t>(documents);
    if (documents == 1) {
      entry_.only_document = static_cast<uint32_t>(in_.varint());
      const std::string_view frequencies = in_.text(sizeof(Frequencies));
      if (!in_.bad())
        std::memcpy(&entry_.only_frequencies, frequencies.data(), sizeof(Frequencies));
    } else {
      entry_.list_begin = lists_;
      entry_.list_bytes = in_.varint();
      lists_ += entry_.list_bytes;
    }
    const bool fits = documents > 0 && documents <= header.documents &&
                      entry_.only_document < header.documents && lists_ <= header.dictionary_begin;
    if (in_.bad() || !fits) return damaged();
    if (term_ >= from_) return true;
  }
}

}  // namespace memtier
