// The table `indexes`: what indexes of the caller's own there are, and how far they are built.
//
// A definition is kept from its creation on by every fold of every process, because each reads the table
// in its own transaction; what was there before is filled in by the builder (sqlite_indexes.cpp). One
// without a name was dropped, and its entries are being cleared away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/index_spec.h"
#include "storage/sqlite/connection.h"

namespace memtier {

struct IndexDefinition {
  int64_t number = 0;
  std::string name;
  std::string path;                // "metadata.<path>"
  std::vector<std::string> parts;  // of <path>
  int64_t next_row = 0;            // the first that is not filled in yet; 0: ready
  int64_t last_row = 0;            // the last that was there when it was defined
  int64_t filled = 0;              // items looked at by the builder
  bool several = false;            // an item has, or once had, more than one key

  bool ready() const { return next_row == 0; }
};

// In order of their names.
Result<std::vector<IndexDefinition>> read_definitions(Connection& connection);
// In a transaction: the number of the definition, made where there is none. kExists: another path has
// this name. kLimit: there are too many.
Result<int64_t> define_index(Connection& connection, const IndexSpec& spec);
// In a transaction; kNotFound: there is no index of this name.
Status undefine_index(Connection& connection, std::string_view name);
// The number of one that was dropped and still has entries; 0: none.
Result<int64_t> dropped_index(Connection& connection);

}  // namespace memtier
