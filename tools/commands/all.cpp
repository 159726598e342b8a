// The whole command line: every command and the global options.
#include "command_line.h"
#include "commands.h"
#include "failure.h"

namespace memtier::tool {
namespace {

constexpr const char* kFooter = R"(
Exit status
  0  done
  1  failed                        4  there already, or changed meanwhile
  2  the command line is wrong     5  busy or full: try again
  3  not found                     130  cancelled (Ctrl-C)

Times are UTC. Durations are 90s, 15m, 12h, 30d. NO_COLOR and COLUMNS are respected.

Examples
  memtier --store agent.mem put "Ada likes green tea" --type fact --tag drinks
  memtier --store agent.mem search "what does Ada like?"
  export MEMTIER_STORE=agent.mem
  memtier list --user ada --filter '{"importance": {"$gte": 0.8}}' --json

Help for one command: memtier help COMMAND, or memtier COMMAND --help
)";

// Left out, a name stands for any; a script whose variable is empty must not mean everybody.
CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& given) {
        return given.empty() ? std::string("is empty; leave the option out where no name is meant")
                             : std::string();
      },
      "");
}

// Last, so that they stand behind the options of commands in the help of memtier itself.
void add_scope_options(CLI::App& app, GlobalOptions& options) {
  const auto add = [&app](const char* name, std::string& value, const char* description) {
    add_value(&app, name, value, "NAME", description)->check(not_empty());
  };
  add("--app", options.app, "whose memory: the application");
  add("--user", options.user, "whose memory: the user");
  add("--agent", options.agent, "whose memory: the agent");
  add("--session", options.session, "whose memory: the session");
  add("--collection", options.collection,
      "the collection; \"default\" where not given, \"*\" all of them");
}

void add_global_options(CLI::App& app, GlobalOptions& options) {
  add_value(&app, "-s,--store", options.store, "FILE", "the store; else MEMTIER_STORE names it")
      ->envname("MEMTIER_STORE");
  add_scope_options(app, options);
  app.add_flag("--json", options.json, "one JSON document on standard output, and nothing else");
  app.add_flag("-q,--quiet", options.quiet, "results and errors only: no notes, no progress bar");
  app.add_flag("--no-create", options.no_create, "never make a missing store (put and import do)");
  add_value(&app, "--durability", options.durability, "full|normal|relaxed",
            "what a write survives: loss of power; a crash (the default); less");
  add_value(&app, "--now", options.now, "TIME",
            "what the store takes for the time: 2026-05-01T09:30:00Z, +90d, or microseconds");
  add_value(&app, "--ladder", options.ladder, "default|six|three|levels|FILE",
            "the tiers of a new store: a preset, or a file that describes them");
  app.add_flag("--change-ladder", options.change_ladder,
               "give a store that exists the tiers of --ladder");
  add_value(&app, "--tokenizer", options.tokenizer, "english|unicode|cjk|plain",
            "how a new store splits text into words; english by default");
  add_value(&app, "--memory-limit", options.memory_limit, "SIZE",
            "RAM for items and caches: 256M, 1G");
}

}  // namespace

void add_all(CLI::App& app, Tool& tool) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "show this, or the help of a command");
  app.set_version_flag("--version", "memtier " + library_version(), "show the version");
  app.require_subcommand(1);
  app.footer(kFooter);
  add_global_options(app, tool.options);
  add_put(app, tool);
  add_update(app, tool);
  add_delete(app, tool);
  add_validate(app, tool);
  add_import(app, tool);
  add_get(app, tool);
  add_search(app, tool);
  add_similar(app, tool);
  add_embed(app, tool);
  add_list(app, tool);
  add_count(app, tool);
  add_explain(app, tool);
  add_export(app, tool);
  add_chat(app, tool);
  add_remember(app, tool);
  add_recall(app, tool);
  add_context(app, tool);
  add_knowledge(app, tool);
  add_episode(app, tool);
  add_record(app, tool);
  add_stats(app, tool);
  add_tiers(app, tool);
  add_collection(app, tool);
  add_index(app, tool);
  add_link(app, tool);
  add_concept(app, tool);
  add_neighbours(app, tool);
  add_path(app, tool);
  add_spread(app, tool);
  add_graph(app, tool);
  add_feedback(app, tool);
  add_policy(app, tool);
  add_archive(app, tool);
  add_restore(app, tool);
  add_space(app, tool);
  add_consolidate(app, tool);
  add_compress(app, tool);
  add_maintain(app, tool);
  add_optimize(app, tool);
  add_sweep(app, tool);
  add_forget(app, tool);
  add_completion(app, tool);
  add_help(app, tool);
  add_version(app, tool);
}

}  // namespace memtier::tool
