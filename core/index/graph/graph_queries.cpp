// LinkGraph: concepts, neighbours, paths, spreading.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "index/graph/link_graph.h"

namespace memtier {
namespace {

// Activations come from weights that are kept in RAM with seven digits.
double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

}  // namespace

Status LinkGraph::create_concept(const ReadScope& read, const ConceptSpec& spec, bool sync) {
  return write(
      [&](Connection& connection) -> Status {
        if (read.scope->name(Scope::kCollection) == kAllCollections) {
          return invalid("scope: the collection \"*\" is for reading; a concept needs one");
        }
        ConceptRow row;
        row.name = spec.name;
        row.description = spec.description;
        row.created_us = read.now_us;
        ASSIGN_OR_RETURN(row.scope, storage_.scopes().find_or_add(connection, *read.scope));
        ASSIGN_OR_RETURN(const auto known, concepts_by_name(connection, spec.name));
        for (const ConceptRow& other : known) {
          if (other.scope != row.scope) continue;
          return {Code::kExists, "concept \"" + spec.name + "\" exists in this scope"};
        }
        return add_concept(connection, row).take_status();
      },
      sync);
}

Result<std::string> LinkGraph::list_concepts(const ReadScope& read, const ConceptFilter& filter,
                                             const StopCheck& stop) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  // A place in the list is the number of a concept.
  std::string after_name = filter.prefix;
  int64_t after_scope = -1;
  if (!filter.after.empty()) {
    char* end = nullptr;
    const int64_t number = std::strtoll(filter.after.c_str(), &end, 10);
    ASSIGN_OR_RETURN(const std::optional<ConceptRow> row,
                     concept_by_node(view->connection(), -number));
    if (*end != '\0' || number <= 0) {
      return invalid("list: \"after\" is not what an earlier list has given");
    }
    if (!row) return not_found("list: \"after\": the concept was deleted meanwhile; begin anew");
    after_name = row->name;
    after_scope = row->scope;
  }
  std::vector<ConceptRow> rows;
  bool more = false;
  Status status;
  RETURN_IF_ERROR(memtier::visit_concepts(
      view->connection(), after_name, after_scope, [&](const ConceptRow& row) {
        if (stop) status = stop();
        if (!status.ok() || !row.name.starts_with(filter.prefix)) return false;
        auto allowed = view->nodes().allows(row.scope);
        if (!allowed.ok()) status = allowed.take_status();
        if (!status.ok() || !*allowed) return status.ok();
        more = static_cast<int64_t>(rows.size()) == filter.limit;
        if (!more) rows.push_back(row);
        return !more;
      }));
  RETURN_IF_ERROR(std::move(status));
  Json list = Json::array();
  for (const ConceptRow& row : rows) {
    ASSIGN_OR_RETURN(Json object, view->nodes().describe(row.node));
    if (!row.description.empty()) object["description"] = row.description;
    object["created_us"] = row.created_us;
    int64_t links = 0;
    Status failure;
    const auto count = [&](const LinkRow& link) {
      auto shown = view->shows(link);
      if (!shown.ok()) failure = shown.take_status();
      if (failure.ok() && *shown) ++links;
      return failure.ok();
    };
    for (const bool outgoing : {true, false}) {
      RETURN_IF_ERROR(memtier::visit_links(view->connection(), row.node, outgoing, count));
      if (!failure.ok()) return failure;
    }
    object["links"] = links;
    list.push_back(std::move(object));
  }
  Json result = {{"concepts", std::move(list)}};
  if (more) result["after"] = std::to_string(-rows.back().node);
  return result.dump();
}

Status LinkGraph::delete_concept(const ReadScope& read, std::string_view name, bool sync) {
  return write(
      [&](Connection& connection) -> Status {
        GraphNodes nodes(connection, storage_.scopes(), read);
        NodeName wanted;
        wanted.is_concept = true;
        wanted.name = name;
        ASSIGN_OR_RETURN(const GraphNode found, nodes.find(wanted, "name"));
        LinkWriter writer(connection);
        RETURN_IF_ERROR(writer.erase_node(found.node));
        RETURN_IF_ERROR(erase_concept(connection, found.node));
        return writer.finish();
      },
      sync);
}

Result<std::string> LinkGraph::neighbours(const ReadScope& read, const NeighbourQuery& query,
                                          const StopCheck& stop) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  ASSIGN_OR_RETURN(const GraphNode node, view->nodes().find(query.node, "query: \"node\""));
  ASSIGN_OR_RETURN(const GraphView::Steps steps, view->resolve(query.steps));
  if (stop) RETURN_IF_ERROR(stop());
  ASSIGN_OR_RETURN(const auto* const found, view->steps_from(node.node, steps));
  std::vector<GraphView::Step> best = *found;
  std::stable_sort(best.begin(), best.end(),
                   [](const GraphView::Step& left, const GraphView::Step& right) {
                     return left.strength > right.strength;
                   });
  const size_t count = std::min(best.size(), static_cast<size_t>(query.limit));
  Json list = Json::array();
  for (size_t i = 0; i < count; ++i) {
    const GraphView::Step& step = best[i];
    ASSIGN_OR_RETURN(Json object, view->nodes().describe(step.other));
    // The table has the weight as it was given.
    const int64_t source = step.outgoing ? node.node : step.other;
    const int64_t target = step.outgoing ? step.other : node.node;
    ASSIGN_OR_RETURN(const std::optional<LinkRow> link,
                     find_link(view->connection(), source, step.kind, target));
    if (!link) continue;
    ASSIGN_OR_RETURN(object["kind"], view->kind_name(step.kind));
    object["direction"] = step.outgoing ? "out" : "in";
    object["weight"] = link->weight;
    object["strength"] = view->strength(*link);
    list.push_back(std::move(object));
  }
  const Json result = {{"neighbours", std::move(list)}, {"total", best.size()}};
  return result.dump();
}

Result<std::string> LinkGraph::path(const ReadScope& read, const PathQuery& query,
                                    const StopCheck& stop) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  ASSIGN_OR_RETURN(const GraphNode from, view->nodes().find(query.from, "query: \"from\""));
  ASSIGN_OR_RETURN(const GraphNode to, view->nodes().find(query.to, "query: \"to\""));
  ASSIGN_OR_RETURN(const GraphView::Steps steps, view->resolve(query.steps));
  const PathOptions options{query.by_strength, query.max_hops, query.max_nodes};
  PathResult found;
  RETURN_IF_ERROR(shortest_path(*view, from.node, to.node, steps, options, stop, &found));
  if (!found.found) {
    const std::string limit =
        found.truncated ? ", among the " + std::to_string(query.max_nodes) +
                              " nodes that were looked at (\"max_nodes\")"
        : query.by_strength
            ? ""
            : " of at most " + std::to_string(query.max_hops) + " links (\"max_hops\")";
    return not_found("query: there is no path from \"" + query.from.name + "\" to \"" +
                     query.to.name + '"' + limit);
  }
  Json nodes = Json::array();
  Json links = Json::array();
  ASSIGN_OR_RETURN(Json first, view->nodes().describe(from.node));
  nodes.push_back(std::move(first));
  for (const PathStep& step : found.steps) {
    ASSIGN_OR_RETURN(Json node, view->nodes().describe(step.to));
    nodes.push_back(std::move(node));
    ASSIGN_OR_RETURN(const std::optional<LinkRow> link,
                     find_link(view->connection(), step.outgoing ? step.from : step.to, step.kind,
                               step.outgoing ? step.to : step.from));
    if (!link) return internal_error("store: a link vanished");
    ASSIGN_OR_RETURN(Json object, view->describe(*link));
    links.push_back(std::move(object));
  }
  const Json result = {
      {"hops", found.steps.size()}, {"nodes", std::move(nodes)}, {"links", std::move(links)}};
  return result.dump();
}

Result<std::string> LinkGraph::spread(const ReadScope& read, const SpreadQuery& query,
                                      const StopCheck& stop) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  std::vector<Activated> seeds;
  for (const SpreadQuery::Seed& seed : query.seeds) {
    const std::string what = "query: seeds[" + std::to_string(seeds.size()) + "]";
    ASSIGN_OR_RETURN(const GraphNode node, view->nodes().find(seed.node, what));
    seeds.push_back({node.node, seed.activation, 0});
  }
  ASSIGN_OR_RETURN(const GraphView::Steps steps, view->resolve(query.steps));
  const SpreadOptions options{query.hops, query.decay, query.threshold, query.max_nodes};
  SpreadResult result;
  RETURN_IF_ERROR(spread_activation(*view, seeds, steps, options, stop, &result));
  std::vector<Activated> best;
  for (const Activated& node : result.nodes) {
    if (node.hops > 0) best.push_back(node);
  }
  std::sort(best.begin(), best.end(), [](const Activated& left, const Activated& right) {
    const double a = rounded(left.activation);
    const double b = rounded(right.activation);
    return std::tuple(-a, left.hops, left.node) < std::tuple(-b, right.hops, right.node);
  });
  if (best.size() > static_cast<size_t>(query.limit)) {
    best.resize(static_cast<size_t>(query.limit));
  }
  Json nodes = Json::array();
  for (const Activated& node : best) {
    ASSIGN_OR_RETURN(Json object, view->nodes().describe(node.node));
    object["activation"] = rounded(node.activation);
    object["hops"] = node.hops;
    nodes.push_back(std::move(object));
  }
  const Json document = {{"nodes", std::move(nodes)},
                         {"activated", result.nodes.size()},
                         {"truncated", result.truncated}};
  return document.dump();
}

Status LinkGraph::activation(const ReadScope& read, std::span<const int64_t> seed_rows,
                             const SpreadOptions& options,
                             std::unordered_map<int64_t, double>* by_row) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  std::vector<Activated> seeds;
  for (const int64_t row : seed_rows) seeds.push_back({row, 1.0, 0});
  SpreadResult result;
  RETURN_IF_ERROR(spread_activation(*view, seeds, {}, options, {}, &result));
  for (const Activated& node : result.nodes) {
    const double activation = node.hops == 0 ? node.activation - 1 : node.activation;
    if (node.node > 0 && activation > 0) (*by_row)[node.node] = activation;
  }
  return {};
}

}  // namespace memtier
