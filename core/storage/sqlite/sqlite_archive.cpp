// SqliteStorage: packing the archive's blocks, each in a transaction of its own, so that nobody waits long.
#include <algorithm>

#include "base/clock.h"
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/coarse_vectors.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/sqlite/stored_item.h"
#include "storage/sqlite/vector_tables.h"

namespace memtier {
namespace {

constexpr int64_t kBlocksAtOnce = 64;
constexpr int kDefaultLevel = 9;

Status read_months(Connection& connection, ArchiveStatistics* statistics) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT period, count(*), sum(live), sum(original_bytes), "
                         "sum(packed_bytes) FROM archive_blocks GROUP BY period ORDER BY period"));
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
  RETURN_IF_ERROR(pack_archive(kDefaultLevel, false, control, &result->items));
  return sweep_archive(settings_.archive_grace_us);
}

Status SqliteStorage::sweep_archive(int64_t grace_us) {
  if (!archive_target_) return {};
  std::vector<std::string> due;
  RETURN_IF_ERROR(write([&](Connection& connection) {
    due.clear();
    return find_orphans(connection, *archive_target_, monotonic_us(), grace_us, &orphans_, &due);
  }));
  if (due.empty()) return {};
  // Synced, and with it all that was committed before: after loss of power no row names them again.
  RETURN_IF_ERROR(write(
      [](Connection& connection) -> Status {
        ASSIGN_OR_RETURN(
            Statement note,
            connection.prepare("INSERT OR REPLACE INTO meta VALUES('archive_swept', ?)"));
        return note.bind_blob(1, std::to_string(monotonic_us())).run();
      },
      true));
  return archive_target_->remove(due);
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

namespace {

constexpr const char* kPackedName = "packed";
constexpr const char* kSizeName = "size";

// What a content leaves when it goes into a block stays in its page, among rows that stay; and SQLite joins only
// pages of which very little is used. (The pages of a long content are free then, and used for others.) What was
// put between other entries of index tables since they were written in order has split pages, of which a third is
// unused; that is half of what a store grows by.
struct FileWaste {
  int64_t packed = 0;      // contents in blocks that stood among others
  int64_t file_bytes = 0;  // now
  int64_t free_bytes = 0;

  int64_t bytes(int64_t packed_before, int64_t size_before) const {
    constexpr int64_t kUnusedOfGrowth = 6;  // one in six
    return std::max<int64_t>(packed - packed_before, 0) + free_bytes +
           std::max<int64_t>(file_bytes - size_before, 0) / kUnusedOfGrowth;
  }
};

Result<FileWaste> read_waste(Connection& connection) {
  FileWaste waste;
  ASSIGN_OR_RETURN(waste.packed,
                   connection.query_integer("SELECT ifnull(sum(original_bytes), 0) FROM "
                                            "archive_blocks WHERE items > 1 OR "
                                            "original_bytes < 8192"));
  ASSIGN_OR_RETURN(const int64_t page, connection.query_integer("PRAGMA page_size"));
  ASSIGN_OR_RETURN(const int64_t free, connection.query_integer("PRAGMA freelist_count"));
  ASSIGN_OR_RETURN(const int64_t pages, connection.query_integer("PRAGMA page_count"));
  waste.free_bytes = free * page;
  waste.file_bytes = pages * page;
  return waste;
}

}  // namespace

// In steps, between which others write.
Status SqliteStorage::shrink_vectors() {
  constexpr int64_t kStep = 4096;
  constexpr int64_t kChangesKept = 4096;  // who is further behind takes all vectors anew
  int64_t row = 1;
  while (row != 0) {
    RETURN_IF_ERROR(write(
        [&](Connection& connection) { return coarsen_all_vectors(connection, kStep, &row); }));
  }
  return write(
      [](Connection& connection) { return trim_vector_changes(connection, kChangesKept); });
}

Status SqliteStorage::compact_if_wasteful(int64_t most_bytes, int64_t* out_saved_bytes) {
  constexpr int64_t kLeastBytes = 4 << 20;
  constexpr int64_t kWorthIt = 20;  // the file is written anew for a twentieth of it
  *out_saved_bytes = 0;
  if (in_memory_) return {};
  const auto read = [this]() -> Result<FileWaste> {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    return read_waste(*loan);
  };
  ASSIGN_OR_RETURN(const FileWaste before, read());
  if (before.file_bytes < kLeastBytes || before.file_bytes > most_bytes) return {};
  const auto noted = [this](const char* name) -> Result<int64_t> {
    ASSIGN_OR_RETURN(const auto text, find_document(DocumentKind::kCompaction, name));
    return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
  };
  ASSIGN_OR_RETURN(const int64_t packed, noted(kPackedName));
  ASSIGN_OR_RETURN(const int64_t size, noted(kSizeName));
  if (before.bytes(packed, size) * kWorthIt < before.file_bytes) return {};
  RETURN_IF_ERROR(shrink_vectors());
  Status status = rewrite_file();
  ASSIGN_OR_RETURN(const FileWaste after, read());
  // kBusy: the file is written anew, only SQLite's log is not emptied.
  if (status.ok() || status.code() == Code::kBusy) {
    const auto note = [this](const char* name, int64_t value) {
      return put_document(DocumentKind::kCompaction, name, std::to_string(value), 2);
    };
    RETURN_IF_ERROR(note(kPackedName, after.packed));
    RETURN_IF_ERROR(note(kSizeName, after.file_bytes));
  }
  *out_saved_bytes = std::max<int64_t>(before.file_bytes - after.file_bytes, 0);
  return status;
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
