#include "model/collection_spec.h"

#include "model/json.h"
#include "model/limits.h"
#include "model/scope.h"

namespace memtier {

Result<std::string> collection_name(std::string_view name, std::string_view what) {
  RETURN_IF_ERROR(check_name(name, what));
  if (name == kAllCollections) {
    return invalid(std::string(what) + " is \"*\", which stands for all collections; name one");
  }
  return std::string(name.empty() ? kDefaultCollection : name);
}

Result<CollectionSpec> CollectionSpec::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "collection"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"name", "description"}, "collection"));
  if (!document.contains("name")) return invalid("collection: \"name\" is missing");
  CollectionSpec spec;
  RETURN_IF_ERROR(read_text(document, "name", "collection", &spec.name));
  RETURN_IF_ERROR(read_text(document, "description", "collection", &spec.description));
  if (spec.name.empty()) return invalid("collection: \"name\" is empty");
  RETURN_IF_ERROR(collection_name(spec.name, "collection: \"name\"").take_status());
  if (spec.description.size() > kMaxDescriptionBytes) {
    return invalid("collection: \"description\" has " + std::to_string(spec.description.size()) +
                   " bytes; at most " + std::to_string(kMaxDescriptionBytes) + " are allowed");
  }
  return spec;
}

}  // namespace memtier
