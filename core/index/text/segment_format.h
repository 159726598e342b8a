// A segment: an immutable part of the text index, as it stands in the database.
//
//   text_segments   one row each: its number, the changes that it covers, the HEADER
//   text_chunks     the BODY, cut into pieces of kChunkBytes, by (segment number, piece number)
//
// Documents are numbered by (scope, sequence), so a scope is one range of numbers, and what a search
// reads of a list is the part that lies in its scopes. A document that is NEGATIVE takes back another
// one, of an older segment: it is there to be counted down, and never found.
//
//   body     norms, one byte each | entries of the documents: sequence and row, less the smallest of
//            each, length << 1 | may expire, and the session, in as many bytes as the largest of each
//            needs |
//            lists | blocks of the dictionary
//   list     `blocks` skip entries (none for a single block) | blocks of up to 128 postings
//   block    u16: bits of the gaps (5), bits of the content's frequencies (4), has fields (1)
//            [u8: bits of title's and of speaker's] | gaps | content | [title | speaker]
//   dictionary   blocks of kTermsPerBlock terms: bytes shared with the term before, the rest, number
//            of documents, then the one document with its frequencies, or the bytes of its list
//
// Numbers are little-endian; most are varints (seven bits a byte, the last one below 128).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace memtier {

inline constexpr size_t kChunkBytes = 8000;  // with its record fits a page of 8 KiB
// Format 1 has no sessions; segments without any are still written so.
inline constexpr uint32_t kSegmentFormat = 2;
inline constexpr size_t kTermsPerBlock = 64;
inline constexpr size_t kChunkBits = 24;
inline constexpr uint32_t kMaxSegmentDocuments = 1U << 20;

struct SegmentDocument {
  int64_t scope = 0;
  int64_t sequence = 0;  // of the change that stored it
  int64_t row = 0;
  uint32_t length = 0;  // in words
  uint32_t session =
      0;  // session_mark(): which session it belongs to, and whether it asks; 0: none
  bool negative = false;
  bool may_expire = false;
};

struct SkipEntry {
  uint32_t last_document;
  uint32_t end;  // of the block, counted from the first one
  uint8_t content;
  uint8_t title;
  uint8_t speaker;
  uint8_t shortest;  // a norm
};
static_assert(sizeof(SkipEntry) == 12);

// What one scope has of a segment: documents [first, first + count).
struct ScopeSpan {
  int64_t scope = 0;
  uint32_t first = 0;
  uint32_t count = 0;
  int64_t length = 0;  // words of those that are not negative
};

struct SegmentHeader {
  uint32_t documents = 0;
  int64_t least_sequence = 0;
  int64_t least_row = 0;
  uint8_t sequence_bytes = 0;  // in the entry of a document
  uint8_t row_bytes = 0;
  uint8_t length_bytes = 0;
  uint8_t session_bytes = 0;  // 0: no document has a session
  uint64_t lists_begin = 0;   // in the body
  uint64_t dictionary_begin = 0;
  uint64_t end = 0;
  std::vector<ScopeSpan> scopes;         // ascending
  std::vector<uint32_t> negatives;       // documents, ascending
  std::vector<std::string> block_terms;  // the first term of each block of the dictionary
  std::vector<uint32_t> block_begins;    // counted from dictionary_begin
  std::vector<uint64_t> block_lists;     // where the lists of its terms begin, from lists_begin

  size_t entry_bytes() const {
    return size_t{sequence_bytes} + row_bytes + length_bytes + session_bytes;
  }
  std::string encode() const;
  static bool decode(std::string_view bytes, SegmentHeader* out);
};

inline void put_varint(uint64_t value, std::string* out) {
  while (value >= 128) {
    *out += static_cast<char>(value | 128);
    value >>= 7;
  }
  *out += static_cast<char>(value);
}

// Bytes that a number needs.
constexpr uint8_t width_of(uint64_t value) {
  uint8_t width = 0;
  for (; value != 0; value >>= 8) ++width;
  return width;
}
inline void put_fixed(uint64_t value, uint8_t width, std::string* out) {
  for (; width > 0; --width, value >>= 8) *out += static_cast<char>(value);
}
// Where eight bytes can be read, whatever stands behind the number.
inline uint64_t get_fixed_of_eight(const char* in, uint8_t width) {
  uint64_t value = 0;
  std::memcpy(&value, in, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return width >= sizeof value ? value : value & ((uint64_t{1} << 8 * width) - 1);
}
inline uint64_t get_fixed(const char* in, uint8_t width) {
  uint64_t value = 0;
  for (uint8_t i = 0; i < width; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(in[i])) << 8 * i;
  }
  return value;
}

// Reads varints and texts; what is missing or too long sets `bad`.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t varint();
  std::string_view text(size_t size);
  size_t left() const { return bytes_.size(); }
  bool bad() const { return bad_; }

 private:
  std::string_view bytes_;
  bool bad_ = false;
};

}  // namespace memtier
