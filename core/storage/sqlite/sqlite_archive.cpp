// SqliteStorage: packing the archive's blocks, each in a transaction of its own, so that nobody waits long.
#include <algorithm>

#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {
namespace {

constexpr int64_t kBlocksAtOnce = 64;
constexpr int kDefaultLevel = 9;

Status read_months(Connection& connection, ArchiveStatistics* statistics) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT period, count(*), sum(live), sum(original_bytes), "
                         "sum(length(data)) FROM archive_blocks GROUP BY period ORDER BY period"));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return {};
    ArchiveStatistics::Month month;
    month.period = use->integer(0);
    month.blocks = use->integer(1);
    month.items = use->integer(2);
    month.original_bytes = use->integer(3);
    month.compressed_bytes = use->integer(4);
    statistics->items += month.items;
    statistics->blocks += month.blocks;
    statistics->original_bytes += month.original_bytes;
    statistics->compressed_bytes += month.compressed_bytes;
    statistics->months.push_back(month);
  }
}

}  // namespace

Status SqliteStorage::pack_archive(int level, bool force, Control& control, int64_t* out_items) {
  *out_items = 0;
  RETURN_IF_ERROR(drain());
  while (true) {
    RETURN_IF_ERROR(control.check());
    int64_t packed = 0;
    RETURN_IF_ERROR(write(
        [&](Connection& connection) { return pack_block(connection, level, force, &packed); }));
    if (packed == 0) return {};
    *out_items += packed;
    RETURN_IF_ERROR(control.report(*out_items, -1));
  }
}

Status SqliteStorage::repack_archive(Control& control, RepackResult* result) {
  *result = {};
  RETURN_IF_ERROR(drain());
  std::vector<int64_t> seen;
  while (true) {
    std::vector<int64_t> blocks;
    {
      ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
      ASSIGN_OR_RETURN(blocks,
                       wasteful_blocks(*loan, kBlocksAtOnce + static_cast<int64_t>(seen.size())));
    }
    bool any = false;
    for (const int64_t block : blocks) {
      if (std::find(seen.begin(), seen.end(), block) != seen.end()) continue;
      seen.push_back(block);
      any = true;
      RETURN_IF_ERROR(control.check());
      Status status = write([&](Connection& connection) -> Status {
        BlockReader reader;
        int64_t items = 0;
        return unpack_block(connection, reader, block, &items);
      });
      if (status.code() == Code::kCorrupt) {
        ++result->damaged;
        continue;
      }
      if (status.code() == Code::kNotFound) continue;  // its last item has just gone
      RETURN_IF_ERROR(std::move(status));
      ++result->blocks;
    }
    if (!any) break;
  }
  return pack_archive(kDefaultLevel, false, control, &result->items);
}

Result<ArchiveStatistics> SqliteStorage::archive_statistics() {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  const ReadTransaction transaction(*loan);
  ArchiveStatistics statistics;
  RETURN_IF_ERROR(read_months(*loan, &statistics));
  ASSIGN_OR_RETURN(statistics.waiting,
                   loan->query_integer("SELECT count(*) FROM items WHERE encoding = 1"));
  ASSIGN_OR_RETURN(
      statistics.dictionary_bytes,
      loan->query_integer("SELECT ifnull(sum(length(data)), 0) FROM archive_dictionaries"));
  // What rows keep: at least a byte for the place and one for the block.
  ASSIGN_OR_RETURN(
      const int64_t places,
      loan->query_integer("SELECT ifnull(sum(items * (1 + (block > 127) + (block > 16383)) + "
                          "items + max(items - 128, 0)), 0) FROM archive_blocks"));
  statistics.compressed_bytes += places;
  return statistics;
}

}  // namespace memtier
