// The bytes of a frame: the operations that one commit appended to the journal.
//
//   | FrameHeader 24 | OpHeader 72 | image of a put, or a vector | OpHeader | ... |
//
// All little-endian, everything a multiple of 8. The format's number stands in the journal's header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/write.h"

namespace memtier {

inline constexpr uint32_t kFrameMagic = 0x4d46724d;  // "MrFM"

struct FrameHeader {
  uint32_t magic;
  uint32_t size;  // with this header
  uint64_t position;
  uint64_t checksum;  // of everything behind this header, seeded with the position
};
static_assert(sizeof(FrameHeader) == 24);

// Behind every frame stand zeros of this size until the next one is written there: so a frame that
// somebody wrote further on and never published cannot be taken for the next one.
inline constexpr size_t kTerminatorBytes = sizeof(FrameHeader);

struct OpHeader {
  uint8_t kind;
  uint8_t reason;
  uint8_t existed;
  uint8_t reserved;
  int32_t from;
  int32_t to;
  uint32_t image_size;
  int64_t row;
  uint64_t key_hash;
  int64_t sequence;
  int64_t time_us;
  int64_t bytes_before;
  int64_t bytes_after;
  int64_t value;
};
static_assert(sizeof(OpHeader) == 72);

constexpr uint64_t padded_to_8(uint64_t size) {
  return (size + 7) & ~uint64_t{7};
}

// Appends one operation to a frame that begins at the start of `frame` with room for its header.
void append_operation(const Change& change, std::string* frame);
// Completes the header.
void finish_frame(uint64_t position, std::string* frame);

// Whether the header can be one of a frame at this place.
bool is_plausible(const FrameHeader& header, uint64_t position, uint64_t capacity);
bool checksum_holds(const FrameHeader& header, std::string_view body);
// The operations of a frame's body, in order. kCorrupt if it is malformed.
Result<std::vector<Change>> parse_operations(std::string_view body);

}  // namespace memtier
