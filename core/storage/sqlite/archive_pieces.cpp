#include "storage/sqlite/archive_pieces.h"

namespace memtier {
namespace {

constexpr int64_t first_piece(int64_t block) {
  return block << kPieceBits;
}

}  // namespace

Status write_pieces(Connection& connection, int64_t block, std::string_view bytes) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO archive_pieces(key, data) VALUES(?, ?)"));
  for (int64_t key = first_piece(block); !bytes.empty(); ++key) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    RETURN_IF_ERROR(insert.bind(1, key).bind_blob(2, piece).run());
    bytes.remove_prefix(piece.size());
  }
  return {};
}

Result<std::string> read_pieces(Connection& connection, int64_t block) {
  std::string bytes;
  // A reference may be damaged, and name a block of which there can be none.
  if (block < 0 || block > INT64_MAX >> (kPieceBits + 1)) return bytes;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT data FROM archive_pieces WHERE key >= ? AND "
                                      "key < ? ORDER BY key"));
  StatementUse use(select.bind(1, first_piece(block)).bind(2, first_piece(block + 1)));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return bytes;
    bytes += use->bytes(0);
  }
}

Status erase_pieces(Connection& connection, int64_t block) {
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM archive_pieces WHERE key >= ? AND key < ?"));
  return erase.bind(1, first_piece(block)).bind(2, first_piece(block + 1)).run();
}

}  // namespace memtier
