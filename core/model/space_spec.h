// What a vector space is to be (memtier.h, "Vectors"): parsed and checked, with the check of a vector.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

// The numbers stand in files.
enum class Metric : int32_t { kCosine = 0, kDot = 1, kL2 = 2 };
std::string_view metric_name(Metric metric);

// How the numbers of a vector are kept; the numbers stand in files.
enum class VectorEncoding : int32_t { kFloat32 = 0, kInt8 = 1 };
std::string_view vector_encoding_name(VectorEncoding encoding);

struct SpaceSpec {
  static Result<SpaceSpec> parse(std::string_view text);
  bool operator==(const SpaceSpec&) const = default;

  std::string name;
  int64_t dimension = 0;
  Metric metric = Metric::kCosine;
  VectorEncoding encoding = VectorEncoding::kFloat32;
  std::string embedder;  // whose vectors these are, where they are derived; not in the document
};

// How good searches in a space are (memtier_space_measure_recall).
struct RecallRequest {
  static Result<RecallRequest> parse(std::string_view text);

  std::string space;  // empty: the store's only one
  int64_t samples = 100;
  int64_t limit = 10;
};

// kInvalid: another number of components, one that is not finite, or all zero where only the direction
// counts. `what` names the argument.
Status check_vector(std::span<const float> vector, const SpaceSpec& space, std::string_view what);
// What can be said without knowing the space.
Status check_components(std::span<const float> vector, std::string_view what);

}  // namespace memtier
