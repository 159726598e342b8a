// memtier knowledge, episode and record: what is believed, what happened, what an agent did.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "commands/context_options.h"
#include "commands/fields.h"
#include "failure.h"
#include "input.h"
#include "item_text.h"
#include "json_object.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

// What the three kinds have in common.
struct MemoryOptions {
  std::string text;
  std::string id;
  std::vector<std::string> tags;
  std::string metadata;
  std::optional<double> importance;
};

struct KnowledgeOptions {
  MemoryOptions memory;
  std::optional<std::string> category, source, subject, attribute, value;
  std::string from, until;
  std::optional<int64_t> version;
};

struct EpisodeOptions {
  MemoryOptions memory;
  std::string title, location, started, ended;
  std::vector<std::string> participants, emotions;
};

struct RunOptions {
  MemoryOptions memory;  // the text is the name
  std::string started, duration;
  std::optional<std::string> input, result, error;
  bool failed = false;
};

struct AskOptions {
  std::string id;
  std::string time;
  std::string within = "1h";
  std::string filter;
  int64_t limit = 0;
};

void add_memory_options(CLI::App* command, MemoryOptions& options, bool with_id) {
  if (with_id) add_value(command, "--id", options.id, "ID", "its id; made up by default");
  add_values(command, "--tag", options.tags, "TAG", "a tag; give it again for more");
  add_value(command, "--importance", options.importance, "NUMBER", "0 to 1; a new one has 0.5");
  add_value(command, "--metadata", options.metadata, "JSON", "an object of your own");
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + quote_json(text);
  return "[" + list + "]";
}

void add_given(JsonObject& document, const std::string& key, const std::string& json,
               const std::string& option) {
  if (json.empty()) return;
  check_json(option, json);
  document.add_json(key, json);
}

JsonObject memory_document(const MemoryOptions& options, const char* text_key) {
  JsonObject document;
  const std::string text = options.text == "-" ? read_standard_input() : options.text;
  if (!text.empty()) document.add(text_key, text);
  if (!options.id.empty()) document.add("id", options.id);
  if (!options.tags.empty()) document.add_json("tags", json_list(options.tags));
  if (options.importance) document.add("importance", *options.importance);
  add_given(document, "metadata", options.metadata, "--metadata");
  return document;
}

void add_text(JsonObject& document, const char* key, const std::optional<std::string>& text) {
  if (text) document.add(key, *text);
}

void add_time(JsonObject& document, const char* key, const std::string& option,
              const std::string& text) {
  if (!text.empty()) document.add(key, parse_time_us(option, text));
}

void show_stored(Tool& tool, const Item& item) {
  tool.write_line(tool.options.json ? item_json(item.get())
                                    : one_line(read_text(item.get(), MEMTIER_FIELD_ID)));
}

std::string knowledge_document(const KnowledgeOptions& options) {
  JsonObject document = memory_document(options.memory, "content");
  add_text(document, "category", options.category);
  add_text(document, "source", options.source);
  add_text(document, "subject", options.subject);
  add_text(document, "attribute", options.attribute);
  add_text(document, "value", options.value);
  add_time(document, "valid_from_us", "--from", options.from);
  add_time(document, "valid_until_us", "--until", options.until);
  return document.text();
}

void put_knowledge(Tool& tool, const KnowledgeOptions& options) {
  const std::string document = knowledge_document(options);
  Item item;
  call(memtier_knowledge_put, tool.open(Tool::Opening::kMayCreate), tool.scope(), document.data(),
       document.size(), MEMTIER_DURABILITY_DEFAULT, item.out());
  show_stored(tool, item);
}

void update_knowledge(Tool& tool, const KnowledgeOptions& options) {
  KnowledgeOptions change = options;
  change.memory.id.clear();  // it stands beside the document
  const std::string document = knowledge_document(change);
  const std::string& id = options.memory.id;
  Item item;
  call(memtier_knowledge_update, tool.store(), tool.scope(), id.data(), id.size(), document.data(),
       document.size(), options.version.value_or(0), MEMTIER_DURABILITY_DEFAULT, item.out());
  show_stored(tool, item);
}

void history(Tool& tool, const AskOptions& options) {
  Items items;
  call(memtier_knowledge_read_history, tool.store(), tool.scope(), options.id.data(),
       options.id.size(), options.limit, items.out());
  show_items(tool, items.get(), "beliefs", 0);
}

std::string side_of(const nlohmann::json& side) {
  const nlohmann::json& value = side.at("value");
  return one_line((value.is_string() ? value.get<std::string>() : value.dump()) + " (" +
                  side.at("id").get<std::string>() + ")");
}

void contradictions(Tool& tool, const AskOptions& options) {
  JsonObject document;
  document.add("limit", options.limit);
  add_given(document, "filter", options.filter, "--filter");
  const std::string request = document.text();
  Bytes bytes;
  call(memtier_knowledge_list_contradictions, tool.store(), tool.scope(), request.data(),
       request.size(), nullptr, bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line("{\"contradictions\":" + text + "}");
  const nlohmann::json list = nlohmann::json::parse(text);
  if (list.empty()) return tool.hint("no contradictions");
  Table table(tool.terminal(), {{.title = "SUBJECT"},
                                {.title = "ATTRIBUTE"},
                                {.title = "SINCE"},
                                {.title = "BELIEVED"},
                                {.title = "AND"}});
  for (const nlohmann::json& one : list) {
    const nlohmann::json& items = one.at("items");
    table.add({one_line(one.at("subject").get<std::string>()),
               one_line(one.at("attribute").get<std::string>()),
               format_time_short(one.at("from_us").get<int64_t>()), side_of(items.at(0)),
               side_of(items.at(1))});
  }
  tool.write(table.take());
}

void put_episode(Tool& tool, const EpisodeOptions& options) {
  JsonObject document = memory_document(options.memory, "content");
  if (!options.title.empty()) document.add("title", options.title);
  if (!options.location.empty()) document.add("location", options.location);
  if (!options.participants.empty()) {
    document.add_json("participants", json_list(options.participants));
  }
  JsonObject emotions;
  for (const std::string& given : options.emotions) {
    const size_t sign = given.find('=');
    const std::string strength = sign == std::string::npos ? "1" : given.substr(sign + 1);
    check_json("--emotion", strength);
    emotions.add_json(given.substr(0, sign), strength);
  }
  if (!options.emotions.empty()) document.add_json("emotions", emotions.text());
  add_time(document, "started_us", "--started", options.started);
  add_time(document, "ended_us", "--ended", options.ended);
  const std::string text = document.text();
  Item item;
  call(memtier_episode_put, tool.open(Tool::Opening::kMayCreate), tool.scope(), text.data(),
       text.size(), MEMTIER_DURABILITY_DEFAULT, item.out());
  show_stored(tool, item);
}

void around(Tool& tool, const AskOptions& options) {
  JsonObject document;
  add_time(document, "at_us", "TIME", options.time);
  if (!options.id.empty()) document.add("id", options.id);
  document.add("within_us", parse_duration_us("--within", options.within));
  document.add("limit", options.limit);
  add_given(document, "filter", options.filter, "--filter");
  const std::string text = document.text();
  Items items;
  call(memtier_episode_find_around, tool.store(), tool.scope(), text.data(), text.size(), nullptr,
       items.out());
  show_items(tool, items.get(), "items", 0);
}

void record(Tool& tool, const RunOptions& options) {
  JsonObject document = memory_document(options.memory, "name");
  add_text(document, "input", options.input);
  if (options.result) {
    document.add("result", *options.result == "-" ? read_standard_input() : *options.result);
  }
  add_text(document, "error", options.error);
  if (options.failed) document.add_json("success", "false");
  add_time(document, "started_us", "--started", options.started);
  if (!options.duration.empty()) {
    document.add("duration_us", parse_duration_us("--duration", options.duration));
  }
  const std::string text = document.text();
  Item item;
  call(memtier_run_record, tool.open(Tool::Opening::kMayCreate), tool.scope(), text.data(),
       text.size(), MEMTIER_DURABILITY_DEFAULT, item.out());
  show_stored(tool, item);
}

void add_knowledge_options(CLI::App* command, KnowledgeOptions& options) {
  add_value(command, "--subject", options.subject, "NAME", "what it tells of");
  add_value(command, "--attribute", options.attribute, "NAME", "what of it: \"lives in\"");
  add_value(command, "--value", options.value, "TEXT", "and what that is");
  add_value(command, "--category", options.category, "NAME", "what kind of knowledge it is");
  add_value(command, "--source", options.source, "TEXT", "who said so, or where it stands");
  add_value(command, "--from", options.from, "TIME", "from when on it is true; now by default");
  add_value(command, "--until", options.until, "TIME", "until when it is true");
}

void add_knowledge_writing(CLI::App& group, Tool& tool) {
  auto fresh = std::make_shared<KnowledgeOptions>();
  CLI::App* command = add_command(
      group, "put",
      "Store something that is believed, and print its id.\nWithout a text it is made of subject, "
      "attribute and value.",
      "Commands",
      {"memtier knowledge put --subject Ada --attribute \"lives in\" --value Rome --id home",
       "memtier knowledge put \"the office closes at six\" --source Tom --category work"});
  command->add_option("TEXT", fresh->memory.text, "what is known, or - for standard input");
  add_knowledge_options(command, *fresh);
  add_memory_options(command, fresh->memory, true);
  command->callback(
      [fresh, &tool] { tool.command = [fresh, &tool] { put_knowledge(tool, *fresh); }; });

  auto change = std::make_shared<KnowledgeOptions>();
  command = add_command(group, "update",
                        "Believe something else from now on.\nWhat was believed stays, and is "
                        "shown by memtier knowledge history.",
                        "Commands",
                        {"memtier knowledge update home --value Bari --from 2026-05-01",
                         "memtier knowledge update office \"the office closes at seven\""});
  command->add_option("ID", change->memory.id, "its id")->required();
  command->add_option("TEXT", change->memory.text, "what is known, or - for standard input");
  add_knowledge_options(command, *change);
  add_memory_options(command, change->memory, false);
  add_value(command, "--expect-version", change->version, "NUMBER", "only if this is its version");
  command->callback(
      [change, &tool] { tool.command = [change, &tool] { update_knowledge(tool, *change); }; });
}

void add_knowledge_reading(CLI::App& group, Tool& tool) {
  auto asked = std::make_shared<AskOptions>();
  asked->limit = 100;
  CLI::App* command =
      add_command(group, "history", "Show what was believed when; last, what is believed now.",
                  "Commands", {"memtier knowledge history home"});
  command->add_option("ID", asked->id, "its id")->required();
  add_value(command, "--limit", asked->limit, "NUMBER", "the newest so many; 100 by default");
  command->callback([asked, &tool] { tool.command = [asked, &tool] { history(tool, *asked); }; });

  auto pairs = std::make_shared<AskOptions>();
  pairs->limit = 100;
  command = add_command(
      group, "contradictions",
      "Show knowledge that contradicts itself.\nOf the same subject and attribute, with another "
      "value, at the same time.",
      "Commands", {"memtier knowledge contradictions --user ada"});
  add_filter_option(command, pairs->filter, "only knowledge that this filter matches");
  add_value(command, "--limit", pairs->limit, "NUMBER", "at most so many pairs; 100 by default");
  command->callback(
      [pairs, &tool] { tool.command = [pairs, &tool] { contradictions(tool, *pairs); }; });
}

}  // namespace

void add_knowledge(CLI::App& app, Tool& tool) {
  CLI::App* group = add_command(
      app, "knowledge", "Keep what is believed, with what was believed before and since when",
      "Remembering",
      {"memtier knowledge put --subject Ada --attribute \"lives in\" --value Rome --id home",
       "memtier knowledge update home --value Bari", "memtier knowledge history home"});
  group->require_subcommand(1);
  add_knowledge_writing(*group, tool);
  add_knowledge_reading(*group, tool);
}

void add_episode(CLI::App& app, Tool& tool) {
  CLI::App* group = add_command(
      app, "episode",
      "Keep what happened: where, with whom, when; and show what happened around then",
      "Remembering",
      {"memtier episode put \"the ferry did not sail\" --location Bari --participant Tom",
       "memtier episode around 2026-05-01T12:00 --within 6h"});
  group->require_subcommand(1);
  auto told = std::make_shared<EpisodeOptions>();
  CLI::App* command =
      add_command(*group, "put", "Store something that happened, and print its id.", "Commands",
                  {"memtier episode put \"the ferry did not sail\" --location Bari --started "
                   "2026-05-01T08:00 --ended 2026-05-01T20:00 --emotion fear=0.6"});
  command->add_option("TEXT", told->memory.text, "what happened, or - for standard input")
      ->required();
  add_value(command, "--location", told->location, "NAME", "where it happened");
  add_values(command, "--participant", told->participants, "NAME",
             "who was there; give it again for more");
  add_values(command, "--emotion", told->emotions, "NAME=NUMBER",
             "how it felt, 0 to 1; give it again for more");
  add_value(command, "--started", told->started, "TIME", "when it began; now by default");
  add_value(command, "--ended", told->ended, "TIME", "when it was over");
  add_value(command, "--title", told->title, "TEXT", "location and participants by default");
  add_memory_options(command, told->memory, true);
  command->callback([told, &tool] { tool.command = [told, &tool] { put_episode(tool, *told); }; });

  auto asked = std::make_shared<AskOptions>();
  asked->limit = 20;
  command = add_command(*group, "around",
                        "Show what happened around a time, or around an item.\nItems of any type, "
                        "and episodes that were going on; in the order of time.",
                        "Commands",
                        {"memtier episode around 2026-05-01T12:00 --within 6h",
                         "memtier episode around --id storm --filter '{\"type\": \"episode\"}'"});
  command->add_option("TIME", asked->time, "when; now by default");
  add_value(command, "--id", asked->id, "ID", "around this item instead");
  add_value(command, "--within", asked->within, "DURATION", "how far from it; 1h by default");
  add_value(command, "--limit", asked->limit, "NUMBER", "the nearest so many; 20 by default");
  add_filter_option(command, asked->filter, "only items that this filter matches");
  command->callback([asked, &tool] { tool.command = [asked, &tool] { around(tool, *asked); }; });
}

void add_record(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = add_command(
      app, "record",
      "Keep what an agent did, and print its id.\nWhat was run, its input and result or error, how "
      "long it took.",
      "Remembering",
      {"memtier record weather --input Oslo --result \"snow until noon\" --duration 2s",
       "memtier record book --input \"a train to Oslo\" --error \"no seats\" --agent planner"});
  command->add_option("NAME", options->memory.text, "what was done")->required();
  add_value(command, "--input", options->input, "TEXT", "what it was given");
  add_value(command, "--result", options->result, "TEXT",
            "what came of it, or - for standard input");
  add_value(command, "--error", options->error, "TEXT", "what went wrong");
  command->add_flag("--failed", options->failed, "it failed, without an error of its own");
  add_value(command, "--started", options->started, "TIME",
            "when it began; the duration before now by default");
  add_value(command, "--duration", options->duration, "DURATION", "how long it took");
  add_memory_options(command, options->memory, true);
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { record(tool, *options); }; });
}

}  // namespace memtier::tool
