#include "model/link.h"

#include <limits>

#include "base/text.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr const char* kScopeKeys[Scope::kNames] = {"collection", "app", "user", "agent", "session"};
constexpr size_t kMaxLinksBytes = 64 << 20;
constexpr int64_t kMaxListed = 100'000;
constexpr int64_t kMaxWalkNodes = 1'000'000;
constexpr int64_t kMaxHops = 100;
constexpr size_t kMaxSeeds = 1000;
constexpr size_t kMaxKinds = 100;
constexpr double kMaxDouble = std::numeric_limits<double>::max();

Status read_names(const Json& object, const std::string& what,
                  std::array<std::string, Scope::kNames>* names) {
  for (size_t i = 0; i < Scope::kNames; ++i) {
    RETURN_IF_ERROR(read_text(object, kScopeKeys[i], what, &(*names)[i]));
    RETURN_IF_ERROR(check_name((*names)[i], what + ": \"" + kScopeKeys[i] + "\""));
  }
  return {};
}

Status check_kind(std::string_view kind, const std::string& what) {
  if (kind.empty()) return invalid(what + ": \"kind\" is empty");
  return check_name(kind, what + ": \"kind\"");
}

Status read_kind(const Json& object, const std::string& what, std::string* kind) {
  RETURN_IF_ERROR(read_text(object, "kind", what, kind));
  return check_kind(*kind, what);
}

Result<NodeName> read_node(const Json& object, const char* key, const std::string& what) {
  const auto member = object.find(key);
  if (member == object.end()) return invalid(what + ": \"" + key + "\" is missing");
  return NodeName::from_json(*member, what + ": \"" + key + "\"");
}

Status read_some_node(const Json& object, const char* key, const std::string& what,
                      std::optional<NodeName>* node) {
  if (!object.contains(key)) return {};
  ASSIGN_OR_RETURN(*node, read_node(object, key, what));
  return {};
}

Status read_steps(const Json& object, const std::string& what, LinkSteps* steps) {
  std::string direction = "both";
  RETURN_IF_ERROR(read_text(object, "direction", what, &direction));
  if (direction == "out") {
    steps->direction = LinkDirection::kOut;
  } else if (direction == "in") {
    steps->direction = LinkDirection::kIn;
  } else if (direction != "both") {
    return invalid(what + ": \"direction\" must be \"both\", \"out\" or \"in\"");
  }
  RETURN_IF_ERROR(
      read_double(object, "min_strength", what, 0, kMaxLinkWeight, &steps->min_strength));
  const auto kinds = object.find("kinds");
  if (kinds == object.end()) return {};
  const bool good = kinds->is_array() && !kinds->empty() && kinds->size() <= kMaxKinds;
  if (!good) {
    return invalid(what + ": \"kinds\" must be a list of 1 to " + std::to_string(kMaxKinds) +
                   " texts");
  }
  for (const Json& kind : *kinds) {
    if (!kind.is_string()) return invalid(what + ": \"kinds\" must be a list of texts");
    steps->kinds.push_back(kind.get<std::string>());
    RETURN_IF_ERROR(check_kind(steps->kinds.back(), what));
  }
  return {};
}

Result<LinkFilter> read_filter(const Json& object, const std::string& what) {
  LinkFilter filter;
  RETURN_IF_ERROR(read_some_node(object, "source", what, &filter.source));
  RETURN_IF_ERROR(read_some_node(object, "target", what, &filter.target));
  if (object.contains("kind")) {
    filter.kind.emplace();
    RETURN_IF_ERROR(read_kind(object, what, &*filter.kind));
  }
  return filter;
}

}  // namespace

Result<NodeName> NodeName::from_json(const Json& value, const std::string& what) {
  NodeName node;
  if (value.is_string()) {
    node.name = value.get<std::string>();
  } else if (value.is_object()) {
    RETURN_IF_ERROR(refuse_unknown_keys(
        value, {"id", "concept", "collection", "app", "user", "agent", "session"}, what));
    if (value.contains("id") == value.contains("concept")) {
      return invalid(what + ": must have either \"id\" or \"concept\"");
    }
    node.is_concept = value.contains("concept");
    RETURN_IF_ERROR(read_text(value, node.is_concept ? "concept" : "id", what, &node.name));
    RETURN_IF_ERROR(read_names(value, what, &node.scope));
  } else {
    return invalid(what + ": must be an item's id, or an object with \"id\" or \"concept\"");
  }
  if (node.is_concept) {
    RETURN_IF_ERROR(check_concept_name(node.name, what));
    return node;
  }
  if (node.name.empty()) return invalid(what + ": the id is empty");
  if (node.name.size() > kMaxIdBytes) {
    return invalid(what + ": the id has " + std::to_string(node.name.size()) + " bytes; at most " +
                   std::to_string(kMaxIdBytes) + " are allowed");
  }
  return node;
}

bool NodeName::has_scope() const {
  for (const std::string& given : scope) {
    if (!given.empty()) return true;
  }
  return false;
}

Status check_concept_name(std::string_view name, std::string_view what) {
  const std::string subject = std::string(what) + ": the concept's name";
  if (name.empty()) return invalid(subject + " is empty");
  return check_name(name, subject);
}

Result<LinkSpec> LinkSpec::from_json(const Json& value, const std::string& what) {
  if (!value.is_object()) return invalid(what + ": must be a JSON object");
  RETURN_IF_ERROR(refuse_unknown_keys(
      value, {"source", "target", "kind", "weight", "mode", "created_us", "updated_us"}, what));
  LinkSpec link;
  ASSIGN_OR_RETURN(link.source, read_node(value, "source", what));
  ASSIGN_OR_RETURN(link.target, read_node(value, "target", what));
  RETURN_IF_ERROR(read_kind(value, what, &link.kind));
  RETURN_IF_ERROR(read_double(value, "weight", what, 0, kMaxLinkWeight, &link.weight));
  if (link.weight <= 0) return invalid(what + ": \"weight\" must be more than 0");
  std::string mode = "replace";
  RETURN_IF_ERROR(read_text(value, "mode", what, &mode));
  if (mode != "replace" && mode != "strengthen") {
    return invalid(what + ": \"mode\" must be \"replace\" or \"strengthen\"");
  }
  link.strengthens = mode == "strengthen";
  RETURN_IF_ERROR(read_int(value, "created_us", what, 0, INT64_MAX, &link.created_us));
  RETURN_IF_ERROR(read_int(value, "updated_us", what, 0, INT64_MAX, &link.updated_us));
  return link;
}

Result<LinkSpec> LinkSpec::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "link"));
  return from_json(document, "link");
}

Result<std::vector<LinkSpec>> LinkSpec::parse_many(std::string_view text) {
  if (text.size() > kMaxLinksBytes) {
    return invalid("links: the document has more than " + std::to_string(kMaxLinksBytes) +
                   " bytes; give them in several calls");
  }
  if (is_nested_too_deep(text)) return invalid("links: nested deeper than 200 levels");
  // The list is looked through as the member of an object, which refuses keys that stand there twice.
  const std::string wrapped = "{\"links\":" + std::string(text) + "}";
  RETURN_IF_ERROR(check_json_object(wrapped, "links"));
  const Json document = Json::parse(wrapped.begin(), wrapped.end(), nullptr, false);
  if (document.is_discarded()) return invalid("links: not valid JSON");
  const Json& list = document["links"];
  if (!list.is_array() || document.size() != 1) return invalid("links: must be a JSON list");
  if (list.size() > kMaxBatch) {
    return invalid("links: has " + std::to_string(list.size()) + " links; at most " +
                   std::to_string(kMaxBatch) + " are allowed in one call");
  }
  std::vector<LinkSpec> links;
  links.reserve(list.size());
  for (const Json& value : list) {
    ASSIGN_OR_RETURN(LinkSpec link,
                     from_json(value, "links[" + std::to_string(links.size()) + "]"));
    links.push_back(std::move(link));
  }
  return links;
}

Result<LinkFilter> LinkFilter::parse_one(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "link"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"source", "target", "kind"}, "link"));
  ASSIGN_OR_RETURN(LinkFilter filter, read_filter(document, "link"));
  if (!filter.source) return invalid("link: \"source\" is missing");
  if (!filter.target) return invalid("link: \"target\" is missing");
  if (!filter.kind) filter.kind = std::string(kDefaultLinkKind);
  return filter;
}

Result<LinkFilter> LinkFilter::parse_list(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "list"));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"source", "target", "kind", "min_strength", "limit", "after"}, "list"));
  ASSIGN_OR_RETURN(LinkFilter filter, read_filter(document, "list"));
  RETURN_IF_ERROR(
      read_double(document, "min_strength", "list", 0, kMaxLinkWeight, &filter.min_strength));
  RETURN_IF_ERROR(read_int(document, "limit", "list", 1, kMaxListed, &filter.limit));
  RETURN_IF_ERROR(read_text(document, "after", "list", &filter.after));
  return filter;
}

Result<LinkFilter> LinkFilter::parse_delete(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "link"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"source", "target", "kind"}, "link"));
  ASSIGN_OR_RETURN(LinkFilter filter, read_filter(document, "link"));
  if (filter.source || filter.target) return filter;
  return invalid("link: \"source\" or \"target\" must be given, so that not all are deleted");
}

Result<ConceptSpec> ConceptSpec::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "concept"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"name", "description"}, "concept"));
  return from_json(document);
}

Result<ConceptSpec> ConceptSpec::from_json(const Json& document) {
  if (!document.contains("name")) return invalid("concept: \"name\" is missing");
  ConceptSpec spec;
  RETURN_IF_ERROR(read_text(document, "name", "concept", &spec.name));
  RETURN_IF_ERROR(check_concept_name(spec.name, "concept"));
  RETURN_IF_ERROR(read_text(document, "description", "concept", &spec.description));
  return spec;
}

Result<ConceptSpec> ConceptSpec::from_line(const Json& line) {
  const std::string what = "concept";
  RETURN_IF_ERROR(refuse_unknown_keys(
      line, {"name", "description", "created_us", "collection", "app", "user", "agent", "session"},
      what));
  ASSIGN_OR_RETURN(ConceptSpec spec, from_json(line));
  RETURN_IF_ERROR(read_int(line, "created_us", what, 0, INT64_MAX, &spec.created_us));
  RETURN_IF_ERROR(read_names(line, what, &spec.scope));
  return spec;
}

Result<ConceptFilter> ConceptFilter::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "list"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"prefix", "limit", "after"}, "list"));
  ConceptFilter filter;
  RETURN_IF_ERROR(read_text(document, "prefix", "list", &filter.prefix));
  RETURN_IF_ERROR(read_int(document, "limit", "list", 1, kMaxListed, &filter.limit));
  RETURN_IF_ERROR(read_text(document, "after", "list", &filter.after));
  return filter;
}

Result<NeighbourQuery> NeighbourQuery::parse(std::string_view text) {
  const std::string what = "query";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, what));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document, {"node", "direction", "kinds", "min_strength", "limit"}, what));
  NeighbourQuery query;
  ASSIGN_OR_RETURN(query.node, read_node(document, "node", what));
  RETURN_IF_ERROR(read_steps(document, what, &query.steps));
  RETURN_IF_ERROR(read_int(document, "limit", what, 1, kMaxListed, &query.limit));
  return query;
}

Result<PathQuery> PathQuery::parse(std::string_view text) {
  const std::string what = "query";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, what));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"from", "to", "direction", "kinds", "min_strength", "by", "max_hops", "max_nodes"},
      what));
  PathQuery query;
  ASSIGN_OR_RETURN(query.from, read_node(document, "from", what));
  ASSIGN_OR_RETURN(query.to, read_node(document, "to", what));
  RETURN_IF_ERROR(read_steps(document, what, &query.steps));
  std::string by = "hops";
  RETURN_IF_ERROR(read_text(document, "by", what, &by));
  if (by != "hops" && by != "strength") {
    return invalid(what + ": \"by\" must be \"hops\" or \"strength\"");
  }
  query.by_strength = by == "strength";
  if (query.by_strength && document.contains("max_hops")) {
    return invalid(what + ": \"max_hops\" is for \"by\": \"hops\"");
  }
  RETURN_IF_ERROR(read_int(document, "max_hops", what, 1, kMaxHops, &query.max_hops));
  RETURN_IF_ERROR(read_int(document, "max_nodes", what, 1, kMaxWalkNodes, &query.max_nodes));
  return query;
}

Result<SpreadQuery> SpreadQuery::parse(std::string_view text) {
  const std::string what = "query";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, what));
  RETURN_IF_ERROR(refuse_unknown_keys(document,
                                      {"seeds", "direction", "kinds", "min_strength", "hops",
                                       "decay", "threshold", "max_nodes", "limit"},
                                      what));
  SpreadQuery query;
  const auto seeds = document.find("seeds");
  const bool good =
      seeds != document.end() && seeds->is_array() && !seeds->empty() && seeds->size() <= kMaxSeeds;
  if (!good) {
    return invalid(what + ": \"seeds\" must be a list of 1 to " + std::to_string(kMaxSeeds) +
                   " ends of links");
  }
  for (const Json& value : *seeds) {
    const std::string place = what + ": seeds[" + std::to_string(query.seeds.size()) + "]";
    SpreadQuery::Seed seed;
    Json node = value;
    if (node.is_object()) {
      RETURN_IF_ERROR(read_double(node, "activation", place, 0, kMaxDouble, &seed.activation));
      if (seed.activation <= 0) return invalid(place + ": \"activation\" must be more than 0");
      node.erase("activation");
    }
    ASSIGN_OR_RETURN(seed.node, NodeName::from_json(node, place));
    query.seeds.push_back(std::move(seed));
  }
  RETURN_IF_ERROR(read_steps(document, what, &query.steps));
  RETURN_IF_ERROR(read_int(document, "hops", what, 1, kMaxHops, &query.hops));
  RETURN_IF_ERROR(read_double(document, "decay", what, 0, 1, &query.decay));
  RETURN_IF_ERROR(read_double(document, "threshold", what, 0, kMaxDouble, &query.threshold));
  RETURN_IF_ERROR(read_int(document, "max_nodes", what, 1, kMaxWalkNodes, &query.max_nodes));
  RETURN_IF_ERROR(read_int(document, "limit", what, 1, kMaxListed, &query.limit));
  return query;
}

Result<GraphExport> GraphExport::parse(std::string_view text) {
  const std::string what = "export";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, what));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"format", "around", "direction", "kinds", "min_strength", "hops", "max_nodes"},
      what));
  GraphExport query;
  std::string format = "json";
  RETURN_IF_ERROR(read_text(document, "format", what, &format));
  if (format != "json" && format != "dot") {
    return invalid(what + ": \"format\" must be \"json\" or \"dot\"");
  }
  query.dot = format == "dot";
  RETURN_IF_ERROR(read_steps(document, what, &query.steps));
  RETURN_IF_ERROR(read_int(document, "hops", what, 1, kMaxHops, &query.hops));
  RETURN_IF_ERROR(read_int(document, "max_nodes", what, 1, kMaxWalkNodes, &query.max_nodes));
  const auto around = document.find("around");
  if (around == document.end()) {
    if (!document.contains("hops") && !document.contains("direction")) return query;
    return invalid(what + ": \"hops\" and \"direction\" need \"around\"");
  }
  if (!around->is_array() || around->empty() || around->size() > kMaxSeeds) {
    return invalid(what + ": \"around\" must be a list of 1 to " + std::to_string(kMaxSeeds) +
                   " ends of links");
  }
  for (const Json& value : *around) {
    ASSIGN_OR_RETURN(
        NodeName node,
        NodeName::from_json(value, what + ": around[" + std::to_string(query.around.size()) + "]"));
    query.around.push_back(std::move(node));
  }
  return query;
}

}  // namespace memtier
