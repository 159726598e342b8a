// What a collection is to be (memtier.h, "Collections").
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

struct CollectionSpec {
  static Result<CollectionSpec> parse(std::string_view text);

  std::string name;
  std::string description;
};

// The name of a collection that items can lie in; empty: the default one. `what` names it in messages.
Result<std::string> collection_name(std::string_view name, std::string_view what);

}  // namespace memtier
