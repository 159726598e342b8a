// memtier maintain, optimize, sweep, validate and forget: what time, or a person, does to items.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "commands/tier_rows.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

void optimize(Tool& tool) {
  const auto tiers = read_tiers(tool);
  std::vector<int64_t> demoted(tiers.size());
  int64_t total = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "optimizing", LongWork::Unit::kItems);
    return attempt(memtier_tier_optimize, tool.store(), tool.scope(), work.control(),
                   demoted.data(), static_cast<int64_t>(demoted.size()), &total);
  }();
  JsonObject by_tier;
  std::string details;
  for (size_t i = 0; i < tiers.size(); ++i) {
    by_tier.add(tiers[i].name, demoted[i]);
    if (demoted[i] == 0) continue;
    details.append(details.empty() ? ": " : ", ")
        .append(format_count(demoted[i]) + " from " + tiers[i].name);
  }
  if (outcome.ok() || outcome.status() == MEMTIER_CANCELLED) {
    if (tool.options.json) {
      tool.write_line(
          JsonObject().add("demoted", total).add_json("by_tier", by_tier.text()).text());
    }
    tool.say("demoted " + count_of(total, "item") + details);
  }
  outcome.check();
}

struct MaintainOptions {
  std::vector<std::string> jobs;
  std::string budget;
};

void maintain(Tool& tool, const MaintainOptions& options) {
  nlohmann::json request = nlohmann::json::object();
  if (!options.jobs.empty()) request["jobs"] = options.jobs;
  if (!options.budget.empty()) {
    request["budget_ms"] = (parse_duration_us("--budget", options.budget) + 999) / 1000;
  }
  const std::string document = request.dump();
  Bytes bytes;
  {
    memtier_store* store = tool.store();
    const LongWork work(tool, "maintaining", LongWork::Unit::kItems);
    call(memtier_store_tick, store, document.data(), document.size(), work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  Table table(tool.terminal(),
              {{.title = "ITEMS", .right = true}, {.title = "JOB"}, {.title = "DETAILS"}});
  for (const nlohmann::json& job : report.at("jobs")) {
    std::string details = job.at("complete").get<bool>() ? "" : "out of time";
    for (const nlohmann::json& result : job.value("results", nlohmann::json::array())) {
      const auto count = result.at("count").get<int64_t>();
      if (count == 0) continue;
      details.append(details.empty() ? "" : ", ")
          .append(result.at("name").get<std::string>() + " " + format_count(count));
    }
    table.add({format_count(job.at("count").get<int64_t>()),
               one_line(job.at("name").get<std::string>()), one_line(details)});
  }
  tool.write(table.take());
  if (!report.at("complete").get<bool>()) tool.hint("the budget was used up: there is more to do");
}

void sweep(Tool& tool) {
  memtier_store* store = tool.store();
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "sweeping", LongWork::Unit::kItems);
    return attempt(memtier_store_sweep, store, work.control(), &count);
  }();
  tool.report(outcome, "removed", count);
}

void forget(Tool& tool, bool yes) {
  memtier_store* store = tool.store();
  if (!yes) tool.confirm("forget all of this scope, for good", false);
  Bytes bytes;
  {
    const LongWork work(tool, "forgetting", LongWork::Unit::kItems);
    call(memtier_scope_forget, store, tool.scope(), work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json receipt = nlohmann::json::parse(text);
  tool.say("forgot " + count_of(receipt.at("items").get<int64_t>(), "item"));
  const auto damaged = receipt.at("damaged_blocks").get<int64_t>();
  if (damaged > 0) {
    tool.say(count_of(damaged, "block") + " of the archive cannot be read, and stay as they are");
  }
}

void validate(Tool& tool, const std::string& id) {
  int64_t validations = 0;
  call(memtier_item_validate, tool.store(), tool.scope(), id.data(), id.size(), &validations);
  if (tool.options.json) {
    tool.write_line(JsonObject().add("id", id).add("validation_count", validations).text());
  }
  tool.say("validated " + count_of(validations, "time"));
}

}  // namespace

void add_optimize(CLI::App& app, Tool& tool) {
  CLI::App* command = add_command(
      app, "optimize",
      "Move what lies idle one tier down.\nBy the presets: items in RAM that were read less than "
      "twice, and not for a day.",
      "Looking after the store",
      {"memtier optimize", "memtier optimize --now +30d   # as if a month had passed"});
  command->callback([&tool] { tool.command = [&tool] { optimize(tool); }; });
}

void add_maintain(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<MaintainOptions>();
  CLI::App* command = add_command(
      app, "maintain",
      "Do what keeps a store in order.\nWhat has expired goes, what lies idle moves down, policies "
      "and archive rules are applied, indexes merged, in every collection.",
      "Looking after the store",
      {"memtier maintain", "memtier maintain --budget 5s",
       "memtier maintain --job expire --job policies",
       "memtier maintain --consolidation '{\"min_fill\": 0.8, \"min_score\": 0.6}'"});
  add_values(
      command, "--job", options->jobs, "NAME",
      "only this: expire, demote, consolidate, policies, archive_rules, archive, indexes, compact; "
      "several times");
  add_value(command, "--budget", options->budget, "DURATION",
            "stop when this time is over: 5s, 10m");
  add_value(command, "--consolidation", tool.options.consolidation, "JSON",
            "what the job consolidate does, and when; without it nothing");
  command->callback(
      [&tool, options] { tool.command = [&tool, options] { maintain(tool, *options); }; });
}

void add_sweep(CLI::App& app, Tool& tool) {
  CLI::App* command = add_command(
      app, "sweep",
      "Remove expired items from the file.\nThey are invisible already, whatever the scope.",
      "Looking after the store", {"memtier sweep", "memtier sweep --json"});
  command->callback([&tool] { tool.command = [&tool] { sweep(tool); }; });
}

void add_forget(CLI::App& app, Tool& tool) {
  auto yes = std::make_shared<bool>(false);
  CLI::App* command = add_command(
      app, "forget",
      "Take everything of a scope out of the store, for good.\nItems in all tiers, what indexes, "
      "the "
      "archive and logs have of them, and the names; the file is written anew. It asks first; "
      "where "
      "nobody can be asked it needs --yes. Backups and exports are not touched.",
      "Looking after the store",
      {"memtier forget --user ada", "memtier forget --user ada --collection '*' --yes --json"});
  command->add_flag("-y,--yes", *yes, "do not ask");
  command->callback([yes, &tool] { tool.command = [yes, &tool] { forget(tool, *yes); }; });
}

void add_validate(CLI::App& app, Tool& tool) {
  auto id = std::make_shared<std::string>();
  CLI::App* command = add_command(
      app, "validate",
      "Confirm an item.\nAdds one to its validation count, by which some ladders promote.",
      "Writing", {"memtier validate notes", "memtier validate notes --user ada --json"});
  command->add_option("ID", *id, "its id")->required();
  command->callback([id, &tool] { tool.command = [id, &tool] { validate(tool, *id); }; });
}

}  // namespace memtier::tool
