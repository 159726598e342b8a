// What an index of the caller's own is to be (memtier.h, "Indexes of your own").
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

struct IndexSpec {
  static Result<IndexSpec> parse(std::string_view text);

  std::string name;
  std::string path;  // "metadata.<path>"
};

// 1 to 256 bytes, no control characters.
Status check_index_name(std::string_view name, std::string_view what);

}  // namespace memtier
