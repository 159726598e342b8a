// LinkGraph: a part of the graph as a document, and links and concepts for export and import.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/text.h"
#include "index/graph/link_graph.h"

namespace memtier {
namespace {

constexpr size_t kLabelBytes = 40;

// What is drawn: nodes and the links between them.
struct Drawing {
  std::vector<int64_t> nodes;
  std::vector<LinkRow> links;
  bool truncated = false;
};

bool is_wanted(const GraphView& view, const LinkRow& link, const GraphView::Steps& steps) {
  if (steps.none || view.strength(link) < steps.min_strength) return false;
  const auto kind = static_cast<int32_t>(link.kind);
  return steps.kinds.empty() ||
         std::find(steps.kinds.begin(), steps.kinds.end(), kind) != steps.kinds.end();
}

Status draw_around(GraphView& view, const GraphExport& query, const GraphView::Steps& steps,
                   const StopCheck& stop, Drawing* drawing) {
  std::vector<int64_t> seeds;
  for (const NodeName& name : query.around) {
    const std::string what = "export: around[" + std::to_string(seeds.size()) + "]";
    ASSIGN_OR_RETURN(const GraphNode node, view.nodes().find(name, what));
    seeds.push_back(node.node);
  }
  Surroundings found;
  RETURN_IF_ERROR(look_around(view, seeds, steps, query.hops, query.max_nodes, stop, &found));
  drawing->nodes = std::move(found.nodes);
  drawing->truncated = found.truncated;
  const std::set<int64_t> inside(drawing->nodes.begin(), drawing->nodes.end());
  for (const int64_t node : drawing->nodes) {
    if (stop) RETURN_IF_ERROR(stop());
    RETURN_IF_ERROR(visit_links(view.connection(), node, true, [&](const LinkRow& link) {
      if (inside.count(link.target) != 0 && is_wanted(view, link, steps)) {
        drawing->links.push_back(link);
      }
      return true;
    }));
  }
  return {};
}

Status draw_all(GraphView& view, const GraphExport& query, const GraphView::Steps& steps,
                const StopCheck& stop, Drawing* drawing) {
  std::set<int64_t> nodes;
  Status status;
  RETURN_IF_ERROR(visit_all_links(view.connection(), {}, [&](const LinkRow& link) {
    if (stop) status = stop();
    if (!status.ok()) return false;
    if (!is_wanted(view, link, steps)) return true;
    auto shown = view.shows(link);
    if (!shown.ok()) status = shown.take_status();
    if (!status.ok() || !*shown) return status.ok();
    const size_t added = 2 - nodes.count(link.source) - nodes.count(link.target);
    if (nodes.size() + added > static_cast<size_t>(query.max_nodes)) {
      drawing->truncated = true;
      return true;
    }
    nodes.insert(link.source);
    nodes.insert(link.target);
    drawing->links.push_back(link);
    return true;
  }));
  drawing->nodes.assign(nodes.begin(), nodes.end());
  return status;
}

// The beginning of a text, whole characters, on one line.
std::string label_of(std::string_view content) {
  std::string label(content.substr(0, kLabelBytes));
  if (content.size() > kLabelBytes) {
    while (!label.empty() && (static_cast<unsigned char>(content[label.size()]) & 0xC0) == 0x80) {
      label.pop_back();
    }
    label += "…";
  }
  for (char& character : label) {
    if (static_cast<unsigned char>(character) < 0x20) character = ' ';
  }
  return label;
}

// What an item's node is drawn with: the beginning of its text, where it is one.
Status add_labels(Connection& connection, int64_t node, Json* object) {
  if (node < 0) return {};
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT encoding, substr(content, 1, 64), type FROM items "
                                      "WHERE row = ?"));
  StatementUse use(select.bind(1, node));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return {};
  const std::string label = use->integer(0) == 0 ? label_of(use->bytes(1)) : std::string();
  if (!label.empty() && is_utf8(label)) (*object)["label"] = label;
  if (!use->bytes(2).empty()) (*object)["type"] = use->bytes(2);
  return {};
}

std::string dot_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

std::string number_text(double value) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%.6g", value);
  return {text, static_cast<size_t>(size)};
}

}  // namespace

Result<std::string> LinkGraph::export_graph(const ReadScope& read, const GraphExport& query,
                                            const StopCheck& stop) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  ASSIGN_OR_RETURN(const GraphView::Steps steps, view->resolve(query.steps));
  Drawing drawing;
  RETURN_IF_ERROR(query.around.empty() ? draw_all(*view, query, steps, stop, &drawing)
                                       : draw_around(*view, query, steps, stop, &drawing));
  std::map<int64_t, size_t> numbers;
  Json nodes = Json::array();
  std::string dot = "digraph memtier {\n";
  for (const int64_t node : drawing.nodes) {
    const size_t number = numbers.size() + 1;
    numbers.emplace(node, number);
    ASSIGN_OR_RETURN(Json object, view->nodes().describe(node));
    RETURN_IF_ERROR(add_labels(view->connection(), node, &object));
    object["node"] = number;
    const std::string name = object[node < 0 ? "concept" : "id"].get<std::string>();
    const std::string label = object.contains("label") ? object["label"].get<std::string>() : name;
    dot += "  n" + std::to_string(number) + " [label=" + dot_text(label) +
           ", tooltip=" + dot_text(name) + ", shape=" + (node < 0 ? "ellipse" : "box") + "];\n";
    nodes.push_back(std::move(object));
  }
  Json links = Json::array();
  for (const LinkRow& link : drawing.links) {
    ASSIGN_OR_RETURN(const std::string kind, view->kind_name(link.kind));
    const size_t source = numbers[link.source];
    const size_t target = numbers[link.target];
    const double strength = view->strength(link);
    links.push_back({{"source", source},
                     {"target", target},
                     {"kind", kind},
                     {"weight", link.weight},
                     {"strength", strength}});
    dot += "  n" + std::to_string(source) + " -> n" + std::to_string(target) +
           " [label=" + dot_text(kind) + ", weight=" + number_text(strength) + "];\n";
  }
  if (query.dot) return dot + "}\n";
  const Json document = {
      {"nodes", std::move(nodes)}, {"links", std::move(links)}, {"truncated", drawing.truncated}};
  return document.dump();
}

Status LinkGraph::visit_concepts(const ReadScope& read,
                                 const std::function<Status(int64_t node, Json&&)>& visit) {
  std::vector<std::pair<int64_t, Json>> documents;
  RETURN_IF_ERROR(collect_concepts(read, &documents));
  for (auto& [node, document] : documents) RETURN_IF_ERROR(visit(node, std::move(document)));
  return {};
}

// All at once: what is done with them must not happen while the view is open.
Status LinkGraph::collect_concepts(const ReadScope& read,
                                   std::vector<std::pair<int64_t, Json>>* documents) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  std::vector<ConceptRow> rows;
  RETURN_IF_ERROR(memtier::visit_concepts(view->connection(), "", -1, [&](const ConceptRow& row) {
    rows.push_back(row);
    return true;
  }));
  for (const ConceptRow& row : rows) {
    ASSIGN_OR_RETURN(const bool allowed, view->nodes().allows(row.scope));
    if (!allowed) continue;
    ASSIGN_OR_RETURN(Json object, view->nodes().describe(row.node));
    object["name"] = std::move(object["concept"]);
    object.erase("concept");
    if (!row.description.empty()) object["description"] = row.description;
    object["created_us"] = row.created_us;
    documents->emplace_back(row.node, std::move(object));
  }
  return {};
}

// In pages, so that no more than a page of links is in RAM.
Status LinkGraph::visit_links(const ReadScope& read, const std::function<bool(int64_t)>& wants_item,
                              const std::function<Status(const LinkRow&, Json&&)>& visit) {
  constexpr size_t kPage = 1000;
  LinkPlace after;
  while (true) {
    std::vector<LinkRow> links;
    std::vector<std::pair<LinkRow, Json>> documents;
    {
      ASSIGN_OR_RETURN(const auto view, this->view(read));
      RETURN_IF_ERROR(visit_all_links(view->connection(), after, [&](const LinkRow& link) {
        links.push_back(link);
        return links.size() < kPage;
      }));
      for (const LinkRow& link : links) {
        ASSIGN_OR_RETURN(const bool shown, view->shows(link));
        const bool wanted = (link.source < 0 || wants_item(link.source)) &&
                            (link.target < 0 || wants_item(link.target));
        if (!shown || !wanted) continue;
        ASSIGN_OR_RETURN(Json object, view->describe(link));
        object.erase("strength");
        documents.emplace_back(link, std::move(object));
      }
    }
    for (auto& [link, object] : documents) RETURN_IF_ERROR(visit(link, std::move(object)));
    if (links.size() < kPage) return {};
    after = {links.back().source, links.back().kind, links.back().target};
  }
}

Status LinkGraph::import_concept(const ReadScope& read, const ConceptSpec& spec, bool makes_only) {
  const auto import = [&](Connection& connection) -> Status {
    ConceptRow row;
    row.name = spec.name;
    row.description = spec.description;
    row.created_us = spec.created_us != 0 ? spec.created_us : read.now_us;
    ASSIGN_OR_RETURN(row.scope, storage_.scopes().find_or_add(connection, *read.scope));
    ASSIGN_OR_RETURN(const auto known, concepts_by_name(connection, spec.name));
    for (const ConceptRow& other : known) {
      if (other.scope != row.scope) continue;
      if (makes_only) return {Code::kExists, "concept \"" + spec.name + "\" exists"};
      row.node = other.node;
      return replace_concept(connection, row);
    }
    return add_concept(connection, row).take_status();
  };
  return write(import, false);
}

}  // namespace memtier
