#include "model/space_spec.h"

#include <algorithm>
#include <cmath>

#include "model/json.h"
#include "model/limits.h"
#include "model/scope.h"

namespace memtier {
namespace {

// Beyond it squares would not be finite any more.
constexpr float kMostComponent = 1e15F;

}  // namespace

std::string_view metric_name(Metric metric) {
  return metric == Metric::kCosine ? "cosine" : metric == Metric::kDot ? "dot" : "l2";
}

std::string_view vector_encoding_name(VectorEncoding encoding) {
  return encoding == VectorEncoding::kFloat32 ? "float32" : "int8";
}

Result<SpaceSpec> SpaceSpec::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "space"));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document, {"name", "dimension", "metric", "storage"}, "space"));
  for (const char* key : {"name", "dimension"}) {
    if (!document.contains(key)) return invalid(std::string("space: \"") + key + "\" is missing");
  }
  SpaceSpec spec;
  RETURN_IF_ERROR(read_text(document, "name", "space", &spec.name));
  if (spec.name.empty()) return invalid("space: \"name\" is empty");
  RETURN_IF_ERROR(check_name(spec.name, "space: \"name\""));
  RETURN_IF_ERROR(
      read_int(document, "dimension", "space", kMinDimension, kMaxDimension, &spec.dimension));
  std::string metric = "cosine";
  RETURN_IF_ERROR(read_text(document, "metric", "space", &metric));
  if (metric == "dot") {
    spec.metric = Metric::kDot;
  } else if (metric == "l2") {
    spec.metric = Metric::kL2;
  } else if (metric != "cosine") {
    return invalid("space: \"metric\" must be \"cosine\", \"dot\" or \"l2\"");
  }
  std::string storage = "float32";
  RETURN_IF_ERROR(read_text(document, "storage", "space", &storage));
  if (storage == "int8") {
    spec.encoding = VectorEncoding::kInt8;
  } else if (storage != "float32") {
    return invalid("space: \"storage\" must be \"float32\" or \"int8\"");
  }
  return spec;
}

Result<RecallRequest> RecallRequest::parse(std::string_view text) {
  constexpr int64_t kMostSamples = 10'000;
  constexpr int64_t kMostLimit = 1'000;
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "document"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"space", "samples", "limit"}, "document"));
  RecallRequest request;
  RETURN_IF_ERROR(read_text(document, "space", "document", &request.space));
  RETURN_IF_ERROR(read_int(document, "samples", "document", 1, kMostSamples, &request.samples));
  RETURN_IF_ERROR(read_int(document, "limit", "document", 1, kMostLimit, &request.limit));
  return request;
}

Status check_components(std::span<const float> vector, std::string_view what) {
  for (size_t i = 0; i < vector.size(); ++i) {
    if (std::isfinite(vector[i]) && std::fabs(vector[i]) <= kMostComponent) continue;
    return invalid(std::string(what) + ": component " + std::to_string(i) +
                   (std::isfinite(vector[i]) ? " is beyond 1e15" : " is not a finite number"));
  }
  return {};
}

Status check_vector(std::span<const float> vector, const SpaceSpec& space, std::string_view what) {
  if (static_cast<int64_t>(vector.size()) != space.dimension) {
    return invalid(std::string(what) + ": it has " + std::to_string(vector.size()) +
                   " components; those of space \"" + space.name + "\" have " +
                   std::to_string(space.dimension));
  }
  RETURN_IF_ERROR(check_components(vector, what));
  if (space.metric != Metric::kCosine) return {};
  // So small that its square is nothing, a vector has no direction either.
  const bool any = std::any_of(vector.begin(), vector.end(),
                               [](float component) { return std::fabs(component) > 1e-18F; });
  if (any) return {};
  return invalid(std::string(what) + ": all components are zero, which has no direction; space \"" +
                 space.name + "\" compares by cosine");
}

}  // namespace memtier
