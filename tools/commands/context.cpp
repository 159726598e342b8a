// memtier remember, recall and context: what an agent has in mind.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/context_options.h"
#include "commands/fields.h"
#include "input.h"
#include "item_text.h"
#include "json_object.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {

void add_context_options(CLI::App* command, ContextOptions& options, const std::string& newest,
                         const std::string& about_newest) {
  command->add_option("TEXT", options.text, "what it is about");
  add_value(command, newest, options.newest, "NUMBER", about_newest);
  add_value(command, "--max-items", options.max_items, "NUMBER", "at most so many; 20 by default");
  add_value(command, "--max-tokens", options.max_tokens, "NUMBER",
            "what they may take together, four bytes a token");
  add_values(command, "--exclude", options.exclude, "ID", "one that is there already");
  add_filter_option(command, options.filter, "only items that this filter matches");
}

std::string context_document(const ContextOptions& options, const std::string& newest) {
  JsonObject document;
  document.add("text", options.text);
  if (options.newest) document.add(newest, *options.newest);
  if (options.max_items) document.add("max_items", *options.max_items);
  if (options.max_tokens) document.add("max_tokens", *options.max_tokens);
  if (!options.exclude.empty()) {
    std::string list;
    for (const std::string& id : options.exclude) {
      list += (list.empty() ? "[" : ", ") + quote_json(id);
    }
    document.add_json("exclude", list + "]");
  }
  if (!options.filter.empty()) {
    check_json("--filter", options.filter);
    document.add_json("filter", options.filter);
  }
  return document.text();
}

void show_items(Tool& tool, const memtier_items* items, const std::string& key, int64_t version) {
  const int64_t count = memtier_items_count(items);
  std::string list;
  Table table(tool.terminal(), item_columns());
  for (int64_t i = 0; i < count; ++i) {
    Item item;
    call(memtier_items_get, items, i, item.out());
    if (tool.options.json) {
      list += (i == 0 ? "" : ",") + item_json(item.get());
    } else {
      table.add(item_cells(item.get(), content_line(item.get())));
    }
  }
  if (tool.options.json) {
    JsonObject answer;
    answer.add_json(key, "[" + list + "]");
    if (version != 0) answer.add("version", version);
    return tool.write_line(answer.text());
  }
  if (count == 0) return tool.hint("nothing");
  tool.write(table.take());
}

namespace {

struct RememberOptions {
  std::string key;
  std::string value;
  double importance = 0.5;
};

void remember(Tool& tool, const RememberOptions& options) {
  const std::string value = options.value == "-" ? read_standard_input() : options.value;
  Item item;
  call(memtier_context_remember, tool.open(Tool::Opening::kMayCreate), tool.scope(),
       options.key.data(), options.key.size(), value.data(), value.size(), options.importance,
       MEMTIER_DURABILITY_DEFAULT, item.out());
  if (tool.options.json) return tool.write_line(item_json(item.get()));
  tool.say("remembered in " + read_text(item.get(), MEMTIER_FIELD_TIER));
}

void recall(Tool& tool, const std::string& key) {
  Item item;
  call(memtier_item_get, tool.store(), tool.scope(), key.data(), key.size(), item.out());
  if (tool.options.json) return tool.write_line(item_json(item.get()));
  tool.write(safe_lines(read_text(item.get(), MEMTIER_FIELD_CONTENT)) + "\n");
}

void context(Tool& tool, const ContextOptions& options) {
  const std::string document = context_document(options, "short_term");
  Items items;
  call(memtier_context_build, tool.store(), tool.scope(), document.data(), document.size(), nullptr,
       items.out());
  show_items(tool, items.get(), "items", 0);
}

}  // namespace

void add_remember(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<RememberOptions>();
  CLI::App* command = add_command(
      app, "remember",
      "Remember a text under a key.\nWith an importance above 0.8 in long-term memory, else for an "
      "hour.",
      "Remembering",
      {"memtier remember nuts \"allergic to hazelnuts\" --user ada --importance 0.9",
       "memtier remember seat \"sits at the window\" --user ada"});
  command->add_option("KEY", options->key, "its key")->required();
  command->add_option("VALUE", options->value, "the text, or - for standard input")->required();
  add_value(command, "--importance", options->importance, "NUMBER", "0 to 1; 0.5 by default");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { remember(tool, *options); }; });
}

void add_recall(CLI::App& app, Tool& tool) {
  auto key = std::make_shared<std::string>();
  CLI::App* command = add_command(app, "recall", "Print what is remembered under a key.",
                                  "Remembering", {"memtier recall nuts --user ada"});
  command->add_option("KEY", *key, "its key")->required();
  command->callback([key, &tool] { tool.command = [key, &tool] { recall(tool, *key); }; });
}

void add_context(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ContextOptions>();
  CLI::App* command = add_command(
      app, "context",
      "Show what to have in mind now.\nThe newest of short-term memory, and what of long-term "
      "memory has to do with the text.",
      "Remembering",
      {"memtier context \"what may she eat?\" --user ada",
       "memtier context --user ada --max-items 10 --max-tokens 2000 --json"});
  add_context_options(command, *options, "--short-term",
                      "at most so many of short-term memory; all by default");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { context(tool, *options); }; });
}

}  // namespace memtier::tool
