// memtier index: indexes of the user's own, made, listed and dropped.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct CreateOptions {
  std::string name;
  std::string path;
};

void create(Tool& tool, const CreateOptions& options) {
  const std::string index = JsonObject().add("name", options.name).add("path", options.path).text();
  memtier_store* store = tool.store();
  {
    const LongWork work(tool, "indexing", LongWork::Unit::kItems);
    call(memtier_index_create, store, index.data(), index.size(), work.control());
  }
  if (tool.options.json) tool.write_line(index);
  tool.say("index " + options.name + " on " + options.path + " is ready");
}

std::string indexes_json(Tool& tool) {
  Bytes bytes;
  call(memtier_index_list, tool.store(), nullptr, bytes.out());
  return std::string(view_of(bytes));
}

void list(Tool& tool) {
  const std::string text = indexes_json(tool);
  if (tool.options.json) return tool.write_line("{\"indexes\":" + text + "}");
  const nlohmann::json indexes = nlohmann::json::parse(text);
  if (indexes.empty()) return tool.hint("no indexes");
  Table table(tool.terminal(), {{.title = "NAME"},
                                {.title = "STATE"},
                                {.title = "ENTRIES", .right = true},
                                {.title = "PATH"}});
  for (const nlohmann::json& index : indexes) {
    table.add({one_line(index.at("name").get<std::string>()), index.at("state").get<std::string>(),
               format_count(index.at("entries").get<int64_t>()),
               one_line(index.value("path", ""))});
  }
  tool.write(table.take());
}

void drop(Tool& tool, const std::string& name) {
  memtier_store* store = tool.store();
  {
    const LongWork work(tool, "dropping", LongWork::Unit::kItems);
    call(memtier_index_drop, store, name.data(), name.size(), work.control());
  }
  if (tool.options.json) tool.write_line(JsonObject().add("dropped", name).text());
  tool.say("dropped index " + name);
}

void add_create(CLI::App& index, Tool& tool) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command = add_command(
      index, "create",
      "Make an index of what the metadata have at a path.\nMade again, it goes on where it was "
      "interrupted.",
      "Commands",
      {"memtier index create city metadata.place.city",
       "memtier index create city metadata.place.city --json"});
  command->add_option("NAME", options->name, "a name of your own")->required();
  command->add_option("PATH", options->path, "as in a filter: metadata.place.city")->required();
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { create(tool, *options); }; });
}

void add_drop(CLI::App& index, Tool& tool) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = add_command(index, "drop", "Drop an index; no item changes.", "Commands",
                                  {"memtier index drop city"});
  command->add_option("NAME", *name, "the index's name")->required();
  command->callback([name, &tool] { tool.command = [name, &tool] { drop(tool, *name); }; });
}

}  // namespace

void add_index(CLI::App& app, Tool& tool) {
  CLI::App* index =
      add_command(app, "index", "Make indexes on paths into the metadata, list and drop them",
                  "Looking after the store",
                  {"memtier index create city metadata.place.city", "memtier index list",
                   "memtier list --filter '{\"metadata.place.city\": \"Bari\"}'"});
  index->require_subcommand(1);
  add_create(*index, tool);
  CLI::App* list_command = add_command(*index, "list", "Show the indexes.", "Commands",
                                       {"memtier index list", "memtier index list --json"});
  list_command->callback([&tool] { tool.command = [&tool] { list(tool); }; });
  add_drop(*index, tool);
}

}  // namespace memtier::tool
