// SqliteStorage: packing the archive's blocks, each in a transaction of its own, so that nobody waits long.
#include <algorithm>

#include "base/clock.h"
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

constexpr int64_t kBlocksAtOnce = 64;
constexpr int kDefaultLevel = 9;

Status read_months(Connection& connection, ArchiveStatistics* statistics) {
  ASSIGN_OR_RETURN(auto external, external_bytes(connection));
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
    month.compressed_bytes = use->integer(4) + external[month.period];
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
  BlockPacker packer;
  packer.level = level;
  while (true) {
    RETURN_IF_ERROR(control.check());
    int64_t packed = 0;
    RETURN_IF_ERROR(write(
        [&](Connection& connection) { return pack_block(connection, packer, force, &packed); }));
    if (packed == 0) return {};
    *out_items += packed;
    RETURN_IF_ERROR(control.report(*out_items, -1));
  }
}

Status SqliteStorage::repack_archive(Control& control, RepackResult* result) {
  *result = {};
  RETURN_IF_ERROR(drain());
  RETURN_IF_ERROR(sweep_archive(settings_.archive_grace_us));
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

Status SqliteStorage::sweep_archive(int64_t grace_us) {
  if (!archive_target_) return {};
  return write([&](Connection& connection) {
    return sweep_files(connection, *archive_target_, monotonic_us(), grace_us, &orphans_);
  });
}

Status SqliteStorage::compress_contents(std::span<const int64_t> rows, int64_t above_bytes,
                                        CompressResult* result) {
  RETURN_IF_ERROR(drain());
  CompressResult done;
  Status status = write([&](Connection& connection) -> Status {
    done = {};
    BlockReader reader;
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT content FROM items WHERE row = ? AND "
                                        "encoding = ? AND length(content) > ?"));
    ASSIGN_OR_RETURN(
        Statement update,
        connection.prepare("UPDATE items SET encoding = ?, content = ? WHERE row = ?"));
    for (const int64_t row : rows) {
      std::string content;
      {
        StatementUse use(select.bind(1, row).bind(2, kEncodingPlain).bind(3, above_bytes));
        ASSIGN_OR_RETURN(const bool found, use->step());
        if (!found) continue;
        content = use->bytes(0);
      }
      ASSIGN_OR_RETURN(const std::string small, compress_content(content));
      if (small.empty()) continue;
      // What is about to be given up is compared with what would be read in its place.
      ASSIGN_OR_RETURN(const std::string back, reader.inflate(small));
      if (back != content) return Status(Code::kCorrupt, "compressed content does not come back");
      RETURN_IF_ERROR(update.bind(1, kEncodingZstd).bind_blob(2, small).bind(3, row).run());
      ++done.items;
      done.original_bytes += static_cast<int64_t>(content.size());
      done.compressed_bytes += static_cast<int64_t>(small.size());
    }
    return {};
  });
  RETURN_IF_ERROR(std::move(status));
  result->items += done.items;
  result->original_bytes += done.original_bytes;
  result->compressed_bytes += done.compressed_bytes;
  return {};
}

// What a content leaves when it goes into a block stays in its page, among rows that stay; and SQLite joins only
// pages of which very little is used.
Status SqliteStorage::compact_if_wasteful(int64_t most_bytes, int64_t* out_saved_bytes) {
  *out_saved_bytes = 0;
  if (in_memory_) return {};
  int64_t packed = 0;
  int64_t free_bytes = 0;
  int64_t file_bytes = 0;
  {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    ASSIGN_OR_RETURN(
        packed, loan->query_integer("SELECT ifnull(sum(original_bytes), 0) FROM archive_blocks"));
    ASSIGN_OR_RETURN(const int64_t page, loan->query_integer("PRAGMA page_size"));
    ASSIGN_OR_RETURN(const int64_t free, loan->query_integer("PRAGMA freelist_count"));
    ASSIGN_OR_RETURN(const int64_t pages, loan->query_integer("PRAGMA page_count"));
    free_bytes = free * page;
    file_bytes = pages * page;
  }
  constexpr const char* kName = "packed";
  ASSIGN_OR_RETURN(const auto last, find_document(DocumentKind::kCompaction, kName));
  const int64_t before = last ? std::strtoll(last->c_str(), nullptr, 10) : 0;
  const int64_t given_up = std::max<int64_t>(packed - before, 0) + free_bytes;
  constexpr int64_t kLeastBytes = 4 << 20;
  if (file_bytes < kLeastBytes || file_bytes > most_bytes || given_up * 4 < file_bytes) return {};
  Status status = rewrite_file();
  // kBusy: the file is written anew, only SQLite's log is not emptied.
  if (status.ok() || status.code() == Code::kBusy) {
    RETURN_IF_ERROR(put_document(DocumentKind::kCompaction, kName, std::to_string(packed), 1));
  }
  RETURN_IF_ERROR(std::move(status));
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(const int64_t page, loan->query_integer("PRAGMA page_size"));
  ASSIGN_OR_RETURN(const int64_t pages, loan->query_integer("PRAGMA page_count"));
  *out_saved_bytes = std::max<int64_t>(file_bytes - pages * page, 0);
  return {};
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
