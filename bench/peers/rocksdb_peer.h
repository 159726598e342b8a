// RocksDB: rows alone, each written to its log at once.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>

#include "common/items.h"

namespace bench {

class RocksdbRows {
 public:
  // `full`: each write survives loss of power; else a crash of the process.
  RocksdbRows(const std::string& path, bool full);
  void put(const Items& items, size_t i);

 private:
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteOptions write_;
  std::string value_;
};

}  // namespace bench
