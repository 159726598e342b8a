// zlib as bytes in, bytes out: for archived content. No I/O here.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

// Deflates with a zlib header; level 1 (fast) to 9 (small).
Result<std::string> deflate_bytes(std::string_view bytes, int level);
// The inverse. kCorrupt if it is damaged, or would grow beyond `max_size`.
Result<std::string> inflate_bytes(std::string_view bytes, size_t max_size);

}  // namespace memtier
