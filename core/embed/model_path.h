// Where the file of the built-in embedder is looked for.
#pragma once

#include <string>

#include "base/status.h"

namespace memtier {

inline constexpr const char* kModelFileName = "embedder-en.model";
inline constexpr const char* kModelVariable = "MEMTIER_MODEL_PATH";

// `option`, where it is not empty; else the environment's MEMTIER_MODEL_PATH; else the first that is there:
// beside the library, in the share/memtier of the tree it is installed in, in the folder that the build was
// configured for. A folder stands for the file of the usual name in it. kUnsupported names what was tried.
Result<std::string> find_model(const std::string& option);

}  // namespace memtier
