// Blocks of an external archive: files of its target, which the table names.
//
// A file is put before the transaction that names it commits, while SQLite's write lock is held, and the numbers of
// blocks are never given again. So whoever holds the lock and finds a file that the table does not name, knows that
// nobody will; it goes once that survives loss of power.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/archive_target.h"
#include "storage/sqlite/archive_format.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// kCorrupt: the file is missing, damaged, or cannot be read.
Result<std::string> fetch_block(ArchiveTarget* target, int64_t block, const ExternalBlock& where);
// Puts a block's bytes into the target, and their place where they would stand (archive_pieces.h).
Status store_block(Connection& connection, ArchiveTarget& target, int64_t block,
                   std::string_view bytes);

// Moves all blocks from one target into another; null: the store's file. What cannot be read stays named as it
// was. Their files are to be removed once that is committed.
Status move_blocks(Connection& connection, ArchiveTarget* from, ArchiveTarget* to,
                   std::vector<std::string>* out_left);

// Files that no row names, since when (a monotonic time): readers of an older state may still need them.
using Orphans = std::map<std::string, int64_t>;

// Those that the table has not named for so long. In a transaction of writing.
Status find_orphans(Connection& connection, ArchiveTarget& target, int64_t now_us, int64_t grace_us,
                    Orphans* orphans, std::vector<std::string>* out_due);

}  // namespace memtier
