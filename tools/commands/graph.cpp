// memtier link, concept, neighbours, path, spread and graph: associations between items and concepts.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "command_line.h"
#include "commands.h"
#include "handles.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

constexpr const char* kNodeHelp = "an item's id, or concept:NAME";
constexpr std::string_view kConcept = "concept:";
constexpr std::string_view kItem = "id:";  // for ids that begin with "concept:"

nlohmann::json node_of(const std::string& text) {
  if (text.starts_with(kConcept)) return {{"concept", text.substr(kConcept.size())}};
  if (text.starts_with(kItem)) return {{"id", text.substr(kItem.size())}};
  return {{"id", text}};
}

std::string text_of(const nlohmann::json& node) {
  if (node.contains("concept")) return one_line(std::string(kConcept) + node.value("concept", ""));
  return one_line(node.value("id", ""));
}

std::string strength_text(const nlohmann::json& link) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%.3g", link.value("strength", 0.0));
  return {text, static_cast<size_t>(size)};
}

using Question = memtier_status (*)(memtier_store*, const memtier_scope*, const char*, size_t,
                                    const memtier_control*, memtier_bytes**, memtier_error**);

std::string ask(Tool& tool, Question question, const nlohmann::json& about) {
  const std::string text = about.dump();
  memtier_store* store = tool.store();
  const memtier_scope* scope = tool.scope();
  Bytes bytes;
  const LongWork work(tool, "walking", LongWork::Unit::kItems);
  call(question, store, scope, text.data(), text.size(), work.control(), bytes.out());
  return std::string(view_of(bytes));
}

// --- links

struct LinkOptions {
  std::string source;
  std::string target;
  std::string kind;
  std::optional<std::string> weight;
  bool strengthen = false;
  int64_t limit = 100;

  nlohmann::json document() const {
    nlohmann::json link = nlohmann::json::object();
    if (!source.empty()) link["source"] = node_of(source);
    if (!target.empty()) link["target"] = node_of(target);
    if (!kind.empty()) link["kind"] = kind;
    return link;
  }
};

void add_link_row(Table& table, const nlohmann::json& link) {
  table.add({text_of(link.at("source")), one_line(link.value("kind", "")),
             text_of(link.at("target")), strength_text(link)});
}

Table link_table(Tool& tool) {
  return Table(tool.terminal(), {{.title = "FROM"},
                                 {.title = "KIND"},
                                 {.title = "TO"},
                                 {.title = "STRENGTH", .right = true}});
}

void put_link(Tool& tool, const LinkOptions& options) {
  nlohmann::json link = options.document();
  if (options.weight) {
    link["weight"] = nlohmann::json::parse(*options.weight, nullptr, false);
    if (!link["weight"].is_number()) throw usage_failure("--weight: must be a number");
  }
  if (options.strengthen) link["mode"] = "strengthen";
  const std::string text = link.dump();
  call(memtier_link_put, tool.store(), tool.scope(), text.data(), text.size(), 0);
  if (tool.options.json) tool.write_line(text);
  tool.say("linked " + options.source + " with " + options.target);
}

void list_links(Tool& tool, const LinkOptions& options) {
  nlohmann::json list = options.document();
  list["limit"] = options.limit;
  const std::string answer = ask(tool, memtier_link_list, list);
  if (tool.options.json) return tool.write_line(answer);
  const nlohmann::json links = nlohmann::json::parse(answer);
  if (links.at("links").empty()) return tool.hint("no links");
  Table table = link_table(tool);
  for (const nlohmann::json& link : links.at("links")) add_link_row(table, link);
  tool.write(table.take());
  if (links.contains("after")) tool.hint("there are more; raise --limit");
}

void delete_links(Tool& tool, const LinkOptions& options) {
  const std::string text = options.document().dump();
  int64_t count = 0;
  call(memtier_link_delete, tool.store(), tool.scope(), text.data(), text.size(), 0, &count);
  if (tool.options.json) tool.write_line(JsonObject().add("deleted", count).text());
  tool.say("deleted " + count_of(count, "link"));
}

void add_kind(CLI::App* command, LinkOptions& options) {
  add_value(command, "--kind", options.kind, "TEXT", "what the link says: about, is_a, ...");
}

void add_link_commands(CLI::App& link, Tool& tool) {
  auto options = std::make_shared<LinkOptions>();
  CLI::App* put = add_command(link, "put", "Make a link, or give it another weight.", "Commands",
                              {"memtier link put tea concept:drinks --kind is_a",
                               "memtier link put tea cup --weight 0.5 --strengthen"});
  put->add_option("FROM", options->source, kNodeHelp)->required();
  put->add_option("TO", options->target, kNodeHelp)->required();
  add_kind(put, *options);
  add_value(put, "--weight", options->weight, "NUMBER", "more than 0, up to 1000; 1 by default");
  put->add_flag("--strengthen", options->strengthen, "add the weight to what is there");
  put->callback(
      [options, &tool] { tool.command = [options, &tool] { put_link(tool, *options); }; });

  CLI::App* list = add_command(link, "list", "Show links.", "Commands",
                               {"memtier link list", "memtier link list --from tea --json"});
  add_value(list, "--from", options->source, "NODE", "only links from there");
  add_value(list, "--to", options->target, "NODE", "only links to there");
  add_kind(list, *options);
  add_value(list, "--limit", options->limit, "N", "at most so many; 100 by default");
  list->callback(
      [options, &tool] { tool.command = [options, &tool] { list_links(tool, *options); }; });

  CLI::App* erase = add_command(link, "delete", "Delete links from or to a node.", "Commands",
                                {"memtier link delete --from tea --to cup"});
  add_value(erase, "--from", options->source, "NODE", "links from there");
  add_value(erase, "--to", options->target, "NODE", "links to there");
  add_kind(erase, *options);
  erase->callback(
      [options, &tool] { tool.command = [options, &tool] { delete_links(tool, *options); }; });
}

// --- concepts

struct ConceptOptions {
  std::string name;
  std::string description;
  std::string prefix;
};

void create_concept(Tool& tool, const ConceptOptions& options) {
  nlohmann::json document = {{"name", options.name}};
  if (!options.description.empty()) document["description"] = options.description;
  const std::string text = document.dump();
  memtier_store* store = tool.open(Tool::Opening::kMayCreate);
  call(memtier_concept_create, store, tool.scope(), text.data(), text.size(), 0);
  if (tool.options.json) tool.write_line(text);
  tool.say("made concept " + options.name);
}

void list_concepts(Tool& tool, const ConceptOptions& options) {
  const std::string answer =
      ask(tool, memtier_concept_list, {{"prefix", options.prefix}, {"limit", MEMTIER_MAX_BATCH}});
  if (tool.options.json) return tool.write_line(answer);
  const nlohmann::json concepts = nlohmann::json::parse(answer).at("concepts");
  if (concepts.empty()) return tool.hint("no concepts");
  Table table(tool.terminal(),
              {{.title = "NAME"}, {.title = "LINKS", .right = true}, {.title = "DESCRIPTION"}});
  for (const nlohmann::json& one : concepts) {
    table.add({one_line(one.value("concept", "")), format_count(one.value("links", int64_t{0})),
               one_line(one.value("description", ""))});
  }
  tool.write(table.take());
}

void delete_concept(Tool& tool, const std::string& name) {
  call(memtier_concept_delete, tool.store(), tool.scope(), name.data(), name.size(), 0);
  if (tool.options.json) tool.write_line(JsonObject().add("deleted", name).text());
  tool.say("deleted concept " + name);
}

// --- walks

struct WalkOptions {
  std::string from;
  std::string to;
  std::vector<std::string> nodes;
  std::string direction;
  std::vector<std::string> kinds;
  std::string by;
  std::optional<int64_t> hops;
  std::optional<int64_t> limit;
  bool dot = false;

  nlohmann::json document() const {
    nlohmann::json query = nlohmann::json::object();
    if (!direction.empty()) query["direction"] = direction;
    if (!kinds.empty()) query["kinds"] = kinds;
    return query;
  }
};

void add_steps(CLI::App* command, WalkOptions& options) {
  add_value(command, "--direction", options.direction, "both|out|in", "along which links");
  add_values(command, "--kind", options.kinds, "TEXT", "only links of this kind; several times");
}

void show_neighbours(Tool& tool, const WalkOptions& options) {
  nlohmann::json query = options.document();
  query["node"] = node_of(options.from);
  if (options.limit) query["limit"] = *options.limit;
  const std::string answer = ask(tool, memtier_graph_list_neighbours, query);
  if (tool.options.json) return tool.write_line(answer);
  const nlohmann::json neighbours = nlohmann::json::parse(answer).at("neighbours");
  if (neighbours.empty()) return tool.hint("no neighbours");
  Table table(
      tool.terminal(),
      {{.title = "STRENGTH", .right = true}, {.title = ""}, {.title = "NODE"}, {.title = "KIND"}});
  for (const nlohmann::json& one : neighbours) {
    table.add({strength_text(one), one.value("direction", "") == "out" ? "->" : "<-", text_of(one),
               one_line(one.value("kind", ""))});
  }
  tool.write(table.take());
}

void show_path(Tool& tool, const WalkOptions& options) {
  nlohmann::json query = options.document();
  query["from"] = node_of(options.from);
  query["to"] = node_of(options.to);
  if (!options.by.empty()) query["by"] = options.by;
  if (options.hops) query["max_hops"] = *options.hops;
  const std::string answer = ask(tool, memtier_graph_find_path, query);
  if (tool.options.json) return tool.write_line(answer);
  const nlohmann::json path = nlohmann::json::parse(answer);
  Table table = link_table(tool);
  for (const nlohmann::json& link : path.at("links")) add_link_row(table, link);
  if (path.at("links").empty()) return tool.hint("both are the same");
  tool.write(table.take());
}

void show_spread(Tool& tool, const WalkOptions& options) {
  nlohmann::json query = options.document();
  query["seeds"] = nlohmann::json::array();
  for (const std::string& node : options.nodes) query["seeds"].push_back(node_of(node));
  if (options.hops) query["hops"] = *options.hops;
  if (options.limit) query["limit"] = *options.limit;
  const std::string answer = ask(tool, memtier_graph_spread, query);
  if (tool.options.json) return tool.write_line(answer);
  const nlohmann::json nodes = nlohmann::json::parse(answer).at("nodes");
  if (nodes.empty()) return tool.hint("nothing is linked with it");
  Table table(tool.terminal(), {{.title = "ACTIVATION", .right = true},
                                {.title = "HOPS", .right = true},
                                {.title = "NODE"}});
  for (const nlohmann::json& node : nodes) {
    char activation[32];
    std::snprintf(activation, sizeof activation, "%.4f", node.value("activation", 0.0));
    table.add({activation, std::to_string(node.value("hops", int64_t{0})), text_of(node)});
  }
  tool.write(table.take());
}

void export_graph(Tool& tool, const WalkOptions& options) {
  nlohmann::json query = options.document();
  query["format"] = options.dot ? "dot" : "json";
  for (const std::string& node : options.nodes) query["around"].push_back(node_of(node));
  if (options.hops) query["hops"] = *options.hops;
  if (options.limit) query["max_nodes"] = *options.limit;
  if (options.dot && tool.options.json) throw usage_failure("--dot and --json exclude each other");
  const std::string answer = ask(tool, memtier_graph_export, query);
  if (options.dot) return tool.write(answer);
  tool.write_line(answer);
}

template <typename Options, typename Run>
void set_command(CLI::App* command, Tool& tool, std::shared_ptr<Options> options, Run run) {
  command->callback(
      [&tool, options, run] { tool.command = [&tool, options, run] { run(tool, *options); }; });
}

}  // namespace

void add_link(CLI::App& app, Tool& tool) {
  CLI::App* link = add_command(
      app, "link", "Link items and concepts, show and delete links", "Associations",
      {"memtier link put tea concept:drinks --kind is_a", "memtier link list --from tea",
       "memtier link delete --from tea --to concept:drinks"});
  link->require_subcommand(1);
  add_link_commands(*link, tool);
}

void add_concept(CLI::App& app, Tool& tool) {
  CLI::App* parent = add_command(
      app, "concept", "Make concepts, list and delete them", "Associations",
      {"memtier concept create drinks --description 'what is drunk'", "memtier concept list"});
  parent->require_subcommand(1);
  auto options = std::make_shared<ConceptOptions>();
  CLI::App* create =
      add_command(*parent, "create", "Make a concept: a name that things are linked with.",
                  "Commands", {"memtier concept create drinks --user ada"});
  create->add_option("NAME", options->name, "its name")->required();
  add_value(create, "--description", options->description, "TEXT", "what it is");
  set_command(create, tool, options, create_concept);
  CLI::App* list =
      add_command(*parent, "list", "Show the concepts.", "Commands",
                  {"memtier concept list", "memtier concept list --prefix pro --json"});
  add_value(list, "--prefix", options->prefix, "TEXT", "only names that begin so");
  set_command(list, tool, options, list_concepts);
  CLI::App* erase = add_command(*parent, "delete", "Delete a concept with all its links.",
                                "Commands", {"memtier concept delete drinks"});
  erase->add_option("NAME", options->name, "its name")->required();
  set_command(erase, tool, options,
              [](Tool& with, const ConceptOptions& given) { delete_concept(with, given.name); });
}

void add_neighbours(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<WalkOptions>();
  CLI::App* command = add_command(
      app, "neighbours", "Show what a node is linked with, the strongest first", "Associations",
      {"memtier neighbours tea", "memtier neighbours concept:drinks --direction in"});
  command->add_option("NODE", options->from, kNodeHelp)->required();
  add_steps(command, *options);
  add_value(command, "--limit", options->limit, "N", "at most so many; 100 by default");
  set_command(command, tool, options, show_neighbours);
}

void add_path(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<WalkOptions>();
  CLI::App* command = add_command(
      app, "path", "Show how one node leads to another", "Associations",
      {"memtier path tea concept:kitchen", "memtier path tea bari --by strength --json"});
  command->add_option("FROM", options->from, kNodeHelp)->required();
  command->add_option("TO", options->to, kNodeHelp)->required();
  add_steps(command, *options);
  add_value(command, "--by", options->by, "hops|strength",
            "the fewest links (the default), or the strongest");
  add_value(command, "--max-hops", options->hops, "N", "the most links; 6 by default");
  set_command(command, tool, options, show_path);
}

void add_spread(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<WalkOptions>();
  CLI::App* command = add_command(
      app, "spread", "Show what comes to mind: activation spreads along links", "Associations",
      {"memtier spread tea", "memtier spread tea concept:bari --hops 2 --limit 5"});
  add_arguments(command, "NODE", options->nodes, kNodeHelp, tool.argument_count);
  add_steps(command, *options);
  add_value(command, "--hops", options->hops, "N", "how far; 3 by default");
  add_value(command, "--limit", options->limit, "N", "at most so many; 20 by default");
  set_command(command, tool, options, show_spread);
}

void add_graph(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<WalkOptions>();
  CLI::App* command = add_command(
      app, "graph", "Print links and what they join, as JSON or for GraphViz", "Associations",
      {"memtier graph --dot | dot -Tsvg > memory.svg", "memtier graph --around tea --hops 1"});
  add_values(command, "--around", options->nodes, "NODE", "only what lies near; several times");
  add_steps(command, *options);
  add_value(command, "--hops", options->hops, "N", "how near; 2 by default");
  add_value(command, "--max-nodes", options->limit, "N", "at most so many; 1000 by default");
  command->add_flag("--dot", options->dot, "print a digraph for GraphViz");
  set_command(command, tool, options, export_graph);
}

}  // namespace memtier::tool
