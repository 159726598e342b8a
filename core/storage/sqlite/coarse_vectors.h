// Vectors of archived items: four bits a component in place of a byte.
//
// Only of spaces whose vectors the embedder makes of texts: nobody gave these, and whoever wants one exact can
// have it made again. They are the half of what finds an archived item.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/space_spec.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// A scale as float32, and then, for two components each, a byte: the first in its low half, as a number of
// -7 to 7, which times the scale is the value. Empty where `data` is not a vector that is kept as bytes.
std::string coarse_vector(std::string_view data, const SpaceSpec& space);
bool is_coarse_vector(std::string_view data, const SpaceSpec& space);
void decode_coarse_vector(std::string_view data, const SpaceSpec& space, float* out);

// Of these rows, in all spaces of an embedder. In a transaction.
Status coarsen_vectors(Connection& connection, std::span<const int64_t> rows);

}  // namespace memtier
