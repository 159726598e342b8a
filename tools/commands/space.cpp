// memtier space: vector spaces, made, listed, dropped, and how good searches in them are.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct SpaceOptions {
  std::string name;
  int64_t dimension = 0;
  std::string metric = "cosine";
  std::string storage = "float32";
};

struct RecallOptions {
  std::string name;
  int64_t samples = 100;
  int64_t limit = 10;
};

void create_space(Tool& tool, const SpaceOptions& options) {
  const std::string space = JsonObject()
                                .add("name", options.name)
                                .add("dimension", options.dimension)
                                .add("metric", options.metric)
                                .add("storage", options.storage)
                                .text();
  call(memtier_space_create, tool.store(), space.data(), space.size());
  if (tool.options.json) tool.write_line(space);
  tool.say("space " + options.name + " of " + std::to_string(options.dimension) + " dimensions");
}

void list_spaces(Tool& tool) {
  Bytes bytes;
  call(memtier_space_list, tool.store(), nullptr, bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line("{\"spaces\":" + text + "}");
  const nlohmann::json spaces = nlohmann::json::parse(text);
  if (spaces.empty()) return tool.hint("no spaces");
  Table table(tool.terminal(), {{.title = "NAME"},
                                {.title = "DIMENSION", .right = true},
                                {.title = "METRIC"},
                                {.title = "STORAGE"},
                                {.title = "VECTORS", .right = true}});
  for (const nlohmann::json& space : spaces) {
    table.add({one_line(space.at("name").get<std::string>()),
               std::to_string(space.at("dimension").get<int64_t>()),
               space.at("metric").get<std::string>(), space.at("storage").get<std::string>(),
               format_count(space.at("vectors").get<int64_t>())});
  }
  tool.write(table.take());
}

void drop_space(Tool& tool, const std::string& name) {
  memtier_store* store = tool.store();
  {
    const LongWork work(tool, "dropping", LongWork::Unit::kItems);
    call(memtier_space_drop, store, name.data(), name.size(), work.control());
  }
  if (tool.options.json) tool.write_line(JsonObject().add("dropped", name).text());
  tool.say("dropped space " + name);
}

void measure_recall(Tool& tool, const RecallOptions& options) {
  JsonObject request;
  if (!options.name.empty()) request.add("space", options.name);
  const std::string document =
      request.add("samples", options.samples).add("limit", options.limit).text();
  memtier_store* store = tool.store();
  Bytes bytes;
  {
    const LongWork work(tool, "measuring", LongWork::Unit::kItems);
    call(memtier_space_measure_recall, store, tool.scope(), document.data(), document.size(),
         work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json told = nlohmann::json::parse(text);
  tool.write_line("recall@" + std::to_string(told.at("limit").get<int64_t>()) + " " +
                  format_decimal(told.at("recall").get<double>(), 4) + " (" +
                  format_count(told.at("samples").get<int64_t>()) + " samples of " +
                  format_count(told.at("vectors").get<int64_t>()) + " vectors)");
}

void add_space_create(CLI::App& space, Tool& tool) {
  auto options = std::make_shared<SpaceOptions>();
  CLI::App* command =
      add_command(space, "create", "Make a space for vectors of one kind.", "Commands",
                  {"memtier space create minilm 384",
                   "memtier space create bytes 768 --metric dot --storage int8"});
  command->add_option("NAME", options->name, "a name of your own")->required();
  command->add_option("DIMENSION", options->dimension, "how many components a vector has")
      ->required();
  add_value(command, "--metric", options->metric, "cosine|dot|l2",
            "how vectors are compared; cosine by default");
  add_value(command, "--storage", options->storage, "float32|int8",
            "how components are kept; float32 by default");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { create_space(tool, *options); }; });
}

void add_space_drop(CLI::App& space, Tool& tool) {
  auto name = std::make_shared<std::string>();
  CLI::App* command =
      add_command(space, "drop", "Drop a space with all its vectors; no item changes.", "Commands",
                  {"memtier space drop minilm"});
  command->add_option("NAME", *name, "the space's name")->required();
  command->callback([name, &tool] { tool.command = [name, &tool] { drop_space(tool, *name); }; });
}

void add_space_recall(CLI::App& space, Tool& tool) {
  auto options = std::make_shared<RecallOptions>();
  CLI::App* command = add_command(
      space, "recall",
      "Say how good searches in a space are.\nWhat they find is compared with what comparing all "
      "vectors finds.",
      "Commands", {"memtier space recall minilm", "memtier space recall minilm --samples 1000"});
  command->add_option("NAME", options->name, "the space's name; may be left out if there is one");
  add_value(command, "--samples", options->samples, "NUMBER", "vectors looked for; 100");
  add_value(command, "-n,--limit", options->limit, "NUMBER", "nearest ones of each; 10");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { measure_recall(tool, *options); }; });
}

}  // namespace

void add_space(CLI::App& app, Tool& tool) {
  CLI::App* space = add_command(
      app, "space", "Make spaces for vectors, list, measure and drop them",
      "Looking after the store",
      {"memtier space create minilm 384", "memtier space list", "memtier space recall minilm"});
  space->require_subcommand(1);
  add_space_create(*space, tool);
  CLI::App* list_command = add_command(*space, "list", "Show the spaces.", "Commands",
                                       {"memtier space list", "memtier space list --json"});
  list_command->callback([&tool] { tool.command = [&tool] { list_spaces(tool); }; });
  add_space_recall(*space, tool);
  add_space_drop(*space, tool);
}

}  // namespace memtier::tool
