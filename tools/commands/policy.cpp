// memtier policy, and memtier archive rule: what is done with which items, kept, listed and applied.
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

// The two kinds of documents, which are looked after in the same way.
struct Kind {
  const char* what;
  memtier_status (*put)(memtier_store*, const char*, size_t, memtier_error**);
  memtier_status (*list)(memtier_store*, memtier_bytes**, memtier_error**);
  memtier_status (*remove)(memtier_store*, const char*, size_t, memtier_error**);
  memtier_status (*apply)(memtier_store*, const memtier_scope*, const char*, size_t,
                          const memtier_control*, memtier_bytes**, memtier_error**);
};

constexpr Kind kPolicies = {"policy", memtier_policy_put, memtier_policy_list,
                            memtier_policy_delete, memtier_policy_apply};
constexpr Kind kRules = {"archive rule", memtier_archive_rule_put, memtier_archive_rule_list,
                         memtier_archive_rule_delete, memtier_archive_rule_apply};

struct ApplyOptions {
  std::vector<std::string> names;
  bool dry_run = false;
};

void put(Tool& tool, const Kind& kind, const std::string& document) {
  call(kind.put, tool.store(), document.data(), document.size());
  if (tool.options.json) tool.write_line(document);
  tool.say(std::string("kept the ") + kind.what);
}

void list(Tool& tool, const Kind& kind) {
  Bytes bytes;
  call(kind.list, tool.store(), bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json)
    return tool.write_line("{\"" + std::string("entries") + "\":" + text + "}");
  const nlohmann::json entries = nlohmann::json::parse(text);
  Table table(tool.terminal(), {{.title = "PRIORITY", .right = true},
                                {.title = "NAME"},
                                {.title = "DOES"},
                                {.title = "CONDITION"}});
  for (const nlohmann::json& entry : entries) {
    std::string does = entry.contains("level")
                           ? "archive, level " + std::to_string(entry.at("level").get<int64_t>())
                           : entry.at("action").get<std::string>();
    if (entry.contains("tag")) does += " " + entry.at("tag").get<std::string>();
    if (!entry.at("enabled").get<bool>()) does += " (not enabled)";
    table.add({std::to_string(entry.at("priority").get<int64_t>()),
               one_line(entry.at("name").get<std::string>()), one_line(does),
               one_line(entry.at("condition").dump())});
  }
  tool.write(table.take());
}

void remove(Tool& tool, const Kind& kind, const std::string& name) {
  call(kind.remove, tool.store(), name.data(), name.size());
  if (tool.options.json) tool.write_line(JsonObject().add("deleted", name).text());
  tool.say(std::string("deleted the ") + kind.what + " " + name);
}

void apply(Tool& tool, const Kind& kind, const ApplyOptions& options) {
  nlohmann::json request = {{"dry_run", options.dry_run}};
  if (!options.names.empty()) request["names"] = options.names;
  const std::string document = request.dump();
  Bytes bytes;
  {
    const LongWork work(tool, "applying", LongWork::Unit::kItems);
    call(kind.apply, tool.store(), tool.scope(), document.data(), document.size(), work.control(),
         bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  Table table(tool.terminal(),
              {{.title = "ITEMS", .right = true}, {.title = "NAME"}, {.title = "DONE"}});
  for (const nlohmann::json& result : report.at("results")) {
    const std::string done = result.contains("skipped")
                                 ? "nothing: " + result.at("skipped").get<std::string>()
                                 : result.at("action").get<std::string>();
    table.add({format_count(result.at("count").get<int64_t>()),
               one_line(result.at("name").get<std::string>()), one_line(done)});
  }
  tool.write(table.take());
  if (options.dry_run) tool.hint("nothing was changed");
}

struct PackOptions {
  int64_t level = 9;
  bool repack = false;
};

void pack(Tool& tool, const PackOptions& options) {
  const std::string request =
      nlohmann::json{{"level", options.level}, {"repack", options.repack}}.dump();
  Bytes bytes;
  {
    const LongWork work(tool, "packing", LongWork::Unit::kItems);
    call(memtier_archive_pack, tool.store(), request.data(), request.size(), work.control(),
         bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  tool.say("packed " + count_of(report.at("packed").get<int64_t>(), "item"));
  const auto damaged = report.at("damaged_blocks").get<int64_t>();
  if (damaged > 0) tool.say(count_of(damaged, "block") + " cannot be read, and stay as they are");
}

void show_archive(Tool& tool) {
  Bytes bytes;
  call(memtier_archive_get_statistics, tool.store(), bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json numbers = nlohmann::json::parse(text);
  const auto number = [](const nlohmann::json& from, const char* key) {
    return format_count(from.at(key).get<int64_t>());
  };
  Table table(tool.terminal(), {{.title = "MONTH"},
                                {.title = "BLOCKS", .right = true},
                                {.title = "ITEMS", .right = true},
                                {.title = "BYTES", .right = true},
                                {.title = "COMPRESSED", .right = true}});
  for (const nlohmann::json& month : numbers.at("periods")) {
    std::string period = std::to_string(month.at("period").get<int64_t>());
    period.insert(4, "-");
    table.add({period, number(month, "blocks"), number(month, "items"),
               number(month, "original_bytes"), number(month, "compressed_bytes")});
  }
  table.add({"all", number(numbers, "blocks"), number(numbers, "items"),
             number(numbers, "original_bytes"), number(numbers, "compressed_bytes")});
  tool.write(table.take());
  const auto waiting = numbers.at("waiting").get<int64_t>();
  if (waiting > 0) tool.hint(count_of(waiting, "item") + " not yet packed");
}

struct RestoreOptions {
  std::vector<std::string> ids;
  std::string filter;
  std::string tier;
};

void restore(Tool& tool, const RestoreOptions& options) {
  nlohmann::json request = nlohmann::json::object();
  if (!options.ids.empty()) request["ids"] = options.ids;
  if (!options.tier.empty()) request["tier"] = options.tier;
  std::string document = request.dump();
  // The filter as it is written: parsing it would lose large numbers.
  if (!options.filter.empty()) {
    document.pop_back();
    document += (request.empty() ? "\"filter\":" : ",\"filter\":") + options.filter + "}";
  }
  Bytes bytes;
  {
    const LongWork work(tool, "restoring", LongWork::Unit::kItems);
    call(memtier_archive_restore, tool.store(), tool.scope(), document.data(), document.size(),
         work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  tool.say("restored " + count_of(report.at("restored").get<int64_t>(), "item") + " to " +
           report.at("tier").get<std::string>());
  for (const nlohmann::json& id : report.at("damaged")) {
    tool.say("cannot be read, and stays: " + one_line(id.get<std::string>()));
  }
}

void add_commands(CLI::App& parent, Tool& tool, const Kind& kind, const std::string& path,
                  const std::string& example) {
  const std::string what = kind.what;
  auto document = std::make_shared<std::string>();
  CLI::App* command =
      add_command(parent, "put", "Keep a " + what + ", in the place of the one of its name.",
                  "Commands", {"memtier " + path + " put '" + example + "'"});
  command->add_option("DOCUMENT", *document, "a JSON object")->required();
  command->callback([&tool, &kind, document] {
    tool.command = [&tool, &kind, document] { put(tool, kind, *document); };
  });

  command = add_command(parent, "list", "Show what is kept, and what it does.", "Commands",
                        {"memtier " + path + " list", "memtier " + path + " list --json"});
  command->callback([&tool, &kind] { tool.command = [&tool, &kind] { list(tool, kind); }; });

  auto name = std::make_shared<std::string>();
  command = add_command(parent, "delete", "Delete a " + what + "; no item changes.", "Commands",
                        {"memtier " + path + " delete fade"});
  command->add_option("NAME", *name, "its name")->required();
  command->callback(
      [&tool, &kind, name] { tool.command = [&tool, &kind, name] { remove(tool, kind, *name); }; });

  auto options = std::make_shared<ApplyOptions>();
  command =
      add_command(parent, "apply",
                  "Do what is kept, the highest priority first.\nAll that are enabled, or those "
                  "that are named.",
                  "Commands",
                  {"memtier " + path + " apply --dry-run", "memtier " + path + " apply --user ada",
                   "memtier " + path + " apply fade --json"});
  command->add_option("NAME", options->names, "only these, also where they are not enabled");
  command->add_flag("--dry-run", options->dry_run, "count, and change nothing");
  command->callback([&tool, &kind, options] {
    tool.command = [&tool, &kind, options] { apply(tool, kind, *options); };
  });
}

}  // namespace

void add_policy(CLI::App& app, Tool& tool) {
  CLI::App* policy = add_command(
      app, "policy", "Keep policies, list, delete and apply them", "Looking after the store",
      {"memtier policy list", "memtier policy apply --dry-run",
       "memtier policy put '{\"name\": \"fade\", \"condition\": {\"idle_days\": "
       "{\"$gt\": 30}}, \"action\": \"demote\"}'"});
  policy->require_subcommand(1);
  add_commands(*policy, tool, kPolicies, "policy",
               "{\"name\": \"fade\", \"condition\": {\"idle_days\": {\"$gt\": 30}}, \"action\": "
               "\"demote\"}");
}

void add_archive(CLI::App& app, Tool& tool) {
  CLI::App* archive = add_command(
      app, "archive", "Keep archive rules, apply them, and pack what is archived",
      "Looking after the store",
      {"memtier archive list", "memtier archive apply --dry-run", "memtier archive apply"});
  archive->require_subcommand(1);
  add_commands(*archive, tool, kRules, "archive",
               "{\"name\": \"fade\", \"kind\": \"time\", \"condition\": {\"age_days\": {\"$gt\": "
               "90}}, \"level\": 9}");

  auto options = std::make_shared<PackOptions>();
  CLI::App* command =
      add_command(*archive, "pack", "Pack archived items into blocks.", "Commands",
                  {"memtier archive pack", "memtier archive pack --repack --level 6"});
  add_value(command, "--level", options->level, "1-9", "1 quick, 9 small (the default)")
      ->check(CLI::Range(1, 9));
  command->add_flag("--repack", options->repack,
                    "first take blocks apart of which little is needed any more");
  command->callback(
      [&tool, options] { tool.command = [&tool, options] { pack(tool, *options); }; });

  command = add_command(*archive, "stats", "Show what the archive holds, and what it saves.",
                        "Commands", {"memtier archive stats", "memtier archive stats --json"});
  command->callback([&tool] { tool.command = [&tool] { show_archive(tool); }; });
}

void add_restore(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<RestoreOptions>();
  CLI::App* command = add_command(
      app, "restore", "Bring items out of the archive.\nBy their ids, or all that a filter finds.",
      "Looking after the store",
      {"memtier restore notes plans", "memtier restore --filter '{\"type\": \"fact\"}' --user ada",
       "memtier restore --filter '{}' --tier long_term"});
  command->add_option("ID", options->ids, "their ids");
  add_value(command, "--filter", options->filter, "JSON", "which archived items");
  add_value(command, "--tier", options->tier, "NAME",
            "where to; by default short_term, or the tier above the archive");
  command->callback(
      [&tool, options] { tool.command = [&tool, options] { restore(tool, *options); }; });
}

}  // namespace memtier::tool
