#include "model/index_spec.h"

#include "model/field.h"
#include "model/json.h"
#include "model/limits.h"
#include "model/scope.h"

namespace memtier {

Status check_index_name(std::string_view name, std::string_view what) {
  if (name.empty()) return invalid(std::string(what) + " is empty");
  return check_name(name, what);
}

Result<IndexSpec> IndexSpec::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "index"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"name", "path"}, "index"));
  for (const char* key : {"name", "path"}) {
    if (!document.contains(key)) return invalid(std::string("index: \"") + key + "\" is missing");
  }
  IndexSpec spec;
  RETURN_IF_ERROR(read_text(document, "name", "index", &spec.name));
  RETURN_IF_ERROR(read_text(document, "path", "index", &spec.path));
  RETURN_IF_ERROR(check_index_name(spec.name, "index: \"name\""));
  if (field_by_name(spec.path) != Field::kMetadata || spec.path == "metadata") {
    return invalid("index: \"path\" must be a path into the metadata, such as \"metadata.city\"");
  }
  if (spec.path.size() > kMaxPathBytes) {
    return invalid("index: \"path\" has " + std::to_string(spec.path.size()) + " bytes; at most " +
                   std::to_string(kMaxPathBytes) + " are allowed");
  }
  return spec;
}

}  // namespace memtier
