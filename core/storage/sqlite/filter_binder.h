// Who knows the rows of tests that the tables know nothing of. Rooms above storage implement it.
#pragma once

#include "base/status.h"
#include "model/filter.h"
#include "storage/sqlite/connection.h"

namespace memtier {

class FilterBinder {
 public:
  virtual ~FilterBinder() = default;
  // In a read transaction: the filter with the rows of its tests as that shows them; null where it shows
  // less than is known already, and has to be begun anew. May run code of the caller's.
  virtual Result<FilterRef> bind(Connection& connection, const Filter& filter) = 0;
};

}  // namespace memtier
