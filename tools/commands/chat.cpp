// memtier chat: conversations, one in each session.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "commands/context_options.h"
#include "input.h"
#include "item_text.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct SayOptions {
  std::string role;
  std::string text;
  std::string name;
  std::string metadata;
  std::string parts;
  std::string created;
  std::optional<double> importance;
  std::optional<int64_t> version;
};

struct LastOptions {
  int64_t limit = 20;
};

struct RecentOptions {
  std::string within = "24h";
  int64_t limit = 1000;
};

struct ReplaceOptions {
  std::string file = "-";
  std::optional<int64_t> version;
};

void say(Tool& tool, const SayOptions& options) {
  JsonObject turn;
  turn.add("role", options.role);
  const std::string text = options.text == "-" ? read_standard_input() : options.text;
  if (!text.empty() || options.parts.empty()) turn.add("content", text);
  if (!options.name.empty()) turn.add("name", options.name);
  for (const auto& [key, given] :
       {std::pair("metadata", &options.metadata), std::pair("parts", &options.parts)}) {
    if (given->empty()) continue;
    check_json(std::string("--") + key, *given);
    turn.add_json(key, *given);
  }
  if (!options.created.empty()) turn.add("created_us", parse_time_us("--created", options.created));
  if (options.importance) turn.add_json("importance", exact_decimal(*options.importance));
  const std::string document = turn.text();
  Item item;
  call(memtier_conversation_append, tool.open(Tool::Opening::kMayCreate), tool.scope(),
       document.data(), document.size(), options.version.value_or(0), MEMTIER_DURABILITY_DEFAULT,
       item.out());
  tool.write_line(tool.options.json ? item_json(item.get())
                                    : one_line(read_text(item.get(), MEMTIER_FIELD_ID)));
}

void last(Tool& tool, const LastOptions& options) {
  Items items;
  int64_t version = 0;
  call(memtier_conversation_read_last, tool.store(), tool.scope(), options.limit, items.out(),
       &version);
  show_items(tool, items.get(), "turns", version);
}

void recent(Tool& tool, const RecentOptions& options) {
  const int64_t within_us = parse_duration_us("--within", options.within);
  Items items;
  call(memtier_conversation_read_recent, tool.store(), tool.scope(), within_us, options.limit,
       nullptr, items.out());
  show_items(tool, items.get(), "turns", 0);
}

void chat_context(Tool& tool, const ContextOptions& options) {
  const std::string document = context_document(options, "last");
  Items items;
  call(memtier_conversation_build_context, tool.store(), tool.scope(), document.data(),
       document.size(), nullptr, items.out());
  show_items(tool, items.get(), "turns", 0);
}

void replace(Tool& tool, const ReplaceOptions& options) {
  const std::string turns = options.file == "-" ? read_standard_input() : read_file(options.file);
  int64_t version = 0;
  int64_t changed = 0;
  call(memtier_conversation_replace, tool.open(Tool::Opening::kMayCreate), tool.scope(),
       turns.data(), turns.size(), options.version.value_or(0), MEMTIER_DURABILITY_DEFAULT,
       &version, &changed);
  if (tool.options.json) {
    tool.write_line(JsonObject().add("version", version).add("changed", changed).text());
  }
  tool.say("changed " + count_of(changed, "turn") + "; version " + std::to_string(version));
}

void sessions(Tool& tool, const LastOptions& options) {
  Bytes bytes;
  call(memtier_conversation_list_sessions, tool.store(), tool.scope(), options.limit, nullptr,
       bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line("{\"sessions\":" + text + "}");
  const nlohmann::json list = nlohmann::json::parse(text);
  if (list.empty()) return tool.hint("no conversations");
  Table table(tool.terminal(), {{.title = "SESSION"},
                                {.title = "USER"},
                                {.title = "TURNS", .right = true},
                                {.title = "FIRST"},
                                {.title = "LAST"}});
  for (const nlohmann::json& one : list) {
    table.add({one_line(one.value("session", "")), one_line(one.value("user", "")),
               format_count(one.at("turns").get<int64_t>()),
               format_time_short(one.at("first_us").get<int64_t>()),
               format_time_short(one.at("last_us").get<int64_t>())});
  }
  tool.write(table.take());
}

void add_say(CLI::App& group, Tool& tool) {
  auto options = std::make_shared<SayOptions>();
  CLI::App* command = add_command(
      group, "say", "Append a turn to the conversation of --session, and print its id.", "Commands",
      {"memtier chat say user \"I moved to Bari\" --user ada --session s1",
       "memtier chat say tool - --session s1 --name weather < answer.txt"});
  command->add_option("ROLE", options->role, "user, assistant, system, developer, tool or event")
      ->required();
  command->add_option("TEXT", options->text, "what was said, or - for standard input")->required();
  add_value(command, "--name", options->name, "NAME", "who speaks");
  add_value(command, "--parts", options->parts, "JSON", "a list of parts: calls of tools, ...");
  add_value(command, "--metadata", options->metadata, "JSON", "an object of your own");
  add_value(command, "--importance", options->importance, "NUMBER", "0 to 1");
  add_value(command, "--created", options->created, "TIME",
            "when it was said, not before the turn before it");
  add_value(command, "--expect-version", options->version, "NUMBER",
            "only if this is the conversation's version");
  command->callback([options, &tool] { tool.command = [options, &tool] { say(tool, *options); }; });
}

void add_reading(CLI::App& group, Tool& tool) {
  auto lasting = std::make_shared<LastOptions>();
  CLI::App* command =
      add_command(group, "last", "Show the last turns of the conversation of --session.",
                  "Commands", {"memtier chat last --user ada --session s1 --limit 5"});
  add_value(command, "--limit", lasting->limit, "NUMBER", "at most so many; 20 by default");
  command->callback(
      [lasting, &tool] { tool.command = [lasting, &tool] { last(tool, *lasting); }; });

  auto lately = std::make_shared<RecentOptions>();
  command = add_command(group, "recent", "Show what was said lately, in every session.", "Commands",
                        {"memtier chat recent --user ada --within 12h"});
  add_value(command, "--within", lately->within, "DURATION",
            "how long ago at most; 24h by default");
  add_value(command, "--limit", lately->limit, "NUMBER", "at most so many; 1000 by default");
  command->callback([lately, &tool] { tool.command = [lately, &tool] { recent(tool, *lately); }; });

  auto fitting = std::make_shared<ContextOptions>();
  command = add_command(group, "context",
                        "Show what of conversations belongs into a prompt.\nThe newest turns, and "
                        "older ones that have to do with the text.",
                        "Commands",
                        {"memtier chat context \"what may she eat?\" --user ada",
                         "memtier chat context --session s1 --last 5 --max-tokens 2000 --json"});
  add_context_options(command, *fitting, "--last", "so many of the newest turns; 10 by default");
  command->callback(
      [fitting, &tool] { tool.command = [fitting, &tool] { chat_context(tool, *fitting); }; });

  auto listing = std::make_shared<LastOptions>();
  listing->limit = 100;
  command =
      add_command(group, "sessions", "Show the conversations, the one with the newest turn first.",
                  "Commands", {"memtier chat sessions --user ada"});
  add_value(command, "--limit", listing->limit, "NUMBER", "at most so many; 100 by default");
  command->callback(
      [listing, &tool] { tool.command = [listing, &tool] { sessions(tool, *listing); }; });
}

void add_replace(CLI::App& group, Tool& tool) {
  auto options = std::make_shared<ReplaceOptions>();
  CLI::App* command = add_command(
      group, "replace",
      "Make the conversation of --session have these turns, and no others.\nOnly what differs is "
      "written.",
      "Commands", {"memtier chat replace turns.json --session s1 --expect-version 12"});
  command->add_option("FILE", options->file, "{\"turns\": [...]}; - or nothing: standard input");
  add_value(command, "--expect-version", options->version, "NUMBER",
            "only if this is the conversation's version");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { replace(tool, *options); }; });
}

}  // namespace

void add_chat(CLI::App& app, Tool& tool) {
  CLI::App* group = add_command(
      app, "chat", "Keep conversations: say something, show what was said, find what matters",
      "Remembering",
      {"memtier chat say user \"I moved to Bari\" --user ada --session s1",
       "memtier chat last --user ada --session s1",
       "memtier chat context \"where does she live?\" --user ada"});
  group->require_subcommand(1);
  add_say(*group, tool);
  add_reading(*group, tool);
  add_replace(*group, tool);
}

}  // namespace memtier::tool
