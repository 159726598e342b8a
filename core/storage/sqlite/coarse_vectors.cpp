#include "storage/sqlite/coarse_vectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "storage/sqlite/vector_tables.h"

namespace memtier {
namespace {

constexpr int64_t kLeastDimension = 16;  // fewer components are not worth it
constexpr float kMostNibble = 7;
constexpr int kSign = 8;

size_t coarse_size(const SpaceSpec& space) {
  return sizeof(float) + static_cast<size_t>(space.dimension + 1) / 2;
}

float nibble_of(float value, float scale) {
  return std::clamp(std::nearbyint(value / scale), -kMostNibble, kMostNibble);
}

// The scale that leaves the least error: to cut off the largest component is often better than to make the
// steps so wide that it fits.
float best_scale(std::span<const float> vector) {
  constexpr std::array<float, 7> kParts = {1.0F, 0.9F, 0.8F, 0.7F, 0.6F, 0.5F, 0.4F};
  float largest = 0;
  for (const float component : vector) largest = std::max(largest, std::fabs(component));
  float best = largest / kMostNibble;
  float least = INFINITY;
  for (const float part : kParts) {
    const float scale = largest / kMostNibble * part;
    if (scale <= 0) return best;
    float error = 0;
    for (const float component : vector) {
      const float difference = component - scale * nibble_of(component, scale);
      error += difference * difference;
    }
    if (error >= least) continue;
    least = error;
    best = scale;
  }
  return best;
}

Status coarsen_space(Connection& connection, const Space& space, std::span<const int64_t> rows) {
  std::vector<std::string> bytes;
  std::vector<VectorRow> coarse;
  bytes.reserve(rows.size());  // so that views of its elements stay
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT scope, data FROM vectors WHERE key = ?"));
  for (const int64_t row : rows) {
    StatementUse use(select.bind(1, vector_key(space.number, row)));
    ASSIGN_OR_RETURN(const bool found, use->step());
    if (!found) continue;
    std::string data = coarse_vector(use->bytes(1), space.spec);
    if (data.empty()) continue;
    bytes.push_back(std::move(data));
    coarse.push_back({row, use->integer(0), bytes.back()});
  }
  std::sort(coarse.begin(), coarse.end(),
            [](const VectorRow& a, const VectorRow& b) { return a.row < b.row; });
  return coarse.empty() ? Status()
                        : write_vectors(connection, space.number, coarse, Existing::kLikely);
}

}  // namespace

std::string coarse_vector(std::string_view data, const SpaceSpec& space) {
  const auto dimension = static_cast<size_t>(space.dimension);
  const bool is_bytes = space.encoding == VectorEncoding::kInt8 &&
                        space.dimension >= kLeastDimension &&
                        data.size() == sizeof(float) + dimension;
  std::string coarse;
  if (!is_bytes) return coarse;
  std::vector<float> vector(dimension);
  if (!decode_vector(data, space, vector.data()).ok()) return coarse;
  const float scale = best_scale(vector);
  coarse.resize(coarse_size(space));
  std::memcpy(coarse.data(), &scale, sizeof scale);
  for (size_t i = 0; i < dimension; ++i) {
    const int level = scale > 0 ? static_cast<int>(nibble_of(vector[i], scale)) : 0;
    const int bits = level & 0xf;
    char& byte = coarse[sizeof scale + i / 2];
    byte = static_cast<char>(static_cast<uint8_t>(byte) | (i % 2 == 0 ? bits : bits << 4));
  }
  return coarse;
}

bool is_coarse_vector(std::string_view data, const SpaceSpec& space) {
  return space.encoding == VectorEncoding::kInt8 && space.dimension >= kLeastDimension &&
         data.size() == coarse_size(space);
}

void decode_coarse_vector(std::string_view data, const SpaceSpec& space, float* out) {
  float scale = 0;
  std::memcpy(&scale, data.data(), sizeof scale);
  const auto dimension = static_cast<size_t>(space.dimension);
  for (size_t i = 0; i < dimension; ++i) {
    const auto byte = static_cast<uint8_t>(data[sizeof scale + i / 2]);
    const int bits = i % 2 == 0 ? byte & 0xf : byte >> 4;
    out[i] = scale * static_cast<float>((bits ^ kSign) - kSign);
  }
}

Status coarsen_vectors(Connection& connection, std::span<const int64_t> rows) {
  ASSIGN_OR_RETURN(const std::vector<Space> spaces, read_spaces(connection));
  bool any = false;
  for (const Space& space : spaces) {
    if (space.spec.embedder.empty() || space.spec.encoding != VectorEncoding::kInt8) continue;
    RETURN_IF_ERROR(coarsen_space(connection, space, rows));
    any = true;
  }
  return any ? trim_vector_changes(connection) : Status();
}

}  // namespace memtier
