// For tests: what the tool says about itself in its help.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "tools/tool_runner.h"

namespace memtier::testing {

// The commands that a help page lists: the first words of its indented lines, up to the options.
inline std::vector<std::string> commands_in(const std::string& help) {
  std::vector<std::string> commands;
  std::istringstream lines(help);
  bool in_commands = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Global options") || line == "Options") break;
    const bool is_title = line == "Commands" || line == "Writing" || line == "Reading" ||
                          line == "Remembering" || line == "Looking after the store" ||
                          line == "Associations" || line == "Other";
    in_commands = is_title || (in_commands && !line.empty());
    if (!in_commands || is_title) continue;
    if (line.starts_with("  ") && line[2] != ' ') {
      commands.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return commands;
}

// The options that a help page describes: "--limit", "-n".
inline std::vector<std::string> options_in(const std::string& help) {
  std::vector<std::string> options;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    while (line.starts_with("  ") && words >> word && word.starts_with('-')) {
      if (word.ends_with(',')) word.pop_back();
      options.push_back(word);
    }
  }
  return options;
}

inline std::string help_of(const std::string& tool, const std::string& folder, Arguments name) {
  name.insert(name.begin(), tool);
  name.emplace_back("--help");
  return run(name, "", {}, folder).out;
}

// Every command, those below another one too: {"tiers"}, {"tiers", "move"}.
inline std::vector<Arguments> all_commands(const std::string& tool, const std::string& folder) {
  std::vector<Arguments> all;
  for (const std::string& name : commands_in(help_of(tool, folder, {}))) {
    all.push_back({name});
    for (const std::string& below : commands_in(help_of(tool, folder, {name}))) {
      all.push_back({name, below});
    }
  }
  return all;
}

}  // namespace memtier::testing
