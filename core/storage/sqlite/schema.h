// The tables of a store file, their version, and how an older file becomes a newer one.
// The layout is documented in docs/file-format.md.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "storage/sqlite/connection.h"

namespace memtier {

inline constexpr int64_t kApplicationId = 0x6d656d74;  // "memt"
inline constexpr int64_t kSchemaVersion = 5;

// What is decided when a store is made.
struct StoreSettings {
  std::string ladder;       // the preset's name, or the document as it was given
  std::string ladder_json;  // what that meant
  std::string tokenizer;
  int64_t journal_bytes = 0;
};

struct StoreIdentity {
  std::string uuid;  // 16 bytes
  std::string ladder;
  std::string ladder_json;
  std::string tokenizer;
  int64_t journal_bytes = 0;
};

// kCorrupt if the file is something else than a store; kNotFound if there are no tables in it yet and none
// may be made. Nothing is changed.
Status check_owner(Connection& connection, bool create);

// Makes the tables in an empty database, or migrates older ones, each in one transaction; then reads
// what the store is. kCorrupt: some other kind of file. kNewerFormat: made by a newer memtier.
Result<StoreIdentity> prepare_schema(Connection& connection, const StoreSettings& settings,
                                     const std::string& new_uuid);

// The ladder alone, of a store that exists.
Result<StoreSettings> read_ladder(Connection& connection);
Status write_ladder(Connection& connection, const StoreSettings& settings);

// The place in the journal up to which changes are in the tables, and the counters that go on from
// there. Read and written in the transaction that folds.
struct FoldState {
  uint64_t position = 0;
  int64_t sequence = 0;
  int64_t next_row = 1;
};
Result<FoldState> read_fold_state(Connection& connection);
Status write_fold_state(Connection& connection, const FoldState& state);

}  // namespace memtier
