// LMDB as an expert uses it for reading: the whole file mapped, one read transaction that is reset
// and renewed for each read, so that each sees the newest state as memtier's do.
#pragma once

#include <lmdb.h>

#include <string>
#include <string_view>

namespace bench {

class LmdbTable {
 public:
  LmdbTable(const std::string& path, size_t map_bytes);
  ~LmdbTable();
  LmdbTable(const LmdbTable&) = delete;
  LmdbTable& operator=(const LmdbTable&) = delete;

  void begin();
  void put(std::string_view id, std::string_view value);
  void commit();
  // Copies the value out and returns its size.
  size_t get(std::string_view id, char* out);

 private:
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  MDB_txn* write_ = nullptr;
  MDB_txn* read_ = nullptr;
};

}  // namespace bench
