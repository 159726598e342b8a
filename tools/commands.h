// The commands: each function adds one to the command line, and sets what it does.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "tool.h"

namespace memtier::tool {

void add_put(CLI::App& app, Tool& tool);
void add_get(CLI::App& app, Tool& tool);
void add_search(CLI::App& app, Tool& tool);
void add_embed(CLI::App& app, Tool& tool);
void add_list(CLI::App& app, Tool& tool);
void add_count(CLI::App& app, Tool& tool);
void add_explain(CLI::App& app, Tool& tool);
void add_update(CLI::App& app, Tool& tool);
void add_delete(CLI::App& app, Tool& tool);
void add_import(CLI::App& app, Tool& tool);
void add_export(CLI::App& app, Tool& tool);
void add_stats(CLI::App& app, Tool& tool);
void add_tiers(CLI::App& app, Tool& tool);
void add_chat(CLI::App& app, Tool& tool);
void add_remember(CLI::App& app, Tool& tool);
void add_recall(CLI::App& app, Tool& tool);
void add_context(CLI::App& app, Tool& tool);
void add_knowledge(CLI::App& app, Tool& tool);
void add_episode(CLI::App& app, Tool& tool);
void add_record(CLI::App& app, Tool& tool);
void add_collection(CLI::App& app, Tool& tool);
void add_index(CLI::App& app, Tool& tool);
void add_link(CLI::App& app, Tool& tool);
void add_concept(CLI::App& app, Tool& tool);
void add_neighbours(CLI::App& app, Tool& tool);
void add_path(CLI::App& app, Tool& tool);
void add_spread(CLI::App& app, Tool& tool);
void add_graph(CLI::App& app, Tool& tool);
void add_feedback(CLI::App& app, Tool& tool);
void add_policy(CLI::App& app, Tool& tool);
void add_archive(CLI::App& app, Tool& tool);
void add_restore(CLI::App& app, Tool& tool);
void add_space(CLI::App& app, Tool& tool);
void add_similar(CLI::App& app, Tool& tool);
void add_consolidate(CLI::App& app, Tool& tool);
void add_compress(CLI::App& app, Tool& tool);
void add_maintain(CLI::App& app, Tool& tool);
void add_optimize(CLI::App& app, Tool& tool);
void add_sweep(CLI::App& app, Tool& tool);
void add_forget(CLI::App& app, Tool& tool);
void add_validate(CLI::App& app, Tool& tool);
void add_completion(CLI::App& app, Tool& tool);
void add_help(CLI::App& app, Tool& tool);
void add_version(CLI::App& app, Tool& tool);

// Everything above, and the global options.
void add_all(CLI::App& app, Tool& tool);

std::string library_version();

}  // namespace memtier::tool
