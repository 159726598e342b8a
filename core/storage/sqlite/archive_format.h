// The bytes of the archive's blocks, and of what stands in a row in place of its content.
//
//   a block               | format 1 | checksum 8 (XXH3-64 of the rest) | dictionary | size | frame |
//   the same, external    | format 2 | checksum 8 (XXH3-64 of the file) | size | : the file has the block
//   the frame, unpacked   | count * 2 + 1 | rows, each as its difference to the one before | contents |
//
// (numbers are varints). Each content ends in a NUL; where one has a NUL inside, the first number is even
// and the length of each stands behind its row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace memtier {

void append_varint(uint64_t value, std::string* out);
std::optional<uint64_t> take_varint(std::string_view* bytes);

struct BlockRef {
  int64_t block = 0;
  size_t place = 0;
};
std::string encode_block_ref(const BlockRef& ref);
Result<BlockRef> decode_block_ref(std::string_view bytes);

// A content of a block, and the row whose content it was.
struct BlockEntry {
  int64_t row = 0;
  std::string_view content;
};
std::string encode_entries(const std::vector<BlockEntry>& entries);
// Borrowing from `bytes`. False: damaged.
bool decode_entries(std::string_view bytes, std::vector<BlockEntry>* out);

struct BlockParts {
  int64_t dictionary = 0;  // 0: none
  size_t size = 0;         // of the frame's content
  std::string_view frame;
};
std::string encode_block(const BlockParts& parts);
// nullopt: damaged.
std::optional<BlockParts> decode_block(std::string_view data);

// A block that lies in a file of the archive's target.
struct ExternalBlock {
  uint64_t checksum = 0;
  uint64_t size = 0;
};
std::string encode_external(const ExternalBlock& block);
// nullopt: it is none.
std::optional<ExternalBlock> decode_external(std::string_view data);
// Its file's name: no other block has it, also not one whose packing was rolled back.
std::string external_name(int64_t block, uint64_t checksum);

}  // namespace memtier
