// The one path of a store's file, by which all its companions are named.
#pragma once

#include <string>

#include "base/status.h"

namespace memtier {

// Absolute and without links, so that everybody who opens the file, by whichever name and from whichever
// folder, means the same companions (-wal, -shm, -log), and none is taken for a URI. A file with several
// names of its own (hard links) is refused: each name would have companions of its own, and what is
// written by one would be lost to the other.
Result<std::string> resolve_store_path(const std::string& path);

}  // namespace memtier
