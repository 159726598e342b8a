// ArchiveTarget: where blocks of an external archive lie, outside the store's file. A directory now
// (directory_target.h); an object storage can be another.
//
// A name never means other bytes than those that were put first. Who puts, names the bytes in the store's tables
// afterwards; who removes, takes the name out of them before: so what the tables name is there.
//
// Thread safety: every function, any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace memtier {

class ArchiveTarget {
 public:
  virtual ~ArchiveTarget() = default;

  // All of it or nothing, and for good: it survives loss of power when this returns.
  virtual Status put(const std::string& name, std::string_view bytes) = 0;
  // kNotFound: there is none of this name.
  virtual Result<std::string> get(const std::string& name) = 0;
  // For good as well. Those that are not there are removed; where one cannot be, the others are all the same.
  virtual Status remove(const std::vector<std::string>& names) = 0;
  virtual Result<std::vector<std::string>> list() = 0;
};

}  // namespace memtier
