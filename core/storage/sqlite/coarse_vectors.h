// Vectors of items that are archived, or that were there when the file was last written anew: two and a half
// bits a component in place of a byte. Who has the bytes in RAM keeps them.
//
//   data   | largest float32 | a byte for each group of 32 components | their levels, group by group |
//   byte   bits of a level - 1, in the three high bits; e in the others
//   value  (level + 1/2 - 2^(bits - 1)) * largest * 2^(-e / 4), the levels in `bits` bits each, low bits first
//
// Components of models are not alike: a few tell most. An error counts by what it is multiplied with in a
// comparison, so bits go to the groups by the fourth power of how large they are. On 24 000 real texts and the
// model that comes with memtier 0.92 of the nearest ten are among the nearest ten by these, and all of them among
// the nearest 48, which a search goes on with; four bits for each, which takes half as much again, gave 0.83.
//
// Only of spaces whose vectors the embedder makes of texts: nobody gave these, and they can be made again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/space_spec.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// Empty where `data` is not a vector that is kept as bytes, or there is nothing to save.
std::string coarse_vector(std::string_view data, const SpaceSpec& space);
// False: these are not the bytes of one.
bool decode_coarse_vector(std::string_view data, const SpaceSpec& space, float* out);

// Of these rows, in all spaces of an embedder. In a transaction, as the next one.
Status coarsen_vectors(Connection& connection, std::span<const int64_t> rows);
// Of so many rows, from `row` on, which it moves on; 0: there are no more.
Status coarsen_all_vectors(Connection& connection, int64_t limit, int64_t* row);

}  // namespace memtier
