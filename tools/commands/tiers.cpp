// memtier tiers: what lies where, moving items by hand, clearing tiers, the log of transitions.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/tier_rows.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct MoveOptions {
  std::string id;
  std::string tier;
};

struct ClearOptions {
  std::vector<std::string> tiers;
  bool all = false;
  bool yes = false;
};

struct LogOptions {
  std::string id;
  std::string since;
  int64_t limit = 20;
};

void list(Tool& tool) {
  const auto tiers = read_tiers(tool);
  if (tool.options.json) {
    tool.write_line("{\"tiers\":" + tiers_json(tool, tiers) + "}");
  } else {
    tool.write(tiers_table(tool, tiers));
  }
}

void move(Tool& tool, const MoveOptions& options) {
  call(memtier_item_move, tool.store(), tool.scope(), options.id.data(), options.id.size(),
       options.tier.data(), options.tier.size());
  if (tool.options.json) {
    tool.write_line(JsonObject().add("id", options.id).add("tier", options.tier).text());
  }
  tool.say("moved to " + options.tier);
}

// The names as memtier_tier_clear and a filter want them; "*" stands for all.
std::string names_json(const ClearOptions& options) {
  if (options.all) return "[\"*\"]";
  std::string list;
  for (const std::string& name : options.tiers) {
    list += (list.empty() ? "" : ",") + quote_json(name);
  }
  return "[" + list + "]";
}

void clear(Tool& tool, const ClearOptions& options) {
  if (options.tiers.empty() != options.all) {
    throw usage_failure("which tiers? Give their names or --all, one of them");
  }
  memtier_store* store = tool.store();
  const std::string names = names_json(options);
  const std::string filter = options.all ? "" : "{\"tier\":{\"$in\":" + names + "}}";
  if (!options.yes) {
    int64_t matched = 0;
    call(memtier_item_count, store, tool.scope(), filter.data(), filter.size(), nullptr, &matched);
    if (matched > 0) tool.confirm("delete " + count_of(matched, "item"), false);
  }
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "clearing", LongWork::Unit::kItems);
    return attempt(memtier_tier_clear, store, tool.scope(), names.data(), names.size(),
                   work.control(), &count);
  }();
  tool.report(outcome, "deleted", count);
}

std::vector<std::string> log_column(const memtier_transitions* rows, int32_t field) {
  const memtier_slice* values = nullptr;
  call(memtier_transitions_column_text, rows, field, &values);
  std::vector<std::string> column;
  for (int64_t i = 0; i < memtier_transitions_count(rows); ++i) {
    column.emplace_back(view_of(values[i]));
  }
  return column;
}

struct LogColumns {
  explicit LogColumns(const memtier_transitions* rows)
      : ids(log_column(rows, MEMTIER_FIELD_ID)),
        from(log_column(rows, MEMTIER_FIELD_FROM_TIER)),
        to(log_column(rows, MEMTIER_FIELD_TO_TIER)),
        reasons(log_column(rows, MEMTIER_FIELD_REASON)) {
    const int64_t* values = nullptr;
    call(memtier_transitions_column_int64, rows, MEMTIER_FIELD_TIME_US, &values);
    if (values != nullptr) times_us.assign(values, values + ids.size());
  }

  std::vector<std::string> ids;
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::vector<std::string> reasons;
  std::vector<int64_t> times_us;
};

void write_log_json(Tool& tool, const LogColumns& log) {
  tool.write("{\"transitions\":[");
  for (size_t i = 0; i < log.ids.size(); ++i) {
    JsonObject row;
    row.add("time_us", log.times_us[i]).add("id", log.ids[i]).add("from_tier", log.from[i]);
    if (log.to[i].empty()) {
      row.add_json("to_tier", "null");
    } else {
      row.add("to_tier", log.to[i]);
    }
    row.add("reason", log.reasons[i]);
    tool.write((i == 0 ? "" : ",") + row.text());
  }
  tool.write_line("]}");
}

void write_log_table(Tool& tool, const LogColumns& log) {
  Table table(tool.terminal(), {{.title = "TIME"},
                                {.title = "FROM"},
                                {.title = "TO"},
                                {.title = "REASON"},
                                {.title = "ID"}});
  for (size_t i = 0; i < log.ids.size(); ++i) {
    table.add({format_time(log.times_us[i]), one_line(log.from[i]),
               log.to[i].empty() ? "(removed)" : one_line(log.to[i]), one_line(log.reasons[i]),
               one_line(log.ids[i])});
  }
  if (log.ids.empty()) {
    tool.hint("no transitions");
  } else {
    tool.write(table.take());
  }
}

void show_log(Tool& tool, const LogOptions& options) {
  const int64_t since_us = options.since.empty() ? 0 : parse_time_us("--since", options.since);
  Transitions rows;
  call(memtier_transition_list, tool.store(), tool.scope(), options.id.data(), options.id.size(),
       since_us, options.limit, rows.out());
  const LogColumns log(rows.get());
  if (tool.options.json) {
    write_log_json(tool, log);
  } else {
    write_log_table(tool, log);
  }
}

void add_list_and_ladder(CLI::App& tiers, Tool& tool) {
  CLI::App* list_command = add_command(tiers, "list", "Show the tiers; the same as tiers alone.",
                                       "Commands", {"memtier tiers list --json"});
  list_command->callback([&tool] { tool.command = [&tool] { list(tool); }; });
  CLI::App* ladder_command = add_command(
      tiers, "ladder", "Print the tiers with their rules, as --ladder takes them.", "Commands",
      {"memtier tiers ladder > ladder.json",
       "memtier --store new.mem --ladder ladder.json put \"the first one\""});
  ladder_command->callback(
      [&tool] { tool.command = [&tool] { tool.write_line(ladder_json(tool)); }; });
}

void add_move(CLI::App& tiers, Tool& tool) {
  auto options = std::make_shared<MoveOptions>();
  CLI::App* command = add_command(tiers, "move", "Move an item to a tier, by hand.", "Commands",
                                  {"memtier tiers move notes archive"});
  command->add_option("ID", options->id, "its id")->required();
  command->add_option("TIER", options->tier, "the tier's name")->required();
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { move(tool, *options); }; });
}

void add_clear(CLI::App& tiers, Tool& tool) {
  auto options = std::make_shared<ClearOptions>();
  CLI::App* command = add_command(
      tiers, "clear", "Delete all items of some tiers, or of all.\nPinned ones too. Asks first.",
      "Commands",
      {"memtier tiers clear working short_term", "memtier tiers clear --all --user ada --yes"});
  add_arguments(command, "TIER", options->tiers, "the tiers' names", tool.argument_count);
  command->add_flag("--all", options->all, "all tiers");
  command->add_flag("-y,--yes", options->yes, "do not ask");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { clear(tool, *options); }; });
}

void add_log(CLI::App& tiers, Tool& tool) {
  auto options = std::make_shared<LogOptions>();
  CLI::App* command =
      add_command(tiers, "log", "Show which items went from where to where, the newest first.",
                  "Commands", {"memtier tiers log", "memtier tiers log notes --since -7d"});
  command->add_option("ID", options->id, "only this item's");
  add_value(command, "--since", options->since, "TIME", "only later ones: 2026-05-01, -7d");
  add_value(command, "-n,--limit", options->limit, "NUMBER", "at most so many; 20");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { show_log(tool, *options); }; });
}

}  // namespace

void add_tiers(CLI::App& app, Tool& tool) {
  CLI::App* tiers =
      add_command(app, "tiers", "Show the tiers, move items, clear tiers, read the log",
                  "Looking after the store",
                  {"memtier tiers", "memtier tiers move notes archive", "memtier tiers log"});
  tiers->require_subcommand(0, 1);
  add_list_and_ladder(*tiers, tool);
  add_move(*tiers, tool);
  add_clear(*tiers, tool);
  add_log(*tiers, tool);
  // Runs after the callback of a command below it, which goes before this.
  tiers->callback([tiers, &tool] {
    if (tiers->get_subcommands().empty()) tool.command = [&tool] { list(tool); };
  });
}

}  // namespace memtier::tool
