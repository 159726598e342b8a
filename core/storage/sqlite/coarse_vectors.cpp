#include "storage/sqlite/coarse_vectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "storage/sqlite/vector_tables.h"

namespace memtier {
namespace {

constexpr size_t kGroup = 32;  // components
constexpr size_t kLeastGroups = 2;
constexpr int kMostBits = 8;
constexpr size_t kExponents = 32;
constexpr int kExponentBits = 5;

size_t groups_of(const SpaceSpec& space) {
  const auto dimension = static_cast<size_t>(space.dimension);
  const bool fits = space.encoding == VectorEncoding::kInt8 && dimension % kGroup == 0;
  return fits && dimension / kGroup >= kLeastGroups ? dimension / kGroup : 0;
}

// Of a group with this exponent: the same on every machine.
float step_of(float largest, size_t exponent) {
  constexpr std::array<float, 4> kQuarters = {1.0F, 0.840896415F, 0.707106781F, 0.594603558F};
  return std::ldexp(largest * kQuarters[exponent % 4], -static_cast<int>(exponent / 4));
}

int level_of(float value, float step, int bits) {
  const auto middle = static_cast<float>(1 << (bits - 1));
  const float level = std::floor(value / step + middle);
  return static_cast<int>(std::clamp(level, 0.0F, 2 * middle - 1));
}

float value_of(int level, float step, int bits) {
  return (static_cast<float>(level) + 0.5F - static_cast<float>(1 << (bits - 1))) * step;
}

// One after the other to the group where a bit gains most.
std::vector<int> share_bits(std::span<const float> vector) {
  const size_t groups = vector.size() / kGroup;
  std::vector<int> bits(groups, 1);
  std::vector<double> gain(groups);
  for (size_t i = 0; i < vector.size(); ++i) gain[i / kGroup] += vector[i] * vector[i];
  for (double& of_group : gain) of_group *= of_group / 4;
  for (size_t left = groups * 3 / 2; left > 0; --left) {
    const auto best = std::max_element(gain.begin(), gain.end());
    int& chosen = bits[static_cast<size_t>(best - gain.begin())];
    *best = ++chosen < kMostBits ? *best / 4 : -1;
  }
  return bits;
}

// The steps that leave the least error: to cut off the largest component is often better than to make them so
// wide that it fits.
size_t best_exponent(std::span<const float> group, float largest, int bits) {
  size_t best = 0;
  float least = INFINITY;
  for (size_t exponent = 0; exponent < kExponents; ++exponent) {
    const float step = step_of(largest, exponent);
    float error = 0;
    for (const float value : group) {
      const float difference = value - value_of(level_of(value, step, bits), step, bits);
      error += difference * difference;
    }
    if (error >= least) continue;
    least = error;
    best = exponent;
  }
  return best;
}

void append_levels(std::span<const float> group, float step, int bits, std::string* out) {
  uint64_t waiting = 0;
  int count = 0;
  for (const float value : group) {
    waiting |= static_cast<uint64_t>(level_of(value, step, bits)) << count;
    for (count += bits; count >= 8; count -= 8, waiting >>= 8) *out += static_cast<char>(waiting);
  }
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
  return coarse.empty() ? Status() : rewrite_vectors(connection, space.number, coarse);
}

}  // namespace

std::string coarse_vector(std::string_view data, const SpaceSpec& space) {
  const size_t groups = groups_of(space);
  std::string coarse;
  if (groups == 0 || data.size() != sizeof(float) + groups * kGroup) return coarse;
  std::vector<float> vector(groups * kGroup);
  if (!decode_vector(data, space, vector.data()).ok()) return coarse;
  float largest = 0;
  for (const float component : vector) largest = std::max(largest, std::fabs(component));
  if (!(largest > 0)) return coarse;
  coarse.append(reinterpret_cast<const char*>(&largest), sizeof largest);
  std::string levels;
  const std::vector<int> bits = share_bits(vector);
  for (size_t i = 0; i < groups; ++i) {
    const std::span<const float> group(vector.data() + i * kGroup, kGroup);
    const size_t exponent = best_exponent(group, largest, bits[i]);
    coarse += static_cast<char>(static_cast<size_t>(bits[i] - 1) << kExponentBits | exponent);
    append_levels(group, step_of(largest, exponent), bits[i], &levels);
  }
  return coarse + levels;
}

bool decode_coarse_vector(std::string_view data, const SpaceSpec& space, float* out) {
  const size_t groups = groups_of(space);
  if (groups == 0 || data.size() < sizeof(float) + groups) return false;
  float largest = 0;
  std::memcpy(&largest, data.data(), sizeof largest);
  const std::string_view heads = data.substr(sizeof largest, groups);
  const auto* levels = reinterpret_cast<const uint8_t*>(heads.data() + groups);
  size_t left = data.size() - sizeof largest - groups;
  for (const char byte : heads) {
    const auto head = static_cast<uint8_t>(byte);
    const int bits = (head >> kExponentBits) + 1;
    const auto bytes = static_cast<size_t>(bits) * kGroup / 8;
    if (left < bytes) return false;
    left -= bytes;
    const float step = step_of(largest, head % kExponents);
    uint64_t waiting = 0;
    int count = 0;
    for (size_t i = 0; i < kGroup; ++i, count -= bits, waiting >>= bits) {
      for (; count < bits; count += 8) waiting |= static_cast<uint64_t>(*levels++) << count;
      *out++ = value_of(static_cast<int>(waiting & ((uint64_t{1} << bits) - 1)), step, bits);
    }
  }
  return left == 0;
}

Status coarsen_vectors(Connection& connection, std::span<const int64_t> rows) {
  ASSIGN_OR_RETURN(const std::vector<Space> spaces, read_spaces(connection));
  for (const Space& space : spaces) {
    if (space.spec.embedder.empty() || space.spec.encoding != VectorEncoding::kInt8) continue;
    RETURN_IF_ERROR(coarsen_space(connection, space, rows));
  }
  return {};
}

Status coarsen_all_vectors(Connection& connection, int64_t limit, int64_t* row) {
  std::vector<int64_t> rows;
  {
    ASSIGN_OR_RETURN(
        Statement select,
        connection.prepare("SELECT row FROM items WHERE row >= ? ORDER BY row LIMIT ?"));
    StatementUse use(select.bind(1, *row).bind(2, limit));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      rows.push_back(use->integer(0));
    }
  }
  *row = static_cast<int64_t>(rows.size()) < limit ? 0 : rows.back() + 1;
  return coarsen_vectors(connection, rows);
}

}  // namespace memtier
