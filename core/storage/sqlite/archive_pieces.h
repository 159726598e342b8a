// How a block's bytes lie in the file: in pieces of the table archive_pieces, each a row.
//
// SQLite gives what does not fit into a page pages of its own, and their last one to nobody else: a block of
// 4 KB left the half of 8 KB unused. Small rows fill pages, whatever the sizes of the blocks.
//
// All functions are called in a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// What does not fit into a page any more is half a piece on average, and a piece costs 14 bytes.
inline constexpr size_t kPieceBytes = 800;
inline constexpr int kPieceBits = 24;  // key = block << 24 | number of the piece

Status write_pieces(Connection& connection, int64_t block, std::string_view bytes);
// Empty: there are none.
Result<std::string> read_pieces(Connection& connection, int64_t block);
Status erase_pieces(Connection& connection, int64_t block);

}  // namespace memtier
