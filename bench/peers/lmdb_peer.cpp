#include "peers/lmdb_peer.h"

#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

void check(int code) {
  if (code != 0) throw std::runtime_error(std::string("lmdb: ") + mdb_strerror(code));
}

}  // namespace

// NOSYNC: only reading is measured, so loading need not survive anything. NORDAHEAD: the reads are
// random.
LmdbTable::LmdbTable(const std::string& path, size_t map_bytes) {
  check(mdb_env_create(&env_));
  check(mdb_env_set_mapsize(env_, map_bytes));
  check(mdb_env_open(env_, path.c_str(), MDB_NOSUBDIR | MDB_NOSYNC | MDB_NORDAHEAD, 0644));
  begin();
  check(mdb_dbi_open(write_, nullptr, 0, &table_));
  commit();
  check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &read_));
  mdb_txn_reset(read_);
}

LmdbTable::~LmdbTable() {
  mdb_txn_abort(read_);
  mdb_env_close(env_);
}

void LmdbTable::begin() {
  check(mdb_txn_begin(env_, nullptr, 0, &write_));
}

void LmdbTable::put(std::string_view id, std::string_view value) {
  MDB_val key{id.size(), const_cast<char*>(id.data())};
  MDB_val data{value.size(), const_cast<char*>(value.data())};
  check(mdb_put(write_, table_, &key, &data, 0));
}

void LmdbTable::commit() {
  check(mdb_txn_commit(write_));
}

size_t LmdbTable::get(std::string_view id, char* out) {
  check(mdb_txn_renew(read_));
  MDB_val key{id.size(), const_cast<char*>(id.data())};
  MDB_val data{};
  check(mdb_get(read_, table_, &key, &data));
  std::memcpy(out, data.mv_data, data.mv_size);
  mdb_txn_reset(read_);
  return data.mv_size;
}

}  // namespace bench
