// Hashes. XXH3 is stable across versions (since 0.8), so its values may stand in files.
#pragma once

#include <cstdint>
#include <string_view>

namespace memtier {

uint64_t hash64(std::string_view bytes, uint64_t seed = 0);

}  // namespace memtier
