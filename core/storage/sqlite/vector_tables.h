// The tables of vectors: `spaces`, `vectors`, and `vector_changes`, by which what holds vectors in RAM
// keeps in step with the file, whoever wrote it.
//
//   vectors         key = space << 48 | row: by it a space is one stretch, in the order of rows
//   data            float32 little-endian; or, where the space keeps int8, the scale as a float32 and
//                   then a signed byte for each component, which times the scale is its value
//   vector_changes  every vector written or taken away, in order; only the newest kVectorChangesKept
//
// All functions here are called in a transaction. Thread safety: that of the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/space_spec.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/row_source.h"

namespace memtier {

inline constexpr int kRowBits = 48;
inline constexpr int64_t kVectorChangesKept = 65'536;

constexpr int64_t vector_key(int64_t space, int64_t row) {
  return (space << kRowBits) | row;
}
constexpr int64_t row_of_vector(int64_t key) {
  return key & ((int64_t{1} << kRowBits) - 1);
}

struct Space {
  int64_t number = 0;  // never used again
  SpaceSpec spec;
  int64_t derived_sequence = 0;  // vectors of items up to this change have been derived
};

// --- spaces
// In order of their names.
Result<std::vector<Space>> read_spaces(Connection& connection);
// kNotFound: there is no space of this name.
Result<Space> find_space(Connection& connection, std::string_view name);
// The number of the space, made where there is none. kExists: it is another kind of space. kLimit.
Result<int64_t> define_space(Connection& connection, const SpaceSpec& spec);
// What it had is cleared away later: dropped_space(), clear_space().
Status undefine_space(Connection& connection, std::string_view name);
Result<int64_t> dropped_space(Connection& connection);
// One step: some of its vectors, and the space itself after the last.
Status clear_space(Connection& connection, int64_t number, int64_t* out_cleared);
Status set_derived_sequence(Connection& connection, int64_t space, int64_t sequence);

// --- vectors
// The bytes of a vector that was checked.
std::string encode_vector(std::span<const float> vector, VectorEncoding encoding);
// kCorrupt if these are not the bytes of one.
Status decode_vector(std::string_view data, const SpaceSpec& space, float* out);

Status write_vector(Connection& connection, int64_t space, int64_t row, int64_t scope,
                    std::string_view data);
struct VectorRow {
  int64_t row;
  int64_t scope;
  std::string_view data;
};
// Many of one space, quickest in the order of their rows.
Status write_vectors(Connection& connection, int64_t space, std::span<const VectorRow> rows,
                     Existing existing);
// The same vectors in other bytes: nobody who has them needs to know.
Status rewrite_vectors(Connection& connection, int64_t space, std::span<const VectorRow> rows);
// Nothing happens where there is none.
Status erase_vector(Connection& connection, int64_t space, int64_t row, int64_t scope);
// Writes a vector that was derived from an item's content, if the item still stands there as it was
// with this change; false: it does not.
Result<bool> write_derived_vector(Connection& connection, const Space& space, int64_t row,
                                  int64_t sequence, std::span<const float> vector);
// nullopt: there is none.
Result<std::optional<std::string>> read_vector(Connection& connection, int64_t space, int64_t row);
Result<int64_t> count_vectors(Connection& connection, int64_t space);

// --- what changed
struct VectorPosition {
  int64_t oldest = 0;  // of the changes that are kept
  int64_t newest = 0;
};
Result<VectorPosition> read_vector_position(Connection& connection);
// Forgets the oldest.
Status trim_vector_changes(Connection& connection, int64_t kept = kVectorChangesKept);

}  // namespace memtier
