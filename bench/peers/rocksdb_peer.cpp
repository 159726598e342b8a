#include "peers/rocksdb_peer.h"

#include <stdexcept>

namespace bench {

// Two threads for flushing and compaction on two cores; 64 MiB memtables, of which two may wait.
RocksdbRows::RocksdbRows(const std::string& path, bool full) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.IncreaseParallelism(2);
  options.write_buffer_size = 64 << 20;
  options.max_write_buffer_number = 3;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, path, &db);
  if (!status.ok()) throw std::runtime_error("rocksdb: " + status.ToString());
  db_.reset(db);
  write_.sync = full;
}

void RocksdbRows::put(const Items& items, size_t i) {
  value_.assign(items.type(i));
  value_.append("\n").append(items.tag(i, 0)).append("\n").append(items.tag(i, 1)).append("\n");
  const double importance = items.importance(i);
  const int64_t created_us = items.created_us(i);
  value_.append(reinterpret_cast<const char*>(&importance), sizeof importance);
  value_.append(reinterpret_cast<const char*>(&created_us), sizeof created_us);
  value_.append(items.metadata(i)).append(items.content(i));
  const std::string_view id = items.id(i);
  const rocksdb::Status status =
      db_->Put(write_, rocksdb::Slice(id.data(), id.size()), rocksdb::Slice(value_));
  if (!status.ok()) throw std::runtime_error("rocksdb: " + status.ToString());
}

}  // namespace bench
