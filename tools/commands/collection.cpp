// memtier collection: collections made, listed and dropped; items copied and moved between them.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "item_text.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct CreateOptions {
  std::string name;
  std::string description;
};

struct DropOptions {
  std::string name;
  bool with_items = false;
  bool yes = false;
};

struct TransferOptions {
  std::string to;
  std::string filter;
  bool keep = false;
};

void create(Tool& tool, const CreateOptions& options) {
  JsonObject document;
  document.add("name", options.name);
  if (!options.description.empty()) document.add("description", options.description);
  const std::string text = document.text();
  call(memtier_collection_create, tool.open(Tool::Opening::kMayCreate), text.data(), text.size());
  if (tool.options.json) tool.write_line(text);
  tool.say("collection " + options.name + " is there");
}

nlohmann::json collections(Tool& tool) {
  Bytes bytes;
  call(memtier_collection_list, tool.store(), tool.scope(), nullptr, bytes.out());
  return nlohmann::json::parse(view_of(bytes));
}

void list(Tool& tool) {
  const nlohmann::json all = collections(tool);
  if (tool.options.json) return tool.write_line(nlohmann::json{{"collections", all}}.dump());
  if (all.empty()) return tool.hint("no collections but the default one");
  Table table(tool.terminal(),
              {{.title = "NAME"}, {.title = "ITEMS", .right = true}, {.title = "DESCRIPTION"}});
  for (const nlohmann::json& one : all) {
    table.add({one_line(one.at("name").get<std::string>()),
               format_count(one.at("items").get<int64_t>()),
               one_line(one.value("description", ""))});
  }
  tool.write(table.take());
}

void drop(Tool& tool, const DropOptions& options) {
  memtier_store* store = tool.store();
  if (options.with_items && !options.yes) {
    for (const nlohmann::json& one : collections(tool)) {
      const auto items = one.at("items").get<int64_t>();
      if (one.at("name") == options.name && items > 0) {
        tool.confirm("drop " + options.name + " with " + count_of(items, "item"), false);
      }
    }
  }
  int64_t count = 0;
  const int32_t mode =
      options.with_items ? MEMTIER_COLLECTION_DROP_ITEMS : MEMTIER_COLLECTION_DROP_EMPTY;
  const Outcome outcome = [&] {
    const LongWork work(tool, "dropping", LongWork::Unit::kItems);
    return attempt(memtier_collection_drop, store, options.name.data(), options.name.size(), mode,
                   work.control(), &count);
  }();
  tool.report(outcome, "deleted", count);
}

void transfer(Tool& tool, const TransferOptions& options, bool move) {
  memtier_store* store = tool.store();
  const int32_t mode = options.keep ? MEMTIER_PUT_CREATE : MEMTIER_PUT_REPLACE;
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, move ? "moving" : "copying", LongWork::Unit::kItems);
    return attempt(move ? memtier_collection_move : memtier_collection_copy, store, tool.scope(),
                   options.filter.data(), options.filter.size(), options.to.data(),
                   options.to.size(), mode, MEMTIER_DURABILITY_DEFAULT, work.control(), &count);
  }();
  tool.report(outcome, move ? "moved" : "copied", count);
}

void add_create(CLI::App& group, Tool& tool) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command =
      add_command(group, "create",
                  "Make a collection.\nPutting an item into one makes it come about as well; one "
                  "that was made is kept while it is empty.",
                  "Commands",
                  {"memtier collection create team",
                   "memtier collection create team --description \"what all agents know\""});
  command->add_option("NAME", options->name, "its name")->required();
  add_value(command, "--description", options->description, "TEXT", "for people and agents");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { create(tool, *options); }; });
}

void add_drop(CLI::App& group, Tool& tool) {
  auto options = std::make_shared<DropOptions>();
  CLI::App* command = add_command(
      group, "drop",
      "Drop a collection that is empty, or with all that lies in it.\nWith items it asks first; "
      "where nobody can be asked it needs --yes.",
      "Commands",
      {"memtier collection drop team", "memtier collection drop team --with-items --yes"});
  command->add_option("NAME", options->name, "its name")->required();
  command->add_flag("--with-items", options->with_items,
                    "delete its items, everybody's and pinned ones too");
  command->add_flag("-y,--yes", options->yes, "do not ask");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { drop(tool, *options); }; });
}

void add_transfer(CLI::App& group, Tool& tool, bool move) {
  auto options = std::make_shared<TransferOptions>();
  const std::string name = move ? "move" : "copy";
  CLI::App* command = add_command(
      group, name,
      (move ? std::string("Move") : std::string("Copy")) +
          " items into another collection.\nWhich ones: those of the names given, in --collection "
          "or the default one. They keep their ids, and all they have.",
      "Commands",
      {"memtier collection " + name + " team --user ada --filter '{\"tags\": \"shared\"}'",
       "memtier collection " + name + " old --collection team"});
  command->add_option("TO", options->to, "the other collection; \"default\" for the default one")
      ->required();
  add_filter_option(command, options->filter, "only items that this filter matches");
  command->add_flag("--keep", options->keep, "leave out items whose id is there already");
  command->callback([options, &tool, move] {
    tool.command = [options, &tool, move] { transfer(tool, *options, move); };
  });
}

}  // namespace

void add_collection(CLI::App& app, Tool& tool) {
  CLI::App* group = add_command(
      app, "collection", "Make collections, list and drop them; copy and move items between them",
      "Looking after the store",
      {"memtier collection create team", "memtier collection list --user ada",
       "memtier collection copy team --user ada --filter '{\"type\": \"fact\"}'"});
  group->require_subcommand(1);
  add_create(*group, tool);
  CLI::App* list_command =
      add_command(*group, "list",
                  "Show the collections, and how many items of the names given lie in each.\nThe "
                  "default one is always there and is not shown.",
                  "Commands", {"memtier collection list", "memtier collection list --json"});
  list_command->callback([&tool] { tool.command = [&tool] { list(tool); }; });
  add_drop(*group, tool);
  add_transfer(*group, tool, false);
  add_transfer(*group, tool, true);
}

}  // namespace memtier::tool
